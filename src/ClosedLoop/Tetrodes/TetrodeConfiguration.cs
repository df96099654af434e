using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tetrodes;

/// <summary>Everything besides the samples and the beats that decides which spikes and counts a session makes of its tetrodes.</summary>
public sealed record TetrodeConfiguration
{
    /// <summary>How samples become sorted spikes.</summary>
    public SortingChainOptions Sorting { get; init; } = new();

    /// <summary>Width of the bins that end with the beats of the control clock, seconds.</summary>
    public double BinS { get; init; } = 0.02;

    /// <summary>Samples per second and channel that are kept of the local field potential; 0: none are.</summary>
    public double LfpRateHz { get; init; } = 1000;

    /// <summary>Whether the session began with the units of an earlier one; they lie in the recording.</summary>
    public bool BeganSorted { get; init; }

    /// <summary>What the samples came from, for a person.</summary>
    public string Source { get; init; } = "";

    /// <summary>
    /// Sorting that learns for a shorter time than usual, as a short session needs: what is learnt is taken into use
    /// after a share of that time as large as usual.
    /// </summary>
    /// <param name="seconds">Seconds of signal to learn from.</param>
    public static SortingChainOptions Learning(double seconds)
    {
        var usual = new SortingOptions();
        return new() { Sorting = usual with { LearningS = seconds, AdoptionS = Math.Min(usual.AdoptionS, Math.Max(1, usual.AdoptionS * seconds / usual.LearningS)) } };
    }
}
