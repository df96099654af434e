using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// The body that imitates the animal: at each control step its controller sees the reference ahead and the body's
/// state, and the physics carries its command out. A body that falls or leaves the reference is put back onto it and the
/// reset is counted. Deterministic: same poses, same controller, same steps, bit for bit.
/// </summary>
/// <remarks>
/// Delay: poses fill the controller's window, and the body follows so many frames behind. Predict: the window is forecast,
/// and the body acts at once; its errors are measured, one tick later, against where the animal really went.
/// </remarks>
public sealed class VirtualRodent : IDisposable
{
    private readonly BodyModel _body;
    private readonly IRodentController _controller;
    private readonly SessionClock? _clock;
    private readonly ImitationTask _task;
    private readonly ControlStep _step;
    private readonly ForecastWindow? _forecast;

    /// <summary>Makes a rodent that waits for its first pose.</summary>
    /// <param name="body">The body, at the animal's size and with its offsets; stays the caller's.</param>
    /// <param name="controller">What drives it; stays the caller's.</param>
    /// <param name="options">Period and limits.</param>
    /// <param name="clock">The session's clock, for stamps and stage times; null where time does not matter.</param>
    /// <param name="forecaster">What forecasts the window; needed in the mode predict. Stays the caller's.</param>
    public VirtualRodent(BodyModel body, IRodentController controller, VirtualRodentOptions options, SessionClock? clock = null, IPoseForecaster? forecaster = null)
    {
        _body = body;
        _controller = controller;
        _clock = clock;
        _task = new(body, controller.FutureFrames, options);
        _step = new(body.Model.Nq, body.Model.Nv, body.Model.Nu, body.Layout.Count, controller.Activations) { ReferenceMode = options.ReferenceMode };
        if (options.ReferenceMode != ReferenceMode.Predict)
            return;
        ArgumentNullException.ThrowIfNull(forecaster);
        _forecast = new(body, forecaster, _task.Window, options.ControlPeriodS);
    }

    /// <summary>Times of the controller alone.</summary>
    public LatencyHistogram ControllerLatency { get; } = new("controller");

    /// <summary>Times of the physics steps of one control step.</summary>
    public LatencyHistogram PhysicsLatency { get; } = new("physics");

    /// <summary>Times of forecasting the window; none in the mode delay.</summary>
    public LatencyHistogram ForecastLatency { get; } = new("forecast");

    /// <summary>How often the body was put back because it had left the reference.</summary>
    public long ResetsLeftReference { get; private set; }

    /// <summary>How often the body was put back because it had fallen.</summary>
    public long ResetsFallen { get; private set; }

    /// <summary>How often the body was put back because the physics had become invalid.</summary>
    public long ResetsUnstable { get; private set; }

    /// <summary>How often the body was put back, for whatever reason.</summary>
    public long Resets => ResetsLeftReference + ResetsFallen + ResetsUnstable;

    /// <summary>The body's present state, to be looked at (drawn, measured) on the thread that calls <see cref="Process"/>.</summary>
    public MujocoData Data => _task.Data;

    /// <summary>Where the keypoint sites of the last reference were, forecast in the mode predict: x, y, z per keypoint, metres; null before the first.</summary>
    public double[]? LastReference => Window.Count == 0 ? null : Window.Count == 1 ? Window.Present.Pose.SitePositions : Window[0].Pose.SitePositions;

    private ReferenceWindow Window => _task.Window;

    /// <summary>Forgets the reference: the next pose places the body, as at the start of an episode.</summary>
    public void Restart() => Window.Clear();

    /// <summary>
    /// Takes the pose of one control tick and makes one control step. In the mode delay, while the controller's window
    /// fills, the body is placed at the reference and not stepped. The returned record is reused by the next call.
    /// </summary>
    public ControlStep Process(Pose pose)
    {
        _step.Flags = ControlFlags.None;
        if (_forecast is not null)
            Predict(pose, _forecast);
        else
            Follow(pose);
        Finish(pose);
        return _step;
    }

    /// <inheritdoc/>
    public void Dispose() => _task.Dispose();

    private void Follow(Pose pose)
    {
        var starting = Window.Count == 0;
        Window.Push(pose);
        if (starting)
            Start();
        if (!Window.IsFull)
        {
            Wait();
            return;
        }
        var target = Window[0];
        var begun = Act();
        var reset = _task.Step(_step.Action);
        RecordPhysics(begun);
        Note(target.Pose);
        if (reset != ControlFlags.None)
            PutBack(reset, target);
    }

    private void Predict(Pose pose, ForecastWindow forecast)
    {
        var starting = Window.Count == 0;
        // The body stands where the last forecast led it: now is known where it should be.
        var reset = starting ? ControlFlags.None : _task.Compare(pose);
        Note(pose);
        if (starting)
        {
            (_step.TotalErrorM, _step.RootErrorM) = (double.NaN, double.NaN);
            forecast.Reset();
        }
        var begun = Now();
        forecast.Fill(pose);
        if (_clock is not null)
            ForecastLatency.Record(Now() - begun);
        if (starting)
            Start();
        else if (reset != ControlFlags.None)
            PutBack(reset, Window.Present);
        begun = Act();
        var failed = _task.Advance(_step.Action);
        RecordPhysics(begun);
        if (failed != ControlFlags.None)
            PutBack(failed, Window[0]);
    }

    private void Start()
    {
        _controller.Reset();
        _task.Place(Window.Present);
        _step.Flags |= ControlFlags.EpisodeStart;
    }

    /// <summary>Has the controller act; gives the time at which the physics begins.</summary>
    private SessionTime Act()
    {
        var start = Now();
        _controller.Act(Window, _task.Data, _step.Action, _step.Activations);
        var acted = Now();
        if (_clock is not null)
            ControllerLatency.Record(acted - start);
        return acted;
    }

    private void RecordPhysics(SessionTime begun)
    {
        if (_clock is not null)
            PhysicsLatency.Record(Now() - begun);
    }

    /// <summary>Notes the errors that were measured against a pose.</summary>
    private void Note(Pose reference)
    {
        _step.ReferenceSequence = reference.Stamp.Sequence;
        if ((reference.Flags & (PoseFlags.Held | PoseFlags.Extrapolated | PoseFlags.TooFewKeypoints)) != 0)
            _step.Flags |= ControlFlags.ReferenceHeld;
        (_step.TotalErrorM, _step.RootErrorM) = (_task.TotalErrorM, _task.RootErrorM);
    }

    private void PutBack(ControlFlags reset, ReferenceFrame target)
    {
        switch (reset)
        {
            case ControlFlags.ResetLeftReference:
                ResetsLeftReference++;
                break;
            case ControlFlags.ResetFallen:
                ResetsFallen++;
                break;
            default:
                ResetsUnstable++;
                break;
        }
        _step.Flags |= reset;
        _controller.Reset();
        _task.Place(target);
    }

    private void Wait()
    {
        _step.Flags |= ControlFlags.WaitingForReference;
        _step.ReferenceSequence = RecordStamp.None;
        Array.Clear(_step.Action);
        Array.Clear(_step.Activations);
        _step.TotalErrorM = double.NaN;
        _step.RootErrorM = double.NaN;
    }

    private void Finish(Pose pose)
    {
        _task.Data.Qpos.Span.CopyTo(_step.Qpos);
        _task.Data.Qvel.Span.CopyTo(_step.Qvel);
        _body.KeypointPlaces(_task.Data, _step.SitePositions);
        _step.Stamp = pose.Stamp with { Produced = _clock?.Now ?? pose.Stamp.Produced };
    }

    private SessionTime Now() => _clock?.Now ?? default;
}
