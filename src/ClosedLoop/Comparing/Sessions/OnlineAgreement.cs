using System.Globalization;
using ClosedLoop.Comparison;

namespace ClosedLoop.Comparing;

/// <summary>How far what was found while a session ran agrees with what its whole recording says: every bin predicted before it was learnt from, against folds that were not fitted to.</summary>
public sealed record OnlineAgreement
{
    /// <summary>Fewest numbers that a correlation is said of.</summary>
    public const int LeastNumbers = 3;

    /// <summary>Units that both judged, by the class that led while the session ran.</summary>
    public required IReadOnlyList<AgreementPoint> Units { get; init; }

    /// <summary>Correlation (Pearson) over <see cref="Units"/> of the bits a spike of that class, online over the session and offline; NaN for fewer than <see cref="LeastNumbers"/>.</summary>
    public required double Pearson { get; init; }

    /// <summary>The same of their ranks.</summary>
    public required double Spearman { get; init; }

    /// <summary>Pairs of a unit and a class that both judged.</summary>
    public required int Pairs { get; init; }

    /// <summary>Correlation (Pearson) over these pairs. NB: of every class but the leading one a recording holds only what it did lately.</summary>
    public required double PairsPearson { get; init; }

    /// <summary>The same of their ranks.</summary>
    public required double PairsSpearman { get; init; }

    /// <summary>Units that were found to be predicted while the session ran, of those that both judged.</summary>
    public required int FoundOnline { get; init; }

    /// <summary>Units that are found offline, of the same.</summary>
    public required int FoundOffline { get; init; }

    /// <summary>Units that were found online and are found offline.</summary>
    public required int FoundBoth { get; init; }

    /// <summary>Of these, units whose leading class is the same.</summary>
    public required int SameClass { get; init; }

    /// <summary>Of these, units whose leading classes are of the same kind, network or movement.</summary>
    public required int SameKind { get; init; }

    /// <summary>Compares the two.</summary>
    /// <param name="encoding">What was found offline.</param>
    /// <param name="indices">The place in the counts of each of its units.</param>
    /// <param name="recorded">What was found online.</param>
    /// <returns>Null where nothing was judged online.</returns>
    public static OnlineAgreement? Of(EncodingResult encoding, IReadOnlyList<int> indices, RecordedScores recorded)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(recorded);
        if (recorded is not { Layout: { } layout, Scores: { Judged: > 0 } scores })
            return null;
        var offline = encoding.Classes.Select((c, i) => (c.Name, i)).ToDictionary(of => of.Name, of => of.i);
        int[] places = [.. layout.Classes.Select(c => offline.GetValueOrDefault(c.Name, -1))];
        var (units, pairs) = (new List<AgreementPoint>(), new List<(double Online, double Offline)>());
        var (foundOnline, foundOffline, both, sameClass, sameKind) = (0, 0, 0, 0, 0);
        for (var u = 0; u < encoding.Units.Count; u++)
        {
            var (unit, index) = (encoding.Units[u], indices[u]);
            if (unit.Leading < 0 || index >= scores.UnitCount || scores.Leading[index] is not (>= 0 and var leading))
                continue;
            for (var c = 0; c < places.Length; c++)
                if (places[c] >= 0 && (double)scores.ClassBitsPerSpike[(index * places.Length) + c] is var lately && double.IsFinite(lately) && double.IsFinite(unit.Classes[places[c]].BitsPerSpike))
                    pairs.Add((lately, unit.Classes[places[c]].BitsPerSpike));
            if (places[leading] < 0)
                continue;
            var isFound = UnitComparison.KindOf(layout, scores, index) != FollowedKind.Nothing;
            var (name, kind) = encoding.Classes[unit.Leading];
            foundOnline += isFound ? 1 : 0;
            foundOffline += unit.IsPredicted ? 1 : 0;
            if (isFound && unit.IsPredicted)
            {
                both++;
                sameClass += places[leading] == unit.Leading ? 1 : 0;
                sameKind += encoding.Classes[places[leading]].Kind == kind ? 1 : 0;
            }
            units.Add(new(unit.Unit, layout.Classes[leading].Name, name, scores.BitsPerSpike[index], unit.Classes[places[leading]].BitsPerSpike, isFound, unit.IsPredicted));
        }
        var (pearson, spearman) = Correlations([.. units.Select(point => (point.OnlineBitsPerSpike, point.OfflineBitsPerSpike)).Where(of => double.IsFinite(of.OnlineBitsPerSpike) && double.IsFinite(of.OfflineBitsPerSpike))]);
        var (pairsPearson, pairsSpearman) = Correlations(pairs);
        return new()
        {
            Units = units, Pearson = pearson, Spearman = spearman, Pairs = pairs.Count, PairsPearson = pairsPearson, PairsSpearman = pairsSpearman,
            FoundOnline = foundOnline, FoundOffline = foundOffline, FoundBoth = both, SameClass = sameClass, SameKind = sameKind,
        };
    }

    /// <summary>For a person.</summary>
    public string Sentence() => string.Create(CultureInfo.InvariantCulture,
        $"While the session ran and afterwards: over {Units.Count} units bits a spike correlate with r = {Said(Pearson)} (ranks {Said(Spearman)}; over {Pairs} pairs of a unit and a class {Said(PairsPearson)}, ranks {Said(PairsSpearman)}); of {FoundOnline} found to be predicted then {FoundBoth} are found now ({FoundOffline} in all); the same class leads for {SameClass} of these {FoundBoth}, one of the same kind for {SameKind}.");

    private static string Said(double correlation) => double.IsFinite(correlation) ? correlation.ToString("F3", CultureInfo.InvariantCulture) : "unknown";

    private static (double Pearson, double Spearman) Correlations(List<(double Online, double Offline)> numbers)
    {
        if (numbers.Count < LeastNumbers)
            return (double.NaN, double.NaN);
        double[] online = [.. numbers.Select(of => of.Online)], offline = [.. numbers.Select(of => of.Offline)];
        return (Similarity.Pearson(online, offline), Similarity.Spearman(online, offline));
    }
}
