using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Whether classes of features tell behaviours apart as the units do: the units' RDM (crossnobis, in the metric of their
/// noise within behaviours) beside that of each class (Euclidean, of standardised features).
/// </summary>
/// <param name="Behaviours">The conditions.</param>
/// <param name="LeftOut">Behaviours that do not last long enough.</param>
/// <param name="Units">The units' RDM.</param>
/// <param name="Classes">Each class with its RDM and its whitened unbiased cosine with the units', the mean over parts of the recording that stand for subjects, with the 95 % interval of drawing behaviours anew (NaN below four behaviours).</param>
/// <param name="Ceiling">How similar to those parts any class could be.</param>
public sealed record BehaviourSimilarity(
    IReadOnlyList<string> Behaviours, IReadOnlyList<string> LeftOut, Rdm Units, IReadOnlyList<(string Class, Rdm Rdm, double Similarity, double Low, double High)> Classes, NoiseCeiling Ceiling)
{
    private const int Parts = 4, MeasurementsPerPart = 2;

    /// <summary>How far apart the behaviours lie as distributions, in the units and in each class.</summary>
    public IReadOnlyList<BehaviourDistance> Distances { get; init; } = [];

    /// <summary>Fewest behaviours that say anything: of two there is but one distance.</summary>
    public const int LeastBehaviours = 3;

    /// <summary>Finds it.</summary>
    /// <param name="counts">Rows are bins, columns are units.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="labels">The behaviour of each bin; empty: none.</param>
    /// <returns>Null where fewer than <see cref="LeastBehaviours"/> last long enough, or no unit varies.</returns>
    public static BehaviourSimilarity? Of(Matrix counts, IReadOnlyList<FeatureClass> classes, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(classes);
        var behaviours = new BehaviourLabels(labels, Parts * MeasurementsPerPart);
        if (behaviours.Names.Count < LeastBehaviours)
            return null;
        var varying = Varying(counts, behaviours);
        if (varying.Columns == 0)
            return null;
        var measured = behaviours.Patterns(varying);
        var noise = NoisePrecision.ShrunkToDiagonal(behaviours.Residuals(varying, measured));
        var units = Rdm.CrossnobisOfNoise(measured, noise);
        var whitened = WhitenedSimilarity.Of(behaviours.Names.Count);
        // NB: neighbouring measurements make a part, so that parts are stretches of time, as sessions would be. Classes are held
        // to the parts as the ceiling is: of the whole recording, which is less noisy, they would rise above it.
        var parts = Enumerable.Range(0, Parts).Select(part => Rdm.CrossnobisOfNoise(measured[(part * MeasurementsPerPart)..((part + 1) * MeasurementsPerPart)], noise)).ToArray();
        var found = classes.Select(one =>
        {
            using var design = new DesignMatrix(one.Features, one.FeatureNames);
            var standard = new Matrix(design.Rows, design.Columns);
            for (var t = 0; t < standard.Rows; t++)
                for (var j = 0; j < standard.Columns; j++)
                    standard[t, j] = (one.Features[t, j] - design.Means[j]) / design.Scales[j];
            var rdm = Rdm.Euclidean(new BehaviourLabels(labels, 1, Parts * MeasurementsPerPart * 5).Patterns(standard)[0]);
            var drawn = behaviours.Names.Count < 4 ? null : ConditionBootstrap.WhitenedCosines(parts, rdm);
            return (one.Name, rdm, parts.Average(part => whitened.Cosine(part, rdm)), drawn is null ? double.NaN : drawn[25], drawn is null ? double.NaN : drawn[974]);
        }).ToArray();
        FeatureClass counted = new("units", FeatureKind.Unspecified, [.. Enumerable.Range(0, varying.Columns).Select(unit => $"unit {unit}")], varying);
        return new(behaviours.Names, behaviours.LeftOut, units, found, NoiseCeiling.Whitened(parts, whitened)) { Distances = BehaviourDistance.Of([counted, .. classes], labels) };
    }

    /// <summary>The units whose counts vary within behaviours: the noise of others cannot be weighed.</summary>
    private static Matrix Varying(Matrix counts, BehaviourLabels behaviours)
    {
        var residuals = behaviours.Residuals(counts, behaviours.Patterns(counts));
        var kept = Enumerable.Range(0, counts.Columns).Where(unit => residuals.Column(unit).Any(x => Math.Abs(x) > 1e-9)).ToArray();
        var varying = new Matrix(counts.Rows, kept.Length);
        for (var t = 0; t < counts.Rows; t++)
            for (var k = 0; k < kept.Length; k++)
                varying[t, k] = counts[t, kept[k]];
        return varying;
    }
}
