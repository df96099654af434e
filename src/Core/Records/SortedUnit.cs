namespace ClosedLoop.Core;

/// <summary>A sorted unit as it stands at a moment: what it looks like and how well it stands out.</summary>
public sealed class SortedUnit
{
    /// <summary>Session time of the look.</summary>
    public SessionTime Time { get; set; }

    /// <summary>Its place in <see cref="SpikeCounts.Counts"/>.</summary>
    public int Index { get; set; }

    /// <summary>Index of its tetrode.</summary>
    public int Tetrode { get; set; }

    /// <summary>Its number on that tetrode, from 1.</summary>
    public int Unit { get; set; }

    /// <summary>learnt, born (found after the learning period) or lost (silent for long).</summary>
    public string State { get; set; } = "";

    /// <summary>Spikes so far.</summary>
    public long Spikes { get; set; }

    /// <summary>Spikes a second, from its first to its last.</summary>
    public double RateHz { get; set; }

    /// <summary>Depth of its mean trough on the wire where it is deepest.</summary>
    public double PeakMicrovolts { get; set; }

    /// <summary>That over the wire's noise.</summary>
    public double Snr { get; set; }

    /// <summary>Share of its intervals that are shorter than 1.5 ms.</summary>
    public double IsiViolation { get; set; }

    /// <summary>Isolation distance; NaN where it is not known.</summary>
    public double IsolationDistance { get; set; }

    /// <summary>L-ratio.</summary>
    public double LRatio { get; set; }

    /// <summary>By how much the depth of its trough has changed since it was learnt, relative.</summary>
    public double Drift { get; set; }

    /// <summary>Its mean waveform, microvolts, wire by wire.</summary>
    public float[] Waveform { get; set; } = [];

    /// <summary>Samples of the waveform before the trough on each wire.</summary>
    public int SamplesBefore { get; set; }
}
