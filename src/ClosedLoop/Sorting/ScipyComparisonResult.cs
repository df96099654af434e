namespace ClosedLoop.Sorting;

/// <summary>Filter, noise and threshold of this program beside SciPy's, on the same samples.</summary>
/// <param name="Scipy">SciPy's version.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Seconds">Seconds of signal.</param>
/// <param name="OursS">What a round took us: the median, seconds of one core.</param>
/// <param name="ScipyS">What it took SciPy.</param>
/// <param name="Ratio">How many times as fast we are.</param>
/// <param name="OurSpikes">Troughs that we found in the second half.</param>
/// <param name="ScipySpikes">Troughs that SciPy's user found there.</param>
/// <param name="NoiseDifference">Largest relative difference of a channel's noise.</param>
internal sealed record ScipyComparisonResult(string Scipy, int Channels, double Seconds, double OursS, double ScipyS, double Ratio, long OurSpikes, long ScipySpikes, double NoiseDifference)
{
    /// <summary>What is asked.</summary>
    public const double LeastRatio = 5;

    /// <summary>Whether it is as it is asked.</summary>
    public bool IsWithin => Ratio >= LeastRatio;

    /// <summary>The result for a person, line by line.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"band-pass, noise and threshold of {Seconds:F0} s of {Channels} channels on one core: {OursS:F3} s in blocks, SciPy {Scipy} {ScipyS:F3} s at once: {Ratio:F1} times as fast (the aim is {LeastRatio:F0} at least)";
        yield return $"  {OurSpikes} spikes and SciPy's {ScipySpikes}; the noise of no channel differs by more than {NoiseDifference:P1}";
    }
}
