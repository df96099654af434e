using ClosedLoop.Core;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ClosedLoop.Recording;

/// <summary>
/// What is recorded of the comparison, field by field. NB: numbers are the file's: never reuse or change one; new fields
/// take new numbers, and older files read as zero there.
/// </summary>
internal static class ComparisonTables
{
    public static RecordTable<ComparisonScores> Scores { get; } = new(
        "ComparisonScores",
        [
            .. RecordTables.Stamp<ComparisonScores>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new LongField<ComparisonScores>(6, "judged_bins", r => r.Judged, (r, v) => r.Judged = v),
            new LongField<ComparisonScores>(7, "missing_bins", r => r.Missing, (r, v) => r.Missing = v),
            new IntField<ComparisonScores>(8, "delay_bins", r => r.DelayBins, (r, v) => r.DelayBins = v),
            Of(9, "leading_class", FieldType.Sfixed32, r => r.Leading, 1),
            Of(10, "bits_per_spike", FieldType.Double, r => r.BitsPerSpike, 1),
            Of(11, "rolling_bits_per_spike", FieldType.Double, r => r.RollingBitsPerSpike, 1),
            Of(12, "lag_ms", FieldType.Double, r => r.LagMs, 1),
            Of(13, "probability_predictive", FieldType.Double, r => r.IsPredictive, 1),
            Of(14, "probability_first", FieldType.Double, r => r.IsFirst, 1),
            Of(15, "class_rolling_bits_per_spike", FieldType.Float, r => r.ClassBitsPerSpike, 0),
            Of(16, "class_lag_ms", FieldType.Float, r => r.ClassLagMs, 0),
            Of(17, "planted_neuron", FieldType.Sfixed32, r => r.Planted, 1),
            Of(18, "probability_kind", FieldType.Double, r => r.IsOfItsKind, 1),
        ]);

    public static RecordTable<BehaviourComparison> Behaviours { get; } = new(
        "BehaviourComparison",
        [
            .. RecordTables.Stamp<BehaviourComparison>(r => r.Stamp, (r, stamp) => r.Stamp = stamp),
            new VariableField<BehaviourComparison, long>(6, "bins", FieldType.Sfixed64, r => r.Bins, (r, n) => Room(r.Bins, n)),
            new VariableField<BehaviourComparison, double>(7, "dissimilarity", FieldType.Double, r => r.Dissimilarity, (r, n) => Room(r.Dissimilarity, n)),
            new VariableField<BehaviourComparison, double>(8, "class_similarity", FieldType.Double, r => r.Similarity, (r, n) => Room(r.Similarity, n)),
            new VariableField<BehaviourComparison, double>(9, "variability", FieldType.Double, r => r.Variability, (r, n) => Room(r.Variability, n)),
        ]);

    /// <summary>Numbers by unit (<paramref name="each"/> of each), or by unit and class (0).</summary>
    private static VariableField<ComparisonScores, TNumber> Of<TNumber>(int number, string name, FieldType type, Func<ComparisonScores, TNumber[]> get, int each)
        where TNumber : unmanaged =>
        new(number, name, type, r => new(get(r), 0, r.UnitCount * (each > 0 ? each : r.ClassCount)), (r, n) =>
        {
            var of = each > 0 ? each : r.ClassCount;
            if (n > get(r).Length || n % of != 0 || (n > 0 && r.UnitCount > 0 && n / of != r.UnitCount))
                throw new InvalidDataException($"its field '{name}' has {n} numbers where {r.UnitCount} units are spoken of, of at most {r.Leading.Length}");
            r.UnitCount = n / of;
            return new(get(r), 0, n);
        });

    private static ArraySegment<TNumber> Room<TNumber>(TNumber[] numbers, int count) =>
        count == numbers.Length ? numbers : count == 0 ? [] : throw new InvalidDataException($"it holds {count} numbers where {numbers.Length} were announced");
}
