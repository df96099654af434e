using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>What is an artefact and no spike.</summary>
public sealed record VetoOptions
{
    /// <summary>How many times its noise a wire is from zero for its tetrode to count as struck.</summary>
    public double Threshold { get; init; } = 6;

    /// <summary>Share of the tetrodes that are struck at once, and never fewer than six: so many spikes do not coincide by chance.</summary>
    public double LeastShare { get; init; } = 0.6;

    /// <summary>Microvolts from zero, filtered, that no neuron comes to on a tetrode.</summary>
    public double MostMicrovolts { get; init; } = 1500;

    /// <summary>Counts from zero at which the converter or its amplifier is at its end.</summary>
    public int SaturationCounts { get; init; } = 32700;

    /// <summary>Seconds before an artefact that it covers.</summary>
    public double BeforeS { get; init; } = 0.001;

    /// <summary>Seconds after an artefact that it covers.</summary>
    public double AfterS { get; init; } = 0.001;

    /// <summary>Seconds after saturation or a gap for the filters to settle in.</summary>
    public double SettlingS { get; init; } = 0.01;

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (!(Threshold > 0 && LeastShare is > 0 and <= 1 && MostMicrovolts > 0 && SaturationCounts > 0 && BeforeS is >= 0 and < 0.002 && AfterS >= 0 && SettlingS >= 0))
            throw ClosedLoopException.Usage("an artefact veto needs thresholds above 0, a share of the tetrodes of at most 1, and times not below 0 (before an artefact: less than 2 ms, for what is older has been told of)");
    }
}
