using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Fills a window of the reference with forecasts, the present pose at its near end.</summary>
internal sealed class ForecastWindow(BodyModel body, IPoseForecaster forecaster, ReferenceWindow window, double periodS)
{
    private readonly Pose _ahead = new(body.Model.Nq, body.Model.Nv, body.Layout.Count);
    private readonly double[] _before = new double[body.Model.Nq];

    public void Reset() => forecaster.Reset();

    /// <summary>Takes the pose of this tick; the window is full afterwards.</summary>
    public void Fill(Pose present)
    {
        forecaster.Observe(present);
        window.Clear();
        window.Push(present);
        present.Qpos.CopyTo(_before, 0);
        // What is doubtful about the present is so about what follows from it.
        _ahead.Flags = present.Flags;
        for (var ahead = 1; ahead <= window.FutureFrames; ahead++)
        {
            forecaster.Forecast(ahead, _ahead);
            body.Model.Differentiate(_before, _ahead.Qpos, periodS, _ahead.Qvel);
            _ahead.Qpos.CopyTo(_before, 0);
            _ahead.Stamp = present.Stamp with { Sequence = present.Stamp.Sequence + ahead };
            window.Push(_ahead, body.KeypointSites);
        }
    }
}
