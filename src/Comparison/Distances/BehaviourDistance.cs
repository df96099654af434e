namespace ClosedLoop.Comparison;

/// <summary>How far apart the distributions of one class of features, or of the units, lie during two behaviours, in standardised principal components.</summary>
/// <param name="Class">The class; "units" for the counts.</param>
/// <param name="Behaviour">The one.</param>
/// <param name="Other">The other.</param>
/// <param name="Samples">Bins of each that were compared, evenly spaced over time.</param>
/// <param name="SlicedWasserstein">See <see cref="Comparison.SlicedWasserstein"/>.</param>
/// <param name="GaussianWasserstein">The root of <see cref="Comparison.GaussianWasserstein.Squared"/>.</param>
/// <param name="MaximumMeanDiscrepancy">The squared one, at the median distance.</param>
/// <param name="LogisticAccuracy">See <see cref="ClassifierTwoSampleTest.LogisticRegression"/>; 0.5: not told apart.</param>
/// <param name="NeighbourAccuracy">See <see cref="ClassifierTwoSampleTest.NearestNeighbours"/>.</param>
public sealed record BehaviourDistance(
    string Class, string Behaviour, string Other, int Samples, double SlicedWasserstein, double GaussianWasserstein, double MaximumMeanDiscrepancy, double LogisticAccuracy, double NeighbourAccuracy)
{
    private const int LeastSamples = 40, MostSamples = 400, MostComponents = 10, MostBehaviours = 8;

    /// <summary>Finds them for all pairs of the behaviours that last longest.</summary>
    /// <param name="classes">The classes; the units among them where they are wanted. Each is standardised, and by its principal components where it has more than ten features.</param>
    /// <param name="labels">The behaviour of each bin; empty: none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>None where fewer than two behaviours have 40 bins.</returns>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static IReadOnlyList<BehaviourDistance> Of(IReadOnlyList<FeatureClass> classes, IReadOnlyList<string> labels, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(labels);
        var behaviours = new BehaviourLabels(labels, 1, LeastSamples);
        var bins = behaviours.Names.Select((name, b) => (Name: name, Bins: Enumerable.Range(0, labels.Count).Where(t => behaviours.Indices[t] == b).ToArray()))
            .OrderByDescending(of => of.Bins.Length).Take(MostBehaviours).OrderBy(of => of.Name, StringComparer.Ordinal).ToArray();
        var distances = new List<BehaviourDistance>();
        if (bins.Length < 2)
            return distances;
        foreach (var one in classes)
        {
            var standard = Standardised(one.Reduced(MostComponents));
            for (var i = 0; i < bins.Length; i++)
                for (var j = i + 1; j < bins.Length; j++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    // NB: as many of both: chance is 0.5 then, and the sliced distance pairs them.
                    var count = Math.Min(MostSamples, Math.Min(bins[i].Bins.Length, bins[j].Bins.Length));
                    var (x, y) = (standard.Take(Spread(bins[i].Bins, count)), standard.Take(Spread(bins[j].Bins, count)));
                    distances.Add(new(
                        one.Name, bins[i].Name, bins[j].Name, count, Comparison.SlicedWasserstein.Distance(x, y), Math.Sqrt(Math.Max(0, Comparison.GaussianWasserstein.Squared(x, y))),
                        Comparison.MaximumMeanDiscrepancy.Squared(x, y), ClassifierTwoSampleTest.LogisticRegression(x, y), ClassifierTwoSampleTest.NearestNeighbours(x, y)));
                }
        }
        return distances;
    }

    private static int[] Spread(int[] bins, int count) => [.. Enumerable.Range(0, count).Select(k => bins[(int)((long)k * bins.Length / count)])];

    private static Matrix Standardised(FeatureClass one)
    {
        using var design = new DesignMatrix(one.Features, one.FeatureNames);
        var standard = new Matrix(design.Rows, design.Columns);
        for (var t = 0; t < standard.Rows; t++)
            for (var j = 0; j < standard.Columns; j++)
                standard[t, j] = (one.Features[t, j] - design.Means[j]) / design.Scales[j];
        return standard;
    }
}
