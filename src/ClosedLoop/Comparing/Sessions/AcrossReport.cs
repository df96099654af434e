using System.Globalization;
using System.Net;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>The report of several sessions: one page that needs nothing else, with sessions.csv (sessions by classes) and units.csv beside it.</summary>
public static class AcrossReport
{
    /// <summary>Writes them.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="across">What they tell.</param>
    /// <param name="missing">Sessions that did not come to an end.</param>
    /// <exception cref="ClosedLoopException">One cannot be written.</exception>
    public static void Write(string folder, AcrossSessions across, IReadOnlyList<string> missing)
    {
        ArgumentNullException.ThrowIfNull(across);
        ArgumentNullException.ThrowIfNull(missing);
        var page = new StringBuilder(ComparisonReport.Head($"Comparison of {across.Sessions.Count} sessions"));
        page.Append(CultureInfo.InvariantCulture, $"<p>{across.Units} units; {across.Sessions.Sum(session => session.Predicted)} of {across.Sessions.Sum(session => session.Judged)} judged are predicted by a class of features (each session's false discoveries at 5 %).");
        if (double.IsFinite(across.ComputationalP))
            page.Append(CultureInfo.InvariantCulture, $" That computational classes predict them no better than representational ones: p = {across.ComputationalP:G3} (signs of the sessions' mean differences flipped, one-sided).");
        if (missing.Count > 0)
            page.Append(CultureInfo.InvariantCulture, $" <b>Missing: {Encode(string.Join(", ", missing))}.</b>");
        page.Append("</p>");
        foreach (var (svg, caption) in AcrossFigures.Of(across))
            page.Append(CultureInfo.InvariantCulture, $"<figure>{svg}<figcaption>{Encode(caption)}</figcaption></figure>");
        AppendSessions(page, across);
        AppendClasses(page, across);
        page.Append("</body></html>\n");
        Save(folder, "report.html", page, "report");
        Save(folder, "sessions.csv", Sessions(across), "table");
        Save(folder, "units.csv", Units(across), "table");
    }

    private static void AppendSessions(StringBuilder page, AcrossSessions across)
    {
        page.Append("<h2>Sessions</h2><table><tr><th>session</th><th>units</th><th>most predicted by</th><th>judged</th><th>predicted</th><th>minutes</th><th>ceiling</th></tr>");
        foreach (var session in across.Sessions)
        {
            var best = across.Classes.MaxBy(c => session.ShareOf(c.Name));
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><a href='{Encode(Uri.EscapeDataString(session.Session))}/report.html'>{Encode(session.Session)}</a></td><td>{session.Units.Count}</td><td>{(session.Predicted > 0 ? Encode(best!.Name) : "")}</td><td>{session.Judged}</td><td>{session.Predicted}</td><td>{session.Bins * session.BinMs / 60_000:F1}</td><td>{session.CeilingLower:F2} to {session.CeilingUpper:F2}</td></tr>");
        }
        page.Append("</table>");
    }

    private static void AppendClasses(StringBuilder page, AcrossSessions across)
    {
        page.Append("<h2>Classes</h2><table><tr><th>class</th><th>best for, units</th><th>kind</th><th>share, mean over sessions</th><th>similarity, mean</th><th>p above 0, adjusted</th></tr>");
        foreach (var c in across.Classes)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(c.Name)}</td><td>{c.Best}</td><td>{c.Kind.ToString().ToLowerInvariant()}</td><td>{Mean(c.Shares):F3}</td><td>{Mean(c.Similarities):F3}</td><td>{c.SimilarityP:G3}</td></tr>");
        page.Append("</table>");
    }

    private static StringBuilder Sessions(AcrossSessions across)
    {
        var table = new StringBuilder("session,units,judged,predicted,class,kind,best,share,whitened_unbiased_cosine,ceiling_lower,ceiling_upper\n");
        for (var s = 0; s < across.Sessions.Count; s++)
            foreach (var c in across.Classes)
            {
                var session = across.Sessions[s];
                ComparisonTables.Row(table, Quoted(session.Session), session.Units.Count, session.Judged, session.Predicted, c.Name, c.Kind.ToString().ToLowerInvariant(), session.Units.Count(unit => unit.IsPredicted && unit.Leading == c.Name), c.Shares[s], c.Similarities[s], session.CeilingLower, session.CeilingUpper);
            }
        return table;
    }

    private static StringBuilder Units(AcrossSessions across)
    {
        var table = new StringBuilder("session,unit,rate_hz,leading,predicted,p_adjusted,lag_ms,").AppendJoin(',', across.Classes.Select(c => c.Name)).Append('\n');
        foreach (var session in across.Sessions)
        {
            int[] places = [.. across.Classes.Select(c => session.Classes.ToList().FindIndex(own => own.Name == c.Name))];
            foreach (var unit in session.Units)
                ComparisonTables.Row(table, [Quoted(session.Session), unit.Unit, unit.RateHz, unit.Leading ?? "", unit.IsPredicted ? 1 : 0, unit.AdjustedP, unit.LagMs, .. places.Select(place => (object)unit.BitsPerSpike[place])]);
        }
        return table;
    }

    private static double Mean(IReadOnlyList<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private static string Quoted(string text) => text.Contains(',') ? $"\"{text}\"" : text;

    private static void Save(string folder, string name, StringBuilder text, string what) => WholeFile.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text.ToString()), what);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
