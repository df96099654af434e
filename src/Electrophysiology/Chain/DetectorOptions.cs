using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>What counts as a spike, and what is cut out around it.</summary>
public sealed record DetectorOptions
{
    /// <summary>How many times the noise the trough is below zero, on at least one wire.</summary>
    public double Threshold { get; init; } = 4.5;

    /// <summary>Samples before the trough.</summary>
    public int Before { get; init; } = 10;

    /// <summary>Samples from the trough on, itself included.</summary>
    public int After { get; init; } = 22;

    /// <summary>Samples within which the deepest trough is the spike, and the others are part of it: half a millisecond at 30 kHz.</summary>
    public int Apart { get; init; } = 15;

    /// <summary>Samples of a snippet on one wire.</summary>
    public int Length => Before + After;

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (!(Threshold > 0) || Before is < 1 or > 1000 || After is < 1 or > 1000 || Apart is < 1 or > 1000)
            throw ClosedLoopException.Usage($"a spike of {Threshold} times the noise, cut out from {Before} samples before it to {After} from it on, {Apart} apart, cannot be; give a threshold above 0 and 1 to 1000 samples each");
    }
}
