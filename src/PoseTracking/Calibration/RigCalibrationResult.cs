namespace ClosedLoop.PoseTracking;

/// <summary>A finished calibration: the file, and all that a person wants to know before trusting it.</summary>
public sealed class RigCalibrationResult
{
    /// <summary>The calibration as it is saved.</summary>
    public required RigCalibrationFile File { get; init; }

    /// <summary>The cameras, in the order of their views.</summary>
    public required IReadOnlyList<CameraReport> Cameras { get; init; }

    /// <summary>Every pair of cameras.</summary>
    public required IReadOnlyList<PairReport> Pairs { get; init; }

    /// <summary>Root of the mean squared reprojection distance over all cameras, pixels.</summary>
    public required double RmsPx { get; init; }

    /// <summary>Why the gate refuses the calibration; empty where it passes.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>What else is worth knowing.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What was seen, without the views that were left out.</summary>
    public required BoardObservations Observations { get; init; }

    /// <summary>Per set, the board's pose in the arena; null where no camera saw it.</summary>
    internal IReadOnlyList<RigidMotion?> Boards { get; init; } = [];

    /// <summary>Whether the gate passes.</summary>
    public bool Passed => Faults.Count == 0;
}
