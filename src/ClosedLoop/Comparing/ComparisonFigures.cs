using ClosedLoop.Comparison;

namespace ClosedLoop.Comparing;

/// <summary>The figures of a comparison, each with its caption.</summary>
public static class ComparisonFigures
{
    private const int Width = 520, Height = 340, MostLevel = 6;

    /// <summary>Those that there is something to show in.</summary>
    public static IEnumerable<(string Svg, string Caption)> Of(TableComparison.Outcome outcome)
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
        if (outcome.Behaviours is { } behaviours)
        {
            yield return Similarities(behaviours);
            yield return Heat("units (crossnobis)", behaviours.Units, behaviours.Behaviours);
            foreach (var (name, rdm, _, _, _) in behaviours.Classes)
                yield return Heat($"{name} (Euclidean)", rdm, behaviours.Behaviours);
        }
        if (Variability(outcome) is { } variability)
            yield return variability;
        if (outcome.BehaviourAccuracy.Count > 0)
            yield return Accuracy(outcome);
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
        var figure = Columns("Which class predicts best", counts.Length, SvgFigure.Range([.. counts.Select(count => (double)count), 1])).Axes("", "units", xTicks: false);
        for (var c = 0; c < counts.Length; c++)
        {
            figure.Box(c - 0.35, c + 0.35, 0, counts[c], SvgFigure.Colour(c));
            figure.Text(c, counts[c], $"{counts[c]}", dy: -4);
            Name(figure, c, encoding.Classes[c].Name, encoding.Classes.Count);
        }
        return (figure.ToSvg(), $"Units that each class predicts best, of the {counts.Sum()} that any predicts significantly.");
    }

    private static (string, string) Scores(EncodingResult encoding)
    {
        var scores = Enumerable.Range(0, encoding.Classes.Count).Select(c => encoding.Units.Where(unit => unit.Leading >= 0).Select(unit => unit.Classes[c].BitsPerSpike).Order().ToArray()).ToArray();
        var figure = Columns("Cross-validated log-likelihood ratio", scores.Length, SvgFigure.Range(scores.SelectMany(own => new[] { At(own, 0.1), At(own, 0.9) }))).Axes("", "bits a spike, above the mean rate", xTicks: false);
        figure.Line([(-0.6, 0), (scores.Length - 0.4, 0)], "#999", 1, "4 3");
        for (var c = 0; c < scores.Length; c++)
        {
            figure.Line([(c, At(scores[c], 0.1)), (c, At(scores[c], 0.9))], SvgFigure.Colour(c));
            figure.Box(c - 0.28, c + 0.28, At(scores[c], 0.25), At(scores[c], 0.75), SvgFigure.Colour(c), opacity: 0.6);
            figure.Line([(c - 0.28, At(scores[c], 0.5)), (c + 0.28, At(scores[c], 0.5))], "#111", 2);
            Name(figure, c, encoding.Classes[c].Name, encoding.Classes.Count);
        }
        return (figure.ToSvg(), $"All {encoding.Judged} judged units: median, quartiles, 10th and 90th percentile.");
    }

    private static (string, string) Lags(EncodingResult encoding)
    {
        var curves = Enumerable.Range(0, encoding.Classes.Count).Select(c => encoding.Units.Where(unit => unit.IsPredicted && unit.Leading == c).Select(unit => unit.Classes[c].LagBitsPerSpike).ToArray()).ToArray();
        var means = curves.Select(own => own.Length == 0 ? [] : encoding.LagsMs.Select((_, lag) => own.Average(curve => curve[lag])).ToArray()).ToArray();
        var (low, high) = SvgFigure.Range(means.SelectMany(mean => mean));
        // Room for the legend, which stands above the curves.
        high += 0.075 * (high - low) * means.Count(mean => mean.Length > 0);
        var figure = new SvgFigure("At which lag", Width, Height, (encoding.LagsMs[0], encoding.LagsMs[^1]), (low, high)).Axes("lag, ms (below 0: before the movement)", "bits a spike");
        figure.Line([(0, 0), (0, means.SelectMany(mean => mean).Max())], "#999", 1, "4 3");
        for (var (c, line) = (0, 0); c < means.Length; c++)
            if (means[c].Length > 0)
            {
                figure.Line(encoding.LagsMs.Zip(means[c]), SvgFigure.Colour(c), 2);
                figure.Legend(line++, SvgFigure.Colour(c), $"{encoding.Classes[c].Name} ({curves[c].Length})");
            }
        return (figure.ToSvg(), "Mean over the units that a class predicts best: counts at time t from features at t - lag. Below 0 the unit comes first.");
    }

    private static (string, string) Scatter(IReadOnlyList<(string Unit, double Computational, double Representational)> pairs, double p)
    {
        var range = SvgFigure.Range(pairs.SelectMany(pair => new[] { pair.Computational, pair.Representational }));
        var figure = new SvgFigure("Computation against movement", 380, 380, range, range).Axes("representational, bits a spike", "computational, bits a spike");
        figure.Line([(range.Low, range.Low), (range.High, range.High)], "#999", 1, "4 3");
        foreach (var (unit, computational, representational) in pairs)
            figure.Point(representational, computational, computational > representational ? SvgFigure.Colour(0) : SvgFigure.Colour(1), unit);
        return (figure.ToSvg(), FormattableString.Invariant($"The best class of either kind for each predicted unit; {pairs.Count(pair => pair.Computational > pair.Representational)} of {pairs.Count} above the line, p = {p:G3}."));
    }

    private static (string, string) Similarities(BehaviourSimilarity behaviours)
    {
        var classes = behaviours.Classes;
        var range = SvgFigure.Range([.. classes.SelectMany(of => new[] { of.Similarity, of.Low, of.High }), behaviours.Ceiling.Upper]);
        var figure = Columns("Behaviours apart as in the units", classes.Count, range).Axes("", "whitened unbiased cosine", xTicks: false);
        figure.Box(-0.6, classes.Count - 0.4, behaviours.Ceiling.Lower, behaviours.Ceiling.Upper, "#bbb", opacity: 0.6);
        for (var c = 0; c < classes.Count; c++)
        {
            figure.Box(c - 0.35, c + 0.35, 0, classes[c].Similarity, SvgFigure.Colour(c), opacity: 0.85);
            if (double.IsFinite(classes[c].Low))
                figure.Line([(c, classes[c].Low), (c, classes[c].High)], "#111");
            Name(figure, c, classes[c].Class, classes.Count);
        }
        return (figure.ToSvg(), FormattableString.Invariant($"RDMs over {behaviours.Behaviours.Count} behaviours{(behaviours.LeftOut.Count > 0 ? $" (too short: {string.Join(", ", behaviours.LeftOut)})" : "")}; lines: 95 % of behaviours drawn anew; grey: noise ceiling, {behaviours.Ceiling.Lower:F3} to {behaviours.Ceiling.Upper:F3}, with quarters of the recording as subjects."));
    }

    private static (string, string) Heat(string name, Rdm rdm, IReadOnlyList<string> behaviours)
    {
        var n = behaviours.Count;
        var most = Math.Max(1e-300, rdm.Values.Max());
        var figure = new SvgFigure(name, 360, 330, (0, n), (0, n));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var share = Math.Clamp(rdm[i, j] / most, 0, 1);
                figure.Box(j, j + 1, n - i, n - i - 1, FormattableString.Invariant($"rgb({255 - (int)(215 * share)},{255 - (int)(150 * share)},{255 - (int)(75 * share)})"));
            }
            figure.Text(-0.05, n - i - 0.5, behaviours[i].Length > 9 ? behaviours[i][..8] + "\u2026" : behaviours[i], "end");
            figure.Under(i + 0.5, behaviours[i].Length > 9 ? behaviours[i][..8] + "\u2026" : behaviours[i]);
        }
        return (figure.ToSvg(), FormattableString.Invariant($"Dissimilarity of behaviours, from 0 (white) to {most:G3}."));
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
            figure.Under(b, behaviours[b].Length > 10 ? behaviours[b][..9] + "\u2026" : behaviours[b]);
        return (figure.ToSvg(), "Mean variance of the features of each class within a behaviour.");
    }

    private static (string, string) Accuracy(TableComparison.Outcome outcome)
    {
        var all = outcome.BehaviourAccuracy;
        var behaviours = outcome.Variability.Select(of => of.Variability.Behaviour).Distinct().Count();
        var figure = Columns("Behaviours told by a linear discriminant", all.Count, (0, 1)).Axes("", "share told right, mean of behaviours", xTicks: false);
        figure.Line([(-0.6, 1.0 / Math.Max(1, behaviours)), (all.Count - 0.4, 1.0 / Math.Max(1, behaviours))], "#999", 1, "4 3");
        for (var c = 0; c < all.Count; c++)
        {
            figure.Box(c - 0.35, c + 0.35, 0, all[c].Accuracy, c == 0 ? "#555" : SvgFigure.Colour(c - 1), opacity: 0.85);
            Name(figure, c, all[c].Name, all.Count);
        }
        return (figure.ToSvg(), "Learnt and tested on different stretches of time; dashed: chance.");
    }

    private static double At(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
