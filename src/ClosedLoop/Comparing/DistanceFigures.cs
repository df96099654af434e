using System.Globalization;
using System.Net;
using System.Text;
using ClosedLoop.Comparison;

namespace ClosedLoop.Comparing;

/// <summary>How far apart behaviours lie as distributions, in the units and in each class: a figure and a table, means over pairs of behaviours.</summary>
internal static class DistanceFigures
{
    /// <summary>Adds them to a page; nothing where there are no distances.</summary>
    public static void Append(StringBuilder page, IReadOnlyList<BehaviourDistance> distances)
    {
        if (distances.Count == 0)
            return;
        var classes = distances.GroupBy(of => of.Class).ToArray();
        var (least, most) = (distances.Min(of => of.Samples), distances.Max(of => of.Samples));
        page.Append(CultureInfo.InvariantCulture, $"<h2>Behaviours as distributions</h2><p>Means over {classes[0].Count()} pairs of behaviours, of {(least == most ? $"{most}" : $"{least} to {most}")} bins of each, evenly spaced over time, in standard deviations of at most ten principal components; every pair stands in behaviour_distances.csv. Told apart: the share of bins told right by what was learnt from others, 50 % where the two do not differ.</p>");
        page.Append(CultureInfo.InvariantCulture, $"<figure>{Figure(classes)}<figcaption>Every pair of behaviours a point, told apart by logistic regression on the components and their squares.</figcaption></figure>");
        page.Append("<table class='numbers'><tr><th>class</th><th>sliced Wasserstein</th><th>Gaussian Wasserstein</th><th>mean discrepancy, squared</th><th>told apart by logistic regression</th><th>by nearest neighbours</th><th>most alike</th><th>least alike</th></tr>");
        foreach (var of in classes)
        {
            var ordered = of.OrderBy(pair => pair.LogisticAccuracy).ThenBy(pair => pair.SlicedWasserstein).ToArray();
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(of.Key)}</td><td>{of.Average(pair => pair.SlicedWasserstein):F3}</td><td>{of.Average(pair => pair.GaussianWasserstein):F3}</td><td>{of.Average(pair => pair.MaximumMeanDiscrepancy):F3}</td><td>{100 * of.Average(pair => pair.LogisticAccuracy):F1} %</td><td>{100 * of.Average(pair => pair.NeighbourAccuracy):F1} %</td><td>{Pair(ordered[0])}</td><td>{Pair(ordered[^1])}</td></tr>");
        }
        page.Append("</table>");
    }

    private static string Figure(IGrouping<string, BehaviourDistance>[] classes)
    {
        var figure = ComparisonFigures.Columns("Behaviours told apart", classes.Length, (Math.Min(0.4, classes.Min(of => of.Min(pair => pair.LogisticAccuracy)) - 0.02), 1.02)).Axes("", "share told right", xTicks: false);
        figure.Line([(-0.6, 0.5), (classes.Length - 0.4, 0.5)], "#999", 1, "4 3");
        for (var c = 0; c < classes.Length; c++)
        {
            var (pairs, mean) = (classes[c].ToArray(), classes[c].Average(pair => pair.LogisticAccuracy));
            for (var k = 0; k < pairs.Length; k++)
                figure.Point(c + (0.5 * (((k + 0.5) / pairs.Length) - 0.5)), pairs[k].LogisticAccuracy, SvgFigure.Colour(c), $"{pairs[k].Behaviour}, {pairs[k].Other}");
            figure.Line([(c - 0.3, mean), (c + 0.3, mean)], "#111", 2);
            ComparisonFigures.Name(figure, c, classes[c].Key, classes.Length);
        }
        return figure.ToSvg();
    }

    private static string Pair(BehaviourDistance of) => Encode(string.Create(CultureInfo.InvariantCulture, $"{of.Behaviour}, {of.Other} ({100 * of.LogisticAccuracy:F0} %)"));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
