namespace ClosedLoop.Electrophysiology;

/// <summary>
/// What a first pass keeps for a second: snippets of spikes that were one unit's and nothing else's, and events that no unit
/// explained, evenly over the recording. Where there are too many every second goes, so that it is bounded, but for the times of spikes.
/// </summary>
internal sealed class SpikeArchive(int dimensions, int window)
{
    private const int MostSpikes = 4096, MostRejects = 6000;

    private readonly Dictionary<int, ThinnedRows> _units = [];
    private readonly Dictionary<int, List<double>> _trains = [];

    /// <summary>Events that no unit explained.</summary>
    public ThinnedRows Rejects { get; } = new(MostRejects, window);

    /// <summary>Snippets of a unit, aligned.</summary>
    public ThinnedRows Of(int unit) => _units.TryGetValue(unit, out var rows) ? rows : _units[unit] = new(MostSpikes, dimensions);

    /// <summary>When a unit fired, overlaps and all, ascending.</summary>
    public double[] Train(int unit) => _trains.TryGetValue(unit, out var train) ? [.. train.Order()] : [];

    /// <summary>Takes note of a spike.</summary>
    public void Note(int unit, double sample)
    {
        if (!_trains.TryGetValue(unit, out var train))
            _trains[unit] = train = [];
        train.Add(sample);
    }

    /// <summary>Keeps a spike: what is left of it, and the template that was taken from it.</summary>
    public void Keep(int unit, double sample, ReadOnlySpan<float> residual, float amplitude, float[] shape)
    {
        Span<float> snippet = stackalloc float[dimensions];
        for (var d = 0; d < dimensions; d++)
            snippet[d] = residual[d] + (amplitude * shape[d]);
        Of(unit).Add(sample, snippet);
    }
}
