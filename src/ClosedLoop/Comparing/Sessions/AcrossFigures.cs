using ClosedLoop.Comparison;

namespace ClosedLoop.Comparing;

/// <summary>The figures of a comparison of several sessions, each with its caption.</summary>
public static class AcrossFigures
{
    private const int Height = 360;

    /// <summary>Those that there is something to show in.</summary>
    public static IEnumerable<(string Svg, string Caption)> Of(AcrossSessions across)
    {
        ArgumentNullException.ThrowIfNull(across);
        yield return Dots(
            "Which class predicts best", "share of predicted units", across.Classes.Select(c => (c.Name, c.Shares)).ToArray(), null,
            $"Share of the predicted units that each class predicts best: a dot a session, bars their mean, lines its standard error ({across.Sessions.Count} sessions).");
        if (across.Pairs.Count > 0)
            yield return Scatter(across);
        if (Lags(across) is { } lags)
            yield return lags;
        if (across.Classes.Any(c => c.Similarities.Any(double.IsFinite)))
        {
            double[] lower = [.. across.Sessions.Select(session => session.CeilingLower).Where(double.IsFinite)], upper = [.. across.Sessions.Select(session => session.CeilingUpper).Where(double.IsFinite)];
            yield return Dots(
                "Behaviours apart as in the units", "whitened unbiased cosine", across.Classes.Select(c => (c.Name, c.Similarities)).ToArray(), lower.Length == 0 ? null : (lower.Average(), upper.Average()),
                "A dot a session, bars their mean, lines its standard error; grey: the mean noise ceiling of the sessions.");
        }
    }

    private static (string, string) Dots(string title, string axis, (string Name, IReadOnlyList<double> Values)[] classes, (double Lower, double Upper)? ceiling, string caption)
    {
        var range = SvgFigure.Range([.. classes.SelectMany(c => c.Values), ceiling?.Upper ?? double.NaN]);
        var figure = ComparisonFigures.Columns(title, classes.Length, range).Axes("", axis, xTicks: false);
        if (ceiling is { } band)
            figure.Box(-0.6, classes.Length - 0.4, band.Lower, band.Upper, "#bbb", opacity: 0.6);
        for (var c = 0; c < classes.Length; c++)
        {
            double[] known = [.. classes[c].Values.Where(double.IsFinite)];
            if (known.Length > 0)
            {
                var (mean, error) = MeanAndError(known);
                figure.Box(c - 0.35, c + 0.35, 0, mean, SvgFigure.Colour(c), opacity: 0.6);
                figure.Line([(c, mean - error), (c, mean + error)], "#111");
                for (var s = 0; s < known.Length; s++)
                    figure.Point(c + (0.25 * ((s + 0.5) / known.Length * 2 - 1)), known[s], "#333", FormattableString.Invariant($"{known[s]:G3}"));
            }
            ComparisonFigures.Name(figure, c, classes[c].Name, classes.Length);
        }
        return (figure.ToSvg(), caption);
    }

    private static (string, string) Scatter(AcrossSessions across)
    {
        var range = SvgFigure.Range(across.Pairs.SelectMany(pair => new[] { pair.Computational, pair.Representational }));
        var figure = new SvgFigure("Computation against movement", 400, 400, range, range).Axes("representational, bits a spike", "computational, bits a spike");
        figure.Line([(range.Low, range.Low), (range.High, range.High)], "#999", 1, "4 3");
        foreach (var (session, unit, computational, representational) in across.Pairs)
            figure.Point(representational, computational, SvgFigure.Colour(session), $"{across.Sessions[session].Session}: {unit}");
        return (figure.ToSvg(), FormattableString.Invariant($"The best class of either kind for each predicted unit, a colour a session; {across.Pairs.Count(pair => pair.Computational > pair.Representational)} of {across.Pairs.Count} above the line; over sessions p = {across.ComputationalP:G3}."));
    }

    private static (string, string)? Lags(AcrossSessions across)
    {
        var first = across.Sessions[0].LagsMs;
        SessionScores[] alike = [.. across.Sessions.Where(session => session.LagsMs.SequenceEqual(first))];
        var curves = across.Classes.Select(c => alike.Select(session => session.Classes.First(own => own.Name == c.Name).LagCurve).Where(curve => curve.Count == first.Count).ToArray()).ToArray();
        if (first.Count < 2 || curves.All(own => own.Length == 0))
            return null;
        var means = curves.Select(own => own.Length == 0 ? [] : first.Select((_, lag) => own.Average(curve => curve[lag])).ToArray()).ToArray();
        var (low, high) = SvgFigure.Range(means.SelectMany(mean => mean));
        var figure = new SvgFigure("At which lag", 700, Height, (first[0], first[^1]), (low, high), right: 176).Axes("lag, ms (below 0: before the movement)", "bits a spike, less those at lag 0");
        figure.Line([(0, low), (0, high)], "#999", 1, "4 3");
        for (var (c, line) = (0, 0); c < means.Length; c++)
            if (means[c].Length > 0)
            {
                figure.Line(first.Zip(means[c]), SvgFigure.Colour(c), 1.8);
                figure.LegendRight(line++, SvgFigure.Colour(c), across.Classes[c].Name);
            }
        return (figure.ToSvg(), "Mean over sessions of the mean over predicted units. Below 0 the unit comes first.");
    }

    private static (double Mean, double Error) MeanAndError(double[] values)
    {
        var mean = values.Average();
        return (mean, values.Length < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1) / values.Length));
    }
}
