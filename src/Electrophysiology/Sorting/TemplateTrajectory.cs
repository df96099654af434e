namespace ClosedLoop.Electrophysiology;

/// <summary>
/// What a tetrode's units looked like in each stretch of a recording: sums of the spikes that were surely theirs. Made in a
/// first pass and read in a second, which thereby knows what comes.
/// </summary>
internal sealed class TemplateTrajectory(int dimensions, long origin, double stretchSamples)
{
    // Spikes of neighbouring stretches are taken in until there are so many, both ways alike.
    private const int Enough = 60;

    private readonly Dictionary<int, List<Stretch?>> _units = [];
    private readonly Dictionary<int, int> _owners = [];
    private readonly Dictionary<int, float> _spreads = [];
    private readonly HashSet<int> _background = [];

    /// <summary>The units, in ascending order.</summary>
    public IEnumerable<int> Units => _units.Keys.Order();

    /// <summary>Number of stretches that have a spike.</summary>
    public int Count => _units.Values.Select(stretches => stretches.Count).DefaultIfEmpty(0).Max();

    /// <summary>The stretch that a sample is in.</summary>
    public int At(double sample) => (int)Math.Max(0, (sample - origin) / stretchSamples);

    /// <summary>Enters a spike: what is left of it, and the template that was taken from it.</summary>
    public void Add(int unit, double sample, ReadOnlySpan<float> residual, float amplitude, float[] shape)
    {
        var sum = Enter(unit, sample);
        for (var d = 0; d < dimensions; d++)
            sum[d] += residual[d] + (amplitude * shape[d]);
    }

    /// <summary>Enters a spike: what it looked like, from the sample of its template on.</summary>
    public void Add(int unit, double sample, ReadOnlySpan<float> snippet)
    {
        var sum = Enter(unit, sample);
        for (var d = 0; d < dimensions; d++)
            sum[d] += snippet[d];
    }

    private double[] Enter(int unit, double sample)
    {
        if (!_units.TryGetValue(unit, out var stretches))
            _units[unit] = stretches = [];
        var at = At(sample);
        while (stretches.Count <= at)
            stretches.Add(null);
        var stretch = stretches[at] ??= new(dimensions);
        stretch.Spikes++;
        return stretch.Sum;
    }

    /// <summary>Spikes of a unit in a stretch.</summary>
    public int Spikes(int unit, int at) => _units.TryGetValue(unit, out var stretches) && at >= 0 && at < stretches.Count ? stretches[at]?.Spikes ?? 0 : 0;

    /// <summary>All spikes of a unit.</summary>
    public int Spikes(int unit) => _units.TryGetValue(unit, out var stretches) ? stretches.Sum(stretch => stretch?.Spikes ?? 0) : 0;

    /// <summary>What a unit looks like in a stretch, smoothed over its neighbours; false where it has no spikes at all.</summary>
    public bool TryShape(int unit, int at, Span<float> shape)
    {
        if (Spikes(unit) == 0)
            return false;
        var (sum, count, total) = (new double[dimensions], 0.0, Count);
        for (var reach = 0; reach <= total && (count < Enough || reach <= 1); reach++)
            foreach (var place in reach == 0 ? (int[])[at] : [at - reach, at + reach])
                if (Spikes(unit, place) > 0)
                {
                    // NB: a stretch further off counts less, lest many spikes there outweigh the few here.
                    var weight = 1.0 / (1 + (reach * reach));
                    var stretch = _units[unit][place]!;
                    count += weight * stretch.Spikes;
                    for (var d = 0; d < dimensions; d++)
                        sum[d] += weight * stretch.Sum[d];
                }
        for (var d = 0; d < dimensions; d++)
            shape[d] = (float)(sum[d] / count);
        return count > 0;
    }

    /// <summary>Makes one unit of two.</summary>
    public void Merge(int unit, int into)
    {
        var (from, to) = (_units[unit], _units[into]);
        for (var i = 0; i < from.Count; i++)
        {
            if (to.Count <= i)
                to.Add(null);
            if (from[i] is not { } stretch)
                continue;
            var other = to[i] ??= new(dimensions);
            other.Spikes += stretch.Spikes;
            for (var d = 0; d < dimensions; d++)
                other.Sum[d] += stretch.Sum[d];
        }
        _units.Remove(unit);
    }

    /// <summary>The neuron that a unit's shape is of: itself, or another that has several.</summary>
    public int Owner(int unit) => _owners.GetValueOrDefault(unit, unit);

    /// <summary>Says that a unit's shape is another's, beside that one's own.</summary>
    public void Own(int unit, int by) => _owners[unit] = Owner(by);

    /// <summary>Whether a unit is not told of: its shapes only keep its spikes from others.</summary>
    public bool IsBackground(int unit) => _background.Contains(unit);

    /// <summary>Says that a unit is not told of.</summary>
    public void Hide(int unit) => _background.Add(unit);

    /// <summary>How widely a unit's spikes lie about its shape, in variances of the noise.</summary>
    public float Spread(int unit) => _spreads.GetValueOrDefault(unit, 1);

    /// <summary>Says how widely.</summary>
    public void Widen(int unit, float spread) => _spreads[unit] = spread;

    /// <summary>Leaves a unit out.</summary>
    public void Remove(int unit) => _units.Remove(unit);

    private sealed class Stretch(int dimensions)
    {
        public int Spikes { get; set; }

        public double[] Sum { get; } = new double[dimensions];
    }
}
