using ClosedLoop.PoseTracking;
using ClosedLoop.Sessions;

namespace ClosedLoop.Rigs;

/// <summary>What a rig file says, with everything that it leaves open filled in and every path made absolute.</summary>
public sealed record RigConfiguration
{
    /// <summary>What the rig is called.</summary>
    public required string Name { get; init; }

    /// <summary>What watches the animal; null where the file is wrong about it.</summary>
    public RigKeypoints? Keypoints { get; init; }

    /// <summary>What films the animal; null where the keypoints come without images, or the file is wrong about it.</summary>
    public RigCameras? Cameras { get; init; }

    /// <summary>What is recorded of the brain; null where nothing is, or the file is wrong about it.</summary>
    public RigTetrodes? Tetrodes { get; init; }

    /// <summary>How network and neurons are compared; null: as usual where there are tetrodes.</summary>
    public RigComparison? Comparison { get; init; }

    /// <summary>The animal, as <c>register</c> wrote it; null: measured before the session, for a simulated one.</summary>
    public string? AnimalPath { get; init; }

    /// <summary>The body; null: our own rat.</summary>
    public RigBody? Body { get; init; }

    /// <summary>The control loop.</summary>
    public RigControl Control { get; init; } = new();

    /// <summary>How keypoints are judged.</summary>
    public RegistrarOptions Registration { get; init; } = new();

    /// <summary>Where sessions are kept; null where the file is wrong about it.</summary>
    public RigRecording? Recording { get; init; }

    /// <summary>The configuration as a rig file, which reads back as the same configuration.</summary>
    public string ToYaml() => RigFileWriter.ToYaml(this);

    /// <summary>What decides what a session of this rig computes.</summary>
    /// <param name="rateHz">Keypoint sets per second of the animal's time.</param>
    /// <param name="source">What they come from, for a person.</param>
    public SessionConfiguration ToSession(double rateHz, string source) => new()
    {
        RateHz = rateHz,
        Controller = Control.Controller,
        GraceS = Control.GraceMs / 1000,
        Rodent = new() { LeaveLimitM = Control.LeaveLimitMm / 1000, FallLimitDeg = Control.FallLimitDeg, ReferenceMode = Control.ReferenceMode, Forecaster = Control.Forecaster },
        Registration = Registration,
        Source = source,
        Seed = Keypoints is { Source: KeypointSourceKind.Simulated, Seed: var seed } ? seed : null,
    };
}
