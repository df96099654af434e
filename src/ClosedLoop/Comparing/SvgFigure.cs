using System.Globalization;
using System.Net;
using System.Text;

namespace ClosedLoop.Comparing;

/// <summary>A figure as SVG, to stand in a page: a plot area with two linear axes, in whose units things are drawn.</summary>
public sealed class SvgFigure
{
    private const int Left = 64, Top = 34;

    private static readonly string[] Palette = ["#1f6fb4", "#e07b1a", "#2a9d57", "#c03a3a", "#7d5ab5", "#8a6246", "#d164ab", "#6c6c6c", "#a5a52a", "#1aa9b8",
        "#0b3c66", "#8f4a08", "#135c30", "#701a1a", "#46307a", "#4d3323", "#8a2f6d", "#3a3a3a", "#5f5f12", "#0c6570"];

    private readonly StringBuilder _body = new();
    private readonly int _width, _height, _bottom, _right;
    private readonly double _lowX, _highX, _lowY, _highY;

    /// <summary>Begins a figure.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="x">Ends of the horizontal axis.</param>
    /// <param name="y">Ends of the vertical axis.</param>
    /// <param name="bottom">Room below the plot, in pixels.</param>
    /// <param name="right">Room at its right, in pixels, as for a legend.</param>
    public SvgFigure(string title, int width, int height, (double Low, double High) x, (double Low, double High) y, int bottom = 58, int right = 16)
    {
        (_bottom, _right) = (bottom, right);
        (_width, _height, _lowX, _highX, _lowY, _highY) = (width, height, x.Low, x.High > x.Low ? x.High : x.Low + 1, y.Low, y.High > y.Low ? y.High : y.Low + 1);
        Raw($"<text x='{width / 2}' y='20' text-anchor='middle' font-weight='bold'>{WebUtility.HtmlEncode(title)}</text>");
    }

    /// <summary>A text of at most so many letters, the last of which are dots where it is longer.</summary>
    public static string Shortened(string text, int most) => text.Length > most ? text[..(most - 1)] + "\u2026" : text;

    /// <summary>The colour of a series.</summary>
    public static string Colour(int series) => Palette[series % Palette.Length];

    /// <summary>Ends of an axis that hold all numbers, with some room; those that are not finite do not count.</summary>
    public static (double Low, double High) Range(IEnumerable<double> values, bool withZero = true)
    {
        double[] finite = [.. values.Where(double.IsFinite), .. withZero ? [0.0] : Array.Empty<double>()];
        if (finite.Length == 0)
            return (0, 1);
        var (low, high) = (finite.Min(), finite.Max());
        var room = Math.Max(1e-9, 0.06 * (high - low));
        return (low < 0 || !withZero ? low - room : low, high + room);
    }

    /// <summary>Draws the axes with their ticks.</summary>
    /// <param name="xLabel">Below.</param>
    /// <param name="yLabel">Beside.</param>
    /// <param name="xTicks">Whether the horizontal one has numbers.</param>
    public SvgFigure Axes(string xLabel, string yLabel, bool xTicks = true)
    {
        Raw($"<path d='M{Left} {Top}V{_height - _bottom}H{_width - _right}' fill='none' stroke='#333'/>");
        foreach (var tick in Ticks(_lowY, _highY))
            Raw($"<path d='M{Left - 4} {N(Y(tick))}h4' stroke='#333'/><text x='{Left - 7}' y='{N(Y(tick) + 4)}' text-anchor='end'>{Label(tick)}</text>");
        if (xTicks)
            foreach (var tick in Ticks(_lowX, _highX))
                Raw($"<path d='M{N(X(tick))} {_height - _bottom}v4' stroke='#333'/><text x='{N(X(tick))}' y='{_height - _bottom + 17}' text-anchor='middle'>{Label(tick)}</text>");
        Raw($"<text x='{(Left + _width - _right) / 2}' y='{_height - 8}' text-anchor='middle'>{WebUtility.HtmlEncode(xLabel)}</text>");
        Raw($"<text transform='translate(14 {(Top + _height - _bottom) / 2}) rotate(-90)' text-anchor='middle'>{WebUtility.HtmlEncode(yLabel)}</text>");
        return this;
    }

    /// <summary>A line through points.</summary>
    public void Line(IEnumerable<(double X, double Y)> points, string colour, double width = 1.5, string dash = "") =>
        Raw($"<polyline points='{string.Join(' ', points.Select(point => $"{N(X(point.X))},{N(Y(point.Y))}"))}' fill='none' stroke='{colour}' stroke-width='{N(width)}' stroke-dasharray='{dash}'/>");

    /// <summary>A rectangle.</summary>
    public void Box(double x0, double x1, double y0, double y1, string fill, string stroke = "none", double opacity = 1) =>
        Raw($"<rect x='{N(Math.Min(X(x0), X(x1)))}' y='{N(Math.Min(Y(y0), Y(y1)))}' width='{N(Math.Abs(X(x1) - X(x0)))}' height='{N(Math.Abs(Y(y1) - Y(y0)))}' fill='{fill}' stroke='{stroke}' fill-opacity='{N(opacity)}'/>");

    /// <summary>A point, whose name shows under the pointer.</summary>
    public void Point(double x, double y, string colour, string name) =>
        Raw($"<circle cx='{N(X(x))}' cy='{N(Y(y))}' r='3.2' fill='{colour}' fill-opacity='0.75'><title>{WebUtility.HtmlEncode(name)}</title></circle>");

    /// <summary>A text at a place of the plot.</summary>
    public void Text(double x, double y, string text, string anchor = "middle", double dy = 4) =>
        Raw($"<text x='{N(X(x))}' y='{N(Y(y) + dy)}' text-anchor='{anchor}'>{WebUtility.HtmlEncode(text)}</text>");

    /// <summary>A text under the horizontal axis.</summary>
    public void Under(double x, string text) =>
        Raw($"<text x='{N(X(x))}' y='{_height - _bottom + 17}' text-anchor='middle'><title>{WebUtility.HtmlEncode(text)}</title>{WebUtility.HtmlEncode(Shortened(text, 16))}</text>");

    /// <summary>A text under the horizontal axis, slanted, for many beside each other.</summary>
    public void Slanted(double x, string text) =>
        Raw($"<text transform='translate({N(X(x) + 4)} {_height - _bottom + 14}) rotate(-50)' text-anchor='end' font-size='11'><title>{WebUtility.HtmlEncode(text)}</title>{WebUtility.HtmlEncode(Shortened(text, 24))}</text>");

    /// <summary>A line of a legend in the upper left corner.</summary>
    public void Legend(int line, string colour, string text) =>
        Raw($"<rect x='{Left + 10}' y='{Top + 4 + (line * 16)}' width='10' height='10' fill='{colour}'/><text x='{Left + 25}' y='{Top + 13 + (line * 16)}'>{WebUtility.HtmlEncode(text)}</text>");

    /// <summary>An entry of a legend in one row above the plot's upper end.</summary>
    public void LegendAcross(int place, string colour, string text) =>
        Raw($"<rect x='{Left + 10 + (place * 120)}' y='{Top + 2}' width='10' height='10' fill='{colour}'/><text x='{Left + 25 + (place * 120)}' y='{Top + 11}' font-size='11'>{WebUtility.HtmlEncode(text)}</text>");

    /// <summary>A line of a legend at the right of the plot, for figures that leave room there.</summary>
    public void LegendRight(int line, string colour, string text, string dash = "") =>
        Raw($"<path d='M{_width - _right + 10} {Top + 9 + (line * 17)}h16' stroke='{colour}' stroke-width='3' stroke-dasharray='{dash}'/><text x='{_width - _right + 31}' y='{Top + 13 + (line * 17)}' font-size='11'>{WebUtility.HtmlEncode(text)}</text>");

    /// <summary>The figure.</summary>
    public string ToSvg() => $"<svg xmlns='http://www.w3.org/2000/svg' width='{_width}' height='{_height}' viewBox='0 0 {_width} {_height}' font-family='sans-serif' font-size='12'>{_body}</svg>";

    private static IEnumerable<double> Ticks(double low, double high)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10((high - low) / 4)));
        step *= (high - low) / step > 20 ? 5 : (high - low) / step > 8 ? 2 : 1;
        for (var tick = Math.Ceiling(low / step) * step; tick <= high + (1e-9 * step); tick += step)
            yield return Math.Abs(tick) < 1e-9 * step ? 0 : tick;
    }

    private static string Label(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string N(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    private double X(double value) => Left + ((value - _lowX) / (_highX - _lowX) * (_width - Left - _right));

    private double Y(double value) => _height - _bottom - ((value - _lowY) / (_highY - _lowY) * (_height - Top - _bottom));

    private void Raw(FormattableString element) => _body.Append(element.ToString(CultureInfo.InvariantCulture));
}
