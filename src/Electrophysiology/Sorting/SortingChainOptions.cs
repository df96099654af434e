namespace ClosedLoop.Electrophysiology;

/// <summary>How samples become sorted spikes.</summary>
public sealed record SortingChainOptions
{
    /// <summary>Lower corner of the band.</summary>
    public double LowHz { get; init; } = 300;

    /// <summary>Upper corner of the band.</summary>
    public double HighHz { get; init; } = 6000;

    /// <summary>Order of the band-pass's prototype.</summary>
    public int Order { get; init; } = 2;

    /// <summary>The band-pass at a rate.</summary>
    public Biquad[] Band(double rateHz) => Butterworth.BandPass(Order, LowHz, HighHz, rateHz);

    /// <summary>
    /// The channels of each group that a common median is taken from. Null: eight tetrodes after eight tetrodes, as they share
    /// an amplifier; none where there are fewer than four tetrodes, for a spike would be in its own reference.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? ReferenceGroups { get; init; }

    /// <summary>What is an artefact.</summary>
    public VetoOptions Veto { get; init; } = new();

    /// <summary>How spikes are told apart.</summary>
    public SortingOptions Sorting { get; init; } = new();
}
