namespace ClosedLoop.Comparison;

/// <summary>Which classes of features predict which units.</summary>
/// <param name="Classes">The classes.</param>
/// <param name="LagsMs">The lags.</param>
/// <param name="Units">One a unit.</param>
/// <param name="Unconverged">Fits that ended before their optimum.</param>
/// <param name="Fits">Fits in all.</param>
public sealed record EncodingResult(IReadOnlyList<(string Name, FeatureKind Kind)> Classes, double[] LagsMs, IReadOnlyList<UnitScores> Units, int Unconverged, int Fits)
{
    /// <summary>Of the elastic nets that units were judged by; 0: they were by the ridge.</summary>
    public double ElasticNetRatio { get; init; }

    /// <summary>
    /// The score of the Neural Latents Benchmark (<see cref="NeuralLatentsScores.BitsPerSpike"/>, the formula of co-bps and fp-bps) of each class:
    /// all spikes of all judged units together, the tested bins of all folds predicted from the class, against each unit's mean over
    /// these very bins, which is a little harder to beat than the mean of the fitted ones. NaN where no unit was judged.
    /// </summary>
    public IReadOnlyList<double> BenchmarkBitsPerSpike { get; init; } = [];

    /// <summary>Units that were judged.</summary>
    public int Judged => Units.Count(unit => unit.Leading >= 0);

    /// <summary>Units that each class predicts best, of those that any predicts significantly.</summary>
    public int[] BestCounts()
    {
        var counts = new int[Classes.Count];
        foreach (var unit in Units.Where(unit => unit.IsPredicted))
            counts[unit.Leading]++;
        return counts;
    }

    /// <summary>
    /// Best score of a unit among computational and among representational classes, of units that are predicted by any;
    /// empty where one kind is missing.
    /// </summary>
    public IReadOnlyList<(string Unit, double Computational, double Representational)> ComputationalAgainstRepresentational()
    {
        return Has(FeatureKind.Computational) && Has(FeatureKind.Representational)
            ? [.. Units.Where(unit => unit.IsPredicted).Select(unit => (unit.Unit, Best(unit, FeatureKind.Computational), Best(unit, FeatureKind.Representational)))]
            : [];

        bool Has(FeatureKind kind) => Classes.Any(c => c.Kind == kind);

        double Best(UnitScores unit, FeatureKind kind) => unit.Classes.Where((_, c) => Classes[c].Kind == kind).Max(score => score.BitsPerSpike);
    }
}
