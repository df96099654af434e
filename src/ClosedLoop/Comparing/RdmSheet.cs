using System.Globalization;
using System.Net;
using System.Text;
using ClosedLoop.Comparison;

namespace ClosedLoop.Comparing;

/// <summary>Dissimilarities between behaviours of the units and of all classes side by side, as one figure.</summary>
internal static class RdmSheet
{
    private const int MostColumns = 7, Side = 126, Gap = 18, Head = 36, Labels = 78, Top = 28, Foot = 64;

    /// <summary>Draws it.</summary>
    /// <param name="behaviours">What it shows.</param>
    /// <param name="most">Most classes that are shown: those most like the units; null: all, in their order.</param>
    /// <param name="columns">Most matrices beside each other.</param>
    public static string Of(BehaviourSimilarity behaviours, int? most = null, int columns = MostColumns)
    {
        var classes = most is { } few ? behaviours.Classes.OrderByDescending(of => of.Similarity).Take(few) : behaviours.Classes;
        (string Name, string Below, Rdm Rdm)[] all =
        [
            ("units", "crossnobis", behaviours.Units),
            .. classes.Select(of => (of.Class, FormattableString.Invariant($"similarity {of.Similarity:F2}"), of.Rdm)),
        ];
        columns = Math.Min(columns, all.Length);
        var rows = (all.Length + columns - 1) / columns;
        var (width, height) = (Labels + (columns * (Side + Gap)), Top + (rows * (Head + Side)) + Foot);
        var sheet = new StringBuilder();
        sheet.Append(CultureInfo.InvariantCulture, $"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' font-family='sans-serif' font-size='12'><text x='{width / 2}' y='20' text-anchor='middle' font-weight='bold'>How far apart behaviours are</text>");
        for (var i = 0; i < all.Length; i++)
        {
            sheet.Append(CultureInfo.InvariantCulture, $"<g transform='translate({Labels + (i % columns * (Side + Gap))} {Top + (i / columns * (Head + Side)) + Head})'>");
            Draw(sheet, all[i].Name, all[i].Below, all[i].Rdm, behaviours.Behaviours, beside: i % columns == 0, under: i + columns >= all.Length);
            sheet.Append("</g>");
        }
        return sheet.Append("</svg>").ToString();
    }

    private static void Draw(StringBuilder sheet, string name, string below, Rdm rdm, IReadOnlyList<string> behaviours, bool beside, bool under)
    {
        var (n, highest) = (behaviours.Count, Math.Max(1e-300, rdm.Values.Max()));
        var cell = (double)Side / n;
        sheet.Append(CultureInfo.InvariantCulture, $"<text x='{Side / 2}' y='-17' text-anchor='middle'>{Encode(name)}</text><text x='{Side / 2}' y='-4' text-anchor='middle' font-size='10' fill='#555555'>{below}</text>");
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var share = Math.Clamp(rdm[i, j] / highest, 0, 1);
                sheet.Append(CultureInfo.InvariantCulture, $"<rect x='{j * cell:F2}' y='{i * cell:F2}' width='{cell:F2}' height='{cell:F2}' fill='#{255 - (int)(215 * share):x2}{255 - (int)(150 * share):x2}{255 - (int)(75 * share):x2}'/>");
            }
            if (beside)
                sheet.Append(CultureInfo.InvariantCulture, $"<text x='-5' y='{((i + 0.5) * cell) + 4:F2}' text-anchor='end' font-size='11'><title>{Encode(behaviours[i])}</title>{Encode(SvgFigure.Shortened(behaviours[i], 12))}</text>");
            if (under)
                sheet.Append(CultureInfo.InvariantCulture, $"<text transform='translate({((i + 0.5) * cell) + 4:F2} {Side + 12}) rotate(-50)' text-anchor='end' font-size='11'><title>{Encode(behaviours[i])}</title>{Encode(SvgFigure.Shortened(behaviours[i], 12))}</text>");
        }
        sheet.Append(CultureInfo.InvariantCulture, $"<rect x='0' y='0' width='{Side}' height='{Side}' fill='none' stroke='#bbbbbb'/>");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
