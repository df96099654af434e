using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Display;

namespace ClosedLoop.Comparing;

/// <summary>The figures of a comparison, each with its caption.</summary>
public static class ComparisonFigures
{
    private const int Width = 520, Height = 340, MostLevel = 6;

    /// <summary>Which classes predict which units, and whether that is what was found while the session ran: the figures that there is something to show in.</summary>
    public static IEnumerable<(string Svg, string Caption)> OfUnits(TableComparison.Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var encoding = outcome.Encoding;
        yield return BestClasses(encoding);
        if (encoding.Judged > 0)
            yield return Scores(encoding);
        if (encoding.LagsMs.Length > 1 && encoding.Units.Any(unit => unit.IsPredicted))
            yield return Lags(encoding);
        if (encoding.ComputationalAgainstRepresentational() is { Count: > 0 } pairs)
            yield return Scatter(pairs, outcome.PermutationP);
        if (outcome.Online is { Units.Count: > 0 } online)
            yield return OnlineScatter(online, encoding);
    }

    /// <summary>Behaviours: whether classes tell them apart as the units do, and how variable the network is in each.</summary>
    public static IEnumerable<(string Svg, string Caption)> OfBehaviours(TableComparison.Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.Behaviours is { } behaviours)
        {
            yield return Similarities(behaviours, outcome.Encoding);
            yield return (RdmSheet.Of(behaviours), "Dissimilarities of behaviours, squared: crossnobis of the units, Euclidean of each class; from 0 (white; of the units below 0 too) to the greatest of each matrix. Similarity: whitened unbiased cosine to the units'. Numbers are in rdms.csv.");
        }
        if (Variability(outcome) is { } variability)
            yield return variability;
        if (outcome.BehaviourAccuracy.Count > 0)
            yield return Accuracy(outcome);
    }

    /// <summary>The main figures on one sheet, a PNG file.</summary>
    /// <param name="path">The file, .png.</param>
    /// <param name="title">Above all.</param>
    /// <param name="outcome">What it shows.</param>
    /// <exception cref="ClosedLoopException">It cannot be written.</exception>
    public static void Write(string path, string title, TableComparison.Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        string[] units = [.. OfUnits(outcome).Select(figure => figure.Svg)];
        string[] behaviours = outcome.Behaviours is { } of ? [Similarities(of, outcome.Encoding).Item1, RdmSheet.Of(of, most: 7, columns: 4)] : [];
        SvgSheet.Write(path, title, [units[..Math.Min(2, units.Length)], units[Math.Min(2, units.Length)..], behaviours]);
    }

    /// <summary>The colour of a class: by what it stands for, where that is known.</summary>
    internal static string ColourOf(FeatureKind kind, int c) => kind switch
    {
        FeatureKind.Computational => SvgFigure.Colour(0),
        FeatureKind.Representational => SvgFigure.Colour(1),
        _ => SvgFigure.Colour(c),
    };

    /// <summary>Says which colour stands for which kind, if classes are of both.</summary>
    internal static void Kinds(SvgFigure figure, EncodingResult encoding)
    {
        if (encoding.Classes.All(c => c.Kind == FeatureKind.Unspecified))
            return;
        figure.LegendAcross(0, SvgFigure.Colour(0), "computational");
        figure.LegendAcross(1, SvgFigure.Colour(1), "representational");
    }

    /// <summary>A figure of columns side by side, wide and high enough for their names.</summary>
    internal static SvgFigure Columns(string title, int columns, (double Low, double High) y) => columns <= MostLevel
        ? new(title, Width, Height, (-0.6, columns - 0.4), y)
        : new(title, Math.Max(Width, 100 + (36 * columns)), Height + 60, (-0.6, columns - 0.4), y, bottom: 118);

    /// <summary>Names a column of it.</summary>
    internal static void Name(SvgFigure figure, int column, string name, int columns)
    {
        if (columns <= MostLevel)
            figure.Under(column, name);
        else
            figure.Slanted(column, name);
    }

    private static (string, string) BestClasses(EncodingResult encoding)
    {
        var counts = encoding.BestCounts();
        var all = Math.Max(1, counts.Sum());
        var shares = counts.Select(count => 100.0 * count / all).ToArray();
        var figure = Columns("Which class predicts best", counts.Length, Roomy(SvgFigure.Range([.. shares, 1]))).Axes("", "% of predicted units", xTicks: false);
        Kinds(figure, encoding);
        for (var c = 0; c < counts.Length; c++)
        {
            figure.Box(c - 0.35, c + 0.35, 0, shares[c], ColourOf(encoding.Classes[c].Kind, c));
            if (counts[c] > 0)
                figure.Text(c, shares[c], $"{counts[c]}", dy: -4);
            Name(figure, c, encoding.Classes[c].Name, encoding.Classes.Count);
        }
        return (figure.ToSvg(), $"Share of units that each class predicts best, of the {counts.Sum()} that any predicts significantly; above the columns their number.");
    }

    private static (string, string) Scores(EncodingResult encoding)
    {
        var scores = Enumerable.Range(0, encoding.Classes.Count).Select(c => encoding.Units.Where(unit => unit.Leading >= 0).Select(unit => unit.Classes[c].BitsPerSpike).Order().ToArray()).ToArray();
        // A whisker of a class that fits far worse than none would hide all others: it is cut off at the axis.
        var (low, high) = SvgFigure.Range(scores.SelectMany(own => new[] { At(own, 0.25), At(own, 0.9) }));
        (low, high) = Roomy((low, high));
        var figure = Columns("Cross-validated log-likelihood ratio", scores.Length, (low, high)).Axes("", "bits a spike, above the mean rate", xTicks: false);
        Kinds(figure, encoding);
        figure.Line([(-0.6, 0), (scores.Length - 0.4, 0)], "#999", 1, "4 3");
        for (var c = 0; c < scores.Length; c++)
        {
            var colour = ColourOf(encoding.Classes[c].Kind, c);
            figure.Line([(c, Math.Max(low, At(scores[c], 0.1))), (c, At(scores[c], 0.9))], colour);
            figure.Box(c - 0.28, c + 0.28, At(scores[c], 0.25), At(scores[c], 0.75), colour, opacity: 0.6);
            figure.Line([(c - 0.28, At(scores[c], 0.5)), (c + 0.28, At(scores[c], 0.5))], "#111", 2);
            Name(figure, c, encoding.Classes[c].Name, encoding.Classes.Count);
        }
        return (figure.ToSvg(), $"All {encoding.Judged} judged units: median, quartiles, 10th and 90th percentile (whiskers that go below the axis are cut off there).");
    }

    private static (string, string) Lags(EncodingResult encoding)
    {
        var zero = Array.IndexOf(encoding.LagsMs, 0.0);
        var curves = Enumerable.Range(0, encoding.Classes.Count).Select(c => encoding.Units.Where(unit => unit.IsPredicted && unit.Leading == c).Select(unit => unit.Classes[c].LagBitsPerSpike).ToArray()).ToArray();
        var means = curves.Select(own => own.Length == 0 ? [] : encoding.LagsMs.Select((_, lag) => own.Average(curve => curve[lag] - (zero < 0 ? 0 : curve[zero]))).ToArray()).ToArray();
        var (low, high) = SvgFigure.Range(means.SelectMany(mean => mean));
        var figure = new SvgFigure("At which lag", 700, 380, (encoding.LagsMs[0], encoding.LagsMs[^1]), (low, high), right: 190).Axes("lag, ms (below 0: before the movement)", zero < 0 ? "bits a spike" : "bits a spike, less those at 0 ms");
        figure.Line([(0, low), (0, high)], "#999", 1, "4 3");
        figure.Line([(encoding.LagsMs[0], 0), (encoding.LagsMs[^1], 0)], "#999", 1, "4 3");
        for (var (c, line) = (0, 0); c < means.Length; c++)
            if (means[c].Length > 0)
            {
                // Colours go to those that are shown, so that neighbours in the legend differ.
                var (colour, dash) = (SvgFigure.Colour(line), encoding.Classes[c].Kind == FeatureKind.Representational ? "5 3" : "");
                figure.Line(encoding.LagsMs.Zip(means[c]), colour, 2, dash);
                figure.LegendRight(line++, colour, $"{encoding.Classes[c].Name} ({curves[c].Length})", dash);
            }
        return (figure.ToSvg(), $"Mean over the units that a class predicts best (their number){(encoding.Classes.Any(c => c.Kind == FeatureKind.Representational) ? "; dashed: representational classes" : "")}: counts at time t from features at t - lag. Below 0 the unit comes first.");
    }

    private static (string, string) Scatter(IReadOnlyList<(string Unit, double Computational, double Representational)> pairs, double p)
    {
        var range = SvgFigure.Range(pairs.SelectMany(pair => new[] { pair.Computational, pair.Representational }));
        var figure = new SvgFigure("Network against movement", 380, 380, range, range).Axes("representational, bits a spike", "computational, bits a spike");
        figure.Line([(range.Low, range.Low), (range.High, range.High)], "#999", 1, "4 3");
        foreach (var (unit, computational, representational) in pairs)
            figure.Point(representational, computational, computational > representational ? SvgFigure.Colour(0) : SvgFigure.Colour(1), unit);
        return (figure.ToSvg(), FormattableString.Invariant($"The best class of either kind for each predicted unit; {pairs.Count(pair => pair.Computational > pair.Representational)} of {pairs.Count} above the line, p = {p:G3} (that they lie no higher than below it, one-sided)."));
    }

    private static (string, string) OnlineScatter(OnlineAgreement online, EncodingResult encoding)
    {
        var kinds = encoding.Classes.ToDictionary(c => c.Name, c => c.Kind);
        var range = SvgFigure.Range(online.Units.SelectMany(point => new[] { point.OnlineBitsPerSpike, point.OfflineBitsPerSpike }));
        var figure = new SvgFigure("While the session ran, and afterwards", 380, 380, range, range).Axes("online, bits a spike", "offline, bits a spike");
        figure.Line([(range.Low, range.Low), (range.High, range.High)], "#999", 1, "4 3");
        foreach (var point in online.Units)
            if (double.IsFinite(point.OnlineBitsPerSpike) && double.IsFinite(point.OfflineBitsPerSpike))
                figure.Point(point.OnlineBitsPerSpike, point.OfflineBitsPerSpike, point.FoundOnline ? ColourOf(kinds[point.OnlineClass], 0) : "#999", $"{point.Unit}: {point.OnlineClass}");
        return (figure.ToSvg(), FormattableString.Invariant($"Each unit by the class that led while the session ran (blue: computational, orange: representational, grey: none was found to predict it); r = {online.Pearson:F3}, of ranks {online.Spearman:F3}."));
    }

    private static (string, string) Similarities(BehaviourSimilarity behaviours, EncodingResult encoding)
    {
        var classes = behaviours.Classes;
        var range = Roomy(SvgFigure.Range([.. classes.SelectMany(of => new[] { of.Similarity, of.Low, of.High }), behaviours.Ceiling.Upper]));
        var figure = Columns("Behaviours apart as in the units", classes.Count, range).Axes("", "whitened unbiased cosine", xTicks: false);
        Kinds(figure, encoding);
        figure.Box(-0.6, classes.Count - 0.4, behaviours.Ceiling.Lower, behaviours.Ceiling.Upper, "#bbb", opacity: 0.6);
        for (var c = 0; c < classes.Count; c++)
        {
            figure.Box(c - 0.35, c + 0.35, 0, classes[c].Similarity, ColourOf(encoding.Classes[c].Kind, c), opacity: 0.85);
            if (double.IsFinite(classes[c].Low))
                figure.Line([(c, classes[c].Low), (c, classes[c].High)], "#111");
            Name(figure, c, classes[c].Class, classes.Count);
        }
        return (figure.ToSvg(), FormattableString.Invariant($"RDMs over {behaviours.Behaviours.Count} behaviours{(behaviours.LeftOut.Count > 0 ? $" (too short: {string.Join(", ", behaviours.LeftOut)})" : "")}; lines: 95 % of behaviours drawn anew; grey: noise ceiling, {behaviours.Ceiling.Lower:F3} to {behaviours.Ceiling.Upper:F3}, with quarters of the recording as subjects."));
    }

    /// <summary>How variable what the network computes is within each behaviour; null without such classes.</summary>
    private static (string, string)? Variability(TableComparison.Outcome outcome)
    {
        var kinds = outcome.Encoding.Classes.ToDictionary(c => c.Name, c => c.Kind);
        var own = outcome.Variability.Where(of => kinds.GetValueOrDefault(of.Class) == FeatureKind.Computational && (of.Class.Contains("latent", StringComparison.Ordinal) || of.Class.Contains("action", StringComparison.Ordinal)))
            .GroupBy(of => of.Class).ToArray();
        if (own.Length == 0)
            return null;
        string[] behaviours = [.. own[0].Select(of => of.Variability.Behaviour)];
        var (low, high) = SvgFigure.Range(own.SelectMany(of => of.Select(one => one.Variability.MeanVariance)));
        var figure = new SvgFigure("Variability by behaviour", Math.Max(Width, 120 + (64 * behaviours.Length)), Height, (-0.6, behaviours.Length - 0.4), (low, high + (0.08 * own.Length * (high - low)))).Axes("", "variance, of all bins' = 1", xTicks: false);
        for (var c = 0; c < own.Length; c++)
        {
            foreach (var (b, of) in own[c].Index())
                figure.Box(b - 0.4 + (0.8 * c / own.Length), b - 0.4 + (0.8 * (c + 1) / own.Length), 0, of.Variability.MeanVariance, SvgFigure.Colour(c), opacity: 0.85);
            figure.Legend(c, SvgFigure.Colour(c), own[c].Key);
        }
        for (var b = 0; b < behaviours.Length; b++)
            figure.Under(b, SvgFigure.Shortened(behaviours[b], 10));
        return (figure.ToSvg(), "Mean variance of the features of each class within a behaviour; numbers of all classes are in variability.csv.");
    }

    private static (string, string) Accuracy(TableComparison.Outcome outcome)
    {
        var all = outcome.BehaviourAccuracy;
        var behaviours = outcome.Variability.Select(of => of.Variability.Behaviour).Distinct().Count();
        var figure = Columns("Behaviours told by a linear discriminant", all.Count, (0, 1.1)).Axes("", "share told right, mean of behaviours", xTicks: false);
        Kinds(figure, outcome.Encoding);
        figure.Line([(-0.6, 1.0 / Math.Max(1, behaviours)), (all.Count - 0.4, 1.0 / Math.Max(1, behaviours))], "#999", 1, "4 3");
        for (var c = 0; c < all.Count; c++)
        {
            figure.Box(c - 0.35, c + 0.35, 0, all[c].Accuracy, c == 0 ? "#555" : ColourOf(outcome.Encoding.Classes[c - 1].Kind, c - 1), opacity: 0.85);
            Name(figure, c, all[c].Name, all.Count);
        }
        return (figure.ToSvg(), "Learnt and tested on different stretches of time; dashed: chance.");
    }

    /// <summary>With room for a legend above.</summary>
    private static (double Low, double High) Roomy((double Low, double High) range) => (range.Low, range.High + (0.12 * (range.High - range.Low)));

    /// <summary>A quantile of numbers in order, between two of them where it falls there.</summary>
    internal static double At(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
