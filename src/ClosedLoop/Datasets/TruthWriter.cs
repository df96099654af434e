using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>Writes the truth of a simulated session: truth.csv, a keypoint file like any other, and behaviour.csv.</summary>
internal sealed class TruthWriter : IDisposable
{
    private readonly IKeypointWriter _truth;
    private readonly StreamWriter _behaviour;
    private readonly Keypoints _keypoints = new(KeypointLayout.Rat23);

    public TruthWriter(string folder)
    {
        _truth = KeypointWriter.Create(Path.Combine(folder, "truth.csv"), new()
        {
            Layout = KeypointLayout.Rat23,
            RateHz = 1 / SimulatedAnimal.FramePeriodS,
            Source = "closedloop simulate",
            Description = "the planted truth of a simulated rat",
        });
        _behaviour = new(Path.Combine(folder, "behaviour.csv")) { NewLine = "\n" };
        _behaviour.WriteLine("frame,behaviour");
    }

    public void Write(long frame, SimulatedViews views)
    {
        views.KeypointPositions.CopyTo(_keypoints.Positions);
        _keypoints.Confidence.AsSpan().Fill(1);
        var timeNs = (long)Math.Round(frame * SimulatedAnimal.FramePeriodS * 1e9);
        _keypoints.Stamp = new(frame, frame, timeNs, new(timeNs), new(timeNs));
        _truth.Write(_keypoints);
        _behaviour.WriteLine($"{frame},{views.Behaviour}");
    }

    public void Complete() => _truth.Complete();

    public void Dispose()
    {
        _truth.Dispose();
        _behaviour.Dispose();
    }
}
