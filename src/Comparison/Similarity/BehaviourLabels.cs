namespace ClosedLoop.Comparison;

/// <summary>What an animal does in each bin, and the measurements that bins of one behaviour are divided into.</summary>
public sealed class BehaviourLabels
{
    private readonly int[] _measurement;

    /// <summary>Takes labels. Behaviours that do not last long enough are left out.</summary>
    /// <param name="labels">One a bin; empty: none.</param>
    /// <param name="measurements">Into how many stretches of equal length the bins of each behaviour are divided.</param>
    /// <param name="leastBins">Bins that each behaviour has in each.</param>
    public BehaviourLabels(IReadOnlyList<string> labels, int measurements, int leastBins = 5)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(measurements, 1);
        var times = labels.Where(label => label.Length > 0).CountBy(label => label).ToDictionary();
        Measurements = measurements;
        Names = [.. times.Where(of => of.Value >= measurements * leastBins).Select(of => of.Key).Order(StringComparer.Ordinal)];
        LeftOut = [.. times.Keys.Except(Names).Order(StringComparer.Ordinal)];
        var index = Names.Select((name, i) => (name, i)).ToDictionary(of => of.name, of => of.i);
        Indices = [.. labels.Select(label => index.GetValueOrDefault(label, -1))];
        _measurement = new int[labels.Count];
        var seen = new int[Names.Count];
        for (var t = 0; t < labels.Count; t++)
            if (Indices[t] is >= 0 and var own)
                _measurement[t] = (int)((long)seen[own]++ * measurements / times[Names[own]]);
    }

    /// <summary>The behaviours, in the order of their names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Those that do not last long enough.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>The behaviour of each bin; -1: none of them.</summary>
    public int[] Indices { get; }

    /// <summary>How many stretches there are of each.</summary>
    public int Measurements { get; }

    /// <summary>The mean of each column by behaviour, once a measurement.</summary>
    /// <param name="table">Rows are bins.</param>
    public Matrix[] Patterns(Matrix table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var sums = Enumerable.Range(0, Measurements).Select(_ => new Matrix(Names.Count, table.Columns)).ToArray();
        var bins = new int[Measurements, Names.Count];
        for (var t = 0; t < Indices.Length; t++)
            if (Indices[t] is >= 0 and var own)
            {
                Vectors.AddScaled(sums[_measurement[t]].Row(own), 1, table.Row(t));
                bins[_measurement[t], own]++;
            }
        for (var m = 0; m < Measurements; m++)
            for (var b = 0; b < Names.Count; b++)
                foreach (ref var value in sums[m].Row(b))
                    value /= bins[m, b];
        return sums;
    }

    /// <summary>What is left of each labelled bin less the mean of its behaviour in its measurement.</summary>
    /// <param name="table">Rows are bins.</param>
    /// <param name="patterns">What <see cref="Patterns"/> says of it.</param>
    public Matrix Residuals(Matrix table, IReadOnlyList<Matrix> patterns)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(patterns);
        var bins = Enumerable.Range(0, Indices.Length).Where(t => Indices[t] >= 0).ToArray();
        var residuals = table.Take(bins);
        for (var i = 0; i < bins.Length; i++)
            Vectors.AddScaled(residuals.Row(i), -1, patterns[_measurement[bins[i]]].Row(Indices[bins[i]]));
        return residuals;
    }
}
