using System.Globalization;
using System.Net;
using System.Text;
using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>The report of a comparison: one page that needs nothing else.</summary>
public static class ComparisonReport
{
    private const int MostUnits = 300;

    /// <summary>Writes report.html.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="title">Above it.</param>
    /// <param name="outcome">What it tells.</param>
    /// <exception cref="ClosedLoopException">It cannot be written.</exception>
    public static void Write(string folder, string title, TableComparison.Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var encoding = outcome.Encoding;
        var page = new StringBuilder();
        page.Append(Head(title));
        page.Append(CultureInfo.InvariantCulture, $"<p>{encoding.Units.Count} units, {outcome.Bins} bins of {outcome.BinMs:G4} ms. {encoding.Units.Count(unit => unit.IsPredicted)} of {encoding.Judged} judged units are predicted by a class of features (rate of false discoveries 5 %; ridge {string.Join(", ", outcome.Alphas.Select(alpha => alpha.ToString("G3", CultureInfo.InvariantCulture)))} a bin).");
        if (double.IsFinite(outcome.PermutationP))
            page.Append(CultureInfo.InvariantCulture, $" That computational classes predict them no better than representational ones: p = {outcome.PermutationP:G3} (signs permuted, one-sided).");
        page.Append("</p>");
        if (outcome.Online is { } online)
            page.Append(CultureInfo.InvariantCulture, $"<p>{Encode(online.Sentence())}</p>");
        if (outcome.Plan is { } plan)
            page.Append(CultureInfo.InvariantCulture, $"<p>{Encode(plan.Sentence())}</p>");
        AppendNotes(page, outcome);
        page.Append("<h2>Which features predict the units</h2>");
        AppendFigures(page, ComparisonFigures.OfUnits(outcome));
        AppendClasses(page, outcome);
        if (outcome.Behaviours is not null || outcome.BehaviourAccuracy.Count > 0)
            page.Append("<h2>Whether they tell behaviours apart alike</h2>");
        AppendFigures(page, ComparisonFigures.OfBehaviours(outcome));
        AppendUnits(page, outcome);
        if (outcome.Variability.Count > 0)
            AppendVariability(page, outcome);
        if (outcome.Distances.Count > 0)
            AppendDistances(page, outcome.Distances);
        page.Append("</body></html>\n");
        WholeFile.Write(Path.Combine(folder, "report.html"), Encoding.UTF8.GetBytes(page.ToString()), "report");
    }

    /// <summary>The beginning of a page, up to its title.</summary>
    internal static string Head(string title) => $"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{Encode(title)}</title><style>body{{font:15px/1.45 sans-serif;margin:2em auto;max-width:1120px;color:#222}}figure{{display:inline-table;margin:8px;vertical-align:top}}figcaption{{display:table-caption;caption-side:bottom;font-size:13px;color:#555}}table{{border-collapse:collapse;font-size:13px}}td,th{{padding:2px 9px;border-bottom:1px solid #ddd;text-align:right}}td:first-child,th:first-child,td:nth-child(3),th:nth-child(3){{text-align:left}}table.numbers td:nth-child(3),table.numbers th:nth-child(3){{text-align:right}}details{{margin:1em 0}}</style></head><body><h1>{Encode(title)}</h1>";

    private static void AppendFigures(StringBuilder page, IEnumerable<(string Svg, string Caption)> figures)
    {
        foreach (var (svg, caption) in figures)
            page.Append(CultureInfo.InvariantCulture, $"<figure>{svg}<figcaption>{Encode(caption)}</figcaption></figure>");
    }

    private static void AppendNotes(StringBuilder page, TableComparison.Outcome outcome)
    {
        if (outcome.Notes.Count > 0)
            page.Append("<ul>").AppendJoin("", outcome.Notes.Select(note => $"<li>{Encode(note)}</li>")).Append("</ul>");
        // As of joints that never move there may be dozens.
        if (outcome.Dropped.Count > 0)
            page.Append(CultureInfo.InvariantCulture, $"<details><summary>{outcome.Dropped.Count} features are left out, for they are the same in all bins</summary>{Encode(string.Join(", ", outcome.Dropped))}</details>");
    }

    private static void AppendDistances(StringBuilder page, IReadOnlyList<BodyDistance> distances)
    {
        page.Append("<h2>The animal and its virtual body</h2><p>Distances between the distributions of their movement in standard deviations of the animal's: 0 where they are the same. Told apart by nearest neighbours: 50 % where they cannot be. The animal's samples are those of every other stretch of time, the body's those between; last, the animal's own of both.</p><table><tr><th>movement</th><th>samples of each</th><th></th><th>sliced Wasserstein</th><th>Gaussian Wasserstein, a dimension</th><th>mean discrepancy</th><th>told apart</th><th>the animal's own: sliced Wasserstein, told apart</th></tr>");
        foreach (var of in distances)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(of.Name)}</td><td>{of.Samples}</td><td></td><td>{of.SlicedWasserstein:F3}</td><td>{of.GaussianWasserstein:F3}</td><td>{of.MeanDiscrepancy:F3}</td><td>{100 * of.ClassifierAccuracy:F1} %</td><td>{of.WassersteinFloor:F3}, {100 * of.ClassifierFloor:F1} %</td></tr>");
        page.Append("</table>");
    }

    private static void AppendClasses(StringBuilder page, TableComparison.Outcome outcome)
    {
        var (encoding, best) = (outcome.Encoding, outcome.Encoding.BestCounts());
        page.Append("<p>By class: units that it predicts best; median over judged units of the cross-validated log-likelihood ratio, bits a spike; the score of the Neural Latents Benchmark (all spikes of these units together, tested bins, against each unit's mean over these very bins); similarity of its distances between behaviours to the units'; behaviours that a linear discriminant tells right by it, learnt and tested on different stretches of time, mean over behaviours.</p><table><tr><th>class</th><th>best for</th><th>kind</th><th>median, bits a spike</th><th>benchmark, bits a spike</th><th>similarity</th><th>told right, %</th></tr>");
        foreach (var (c, (name, kind)) in encoding.Classes.Index())
        {
            double[] bits = [.. encoding.Units.Where(unit => unit.Leading >= 0).Select(unit => unit.Classes[c].BitsPerSpike).Order()];
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(name)}</td><td>{best[c]}</td><td>{(kind == FeatureKind.Unspecified ? "" : kind.ToString().ToLowerInvariant())}</td><td>{(bits.Length == 0 ? "" : Number(ComparisonFigures.At(bits, 0.5)))}</td><td>{(bits.Length == 0 ? "" : Number(encoding.BenchmarkBitsPerSpike[c]))}</td><td>{(outcome.Behaviours is { } behaviours ? Number(behaviours.Classes[c].Similarity) : "")}</td><td>{(outcome.BehaviourAccuracy.Count > c + 1 ? (100 * outcome.BehaviourAccuracy[c + 1].Accuracy).ToString("F1", CultureInfo.InvariantCulture) : "")}</td></tr>");
        }
        if (outcome.BehaviourAccuracy.Count > 0)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>all units together</td><td></td><td></td><td></td><td></td><td></td><td>{100 * outcome.BehaviourAccuracy[0].Accuracy:F1}</td></tr>");
        page.Append("</table>");

        static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
    }

    private static void AppendUnits(StringBuilder page, TableComparison.Outcome outcome)
    {
        var encoding = outcome.Encoding;
        page.Append("<h2>Units</h2>");
        if (encoding.ElasticNetRatio > 0)
            page.Append(CultureInfo.InvariantCulture, $"<p>Judged by elastic nets ({encoding.ElasticNetRatio:G3} of the penalty on absolute weights), each with the strength that does best on the last fifth of its fitted bins, at the lag that the ridge finds; curves over lags are the ridge's.</p>");
        if (encoding.Units.Count > MostUnits)
            page.Append(CultureInfo.InvariantCulture, $"<p>The {MostUnits} that are predicted best; all are in scores.csv.</p>");
        page.Append("<table><tr><th>unit</th><th>rate, Hz</th><th>leading class</th><th>CV-LLR, bits a spike</th><th>pseudo R<sup>2</sup></th><th>p, adjusted</th><th>lag, ms</th>").Append(outcome.Plan is null ? "" : "<th>planted class</th><th>planted lag, ms</th>").Append("</tr>");
        foreach (var (u, unit) in encoding.Units.Index().OrderByDescending(of => of.Item.Leading < 0 ? double.NegativeInfinity : of.Item.Classes[of.Item.Leading].BitsPerSpike).Take(MostUnits))
        {
            var planted = outcome.Plan is null ? "" : string.Create(CultureInfo.InvariantCulture, $"<td>{Encode(outcome.Planned[u]?.FollowedClass ?? "")}</td><td>{outcome.Planned[u]?.FollowedLagMs:F0}</td>");
            if (unit.Leading < 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(unit.Unit)}</td><td>{unit.RateHz:F2}</td><td>too few spikes</td><td></td><td></td><td></td><td></td>{planted}</tr>");
                continue;
            }
            var score = unit.Classes[unit.Leading];
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(unit.Unit)}</td><td>{unit.RateHz:F2}</td><td>{Encode(encoding.Classes[unit.Leading].Name)}{(unit.IsPredicted ? "" : " (not significant)")}</td><td>{score.BitsPerSpike:F4}</td><td>{score.PseudoR2:F4}</td><td>{score.AdjustedP:G3}</td><td>{score.LagMs:F0}</td>{planted}</tr>");
        }
        page.Append("</table>");
    }

    private static void AppendVariability(StringBuilder page, TableComparison.Outcome outcome)
    {
        page.Append("<details><summary>How variable each class is in each behaviour</summary><table><tr><th>class</th><th>bins</th><th>behaviour</th><th>variance, of all bins' = 1</th><th>effective dimensions</th></tr>");
        foreach (var (name, of) in outcome.Variability)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(name)}</td><td>{of.Bins}</td><td>{Encode(of.Behaviour)}</td><td>{of.MeanVariance:F3}</td><td>{of.EffectiveDimensions:F2}</td></tr>");
        page.Append("</table></details>");
        DistanceFigures.Append(page, outcome.Behaviours?.Distances ?? []);
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
