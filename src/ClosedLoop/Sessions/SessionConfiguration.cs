using ClosedLoop.Comparing;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Sessions;

/// <summary>
/// Everything besides the animal, the body and the ticks that decides what a session computes. Stored with every
/// recording, and taken from there by a replay.
/// </summary>
public sealed record SessionConfiguration
{
    /// <summary>Ticks per second of the animal's time.</summary>
    public required double RateHz { get; init; }

    /// <summary>What drives the virtual rodent; null: the shipped policy where it was made for the body and the rate, else the servo.</summary>
    public string? Controller { get; init; }

    /// <summary>Checksum of the network that drives it; null where none does, and before it is known.</summary>
    public string? ControllerSha256 { get; init; }

    /// <summary>How that network is run.</summary>
    public PolicyOptions Policy { get; init; } = new() { Resamples = 50 };

    /// <summary>Period and limits of the virtual rodent, and where its reference comes from.</summary>
    public VirtualRodentOptions Rodent { get; init; } = new();

    /// <summary>Checksum of the network that forecasts the reference; null where none does, and before it is known.</summary>
    public string? ForecasterSha256 { get; init; }

    /// <summary>How keypoints are judged and poses solved.</summary>
    public RegistrarOptions Registration { get; init; } = new();

    /// <summary>How long past its expected arrival a keypoint set is waited for in live use, seconds.</summary>
    public double GraceS { get; init; } = 0.006;

    /// <summary>How tetrodes are sorted and counted; null where there are none.</summary>
    public TetrodeConfiguration? Tetrodes { get; init; }

    /// <summary>How network and neurons are compared; null where they are not.</summary>
    public ComparisonConfiguration? Comparison { get; init; }

    /// <summary>What the keypoints came from, for a person.</summary>
    public string Source { get; init; } = "";

    /// <summary>Seed of everything random in the session; null where nothing is.</summary>
    public int? Seed { get; init; }
}
