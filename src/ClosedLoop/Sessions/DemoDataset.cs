using ClosedLoop.Acquisition;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Datasets;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;
using ClosedLoop.Vision;

namespace ClosedLoop.Sessions;

/// <summary>
/// A simulated session on the disk, as <c>simulate</c> writes it, and the animal as it was measured the day before:
/// datasets/demo in the repository, or any other folder of that form.
/// </summary>
/// <param name="Folder">The folder: one video per camera, calibration.yaml, truth.csv, animal.yaml.</param>
public sealed record DemoDataset(string Folder)
{
    /// <summary>The dataset that comes with the program.</summary>
    /// <exception cref="ClosedLoopException">The program lies outside of its repository.</exception>
    public static DemoDataset Shipped => Installation.Root is { } root
        ? new(Path.Combine(root, "datasets", "demo"))
        : throw ClosedLoopException.Usage("the demo's videos lie in the repository's datasets/demo, and this program lies outside of one; name a folder with --dataset, or give --keypoints simulated");

    /// <summary>The cameras' true calibration.</summary>
    public RigCalibration Calibration => RigCalibrationFile.Load(Path.Combine(Folder, "calibration.yaml")).Rig;

    /// <summary>The calibration file itself, to be kept with a recording.</summary>
    public RecordingAttachment CalibrationAttachment =>
        new(RecordingContent.CalibrationName, "application/yaml", File.ReadAllBytes(Path.Combine(Folder, "calibration.yaml")));

    /// <summary>The animal as it was fitted to keypoints of another day.</summary>
    public AnimalFile Animal => AnimalFile.Load(Path.Combine(Folder, "animal.yaml"));

    /// <summary>What the animal does, as the dataset says; a life of its own where it does not.</summary>
    /// <param name="rateHz">Frames per second.</param>
    public IActivityPlan Activity(double rateHz) => Path.Combine(Folder, "behaviour.csv") is var table && File.Exists(table)
        ? FilmedActivity.Read(table, rateHz)
        : new BehaviourActivity(seed: 1);

    /// <summary>The images through the networks, at real time.</summary>
    public VisionKeypointSource Watch(VisionOptions options, SessionClock clock)
    {
        var rig = Calibration;
        return options.Open(VideoFrameSource.Open(Folder, [.. rig.Cameras.Select(camera => camera.Name)], clock), rig, clock, isLive: true);
    }

    /// <summary>The true keypoints, at real time.</summary>
    public KeypointFile Truth(SessionClock clock) => KeypointFile.Open(Path.Combine(Folder, "truth.csv"), new() { PlaybackRate = 1, Clock = clock });
}
