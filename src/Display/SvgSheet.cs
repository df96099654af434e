using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using ClosedLoop.Core;
using SkiaSharp;

namespace ClosedLoop.Display;

/// <summary>
/// Figures of a report on one sheet, a PNG file: rows of SVG figures, each in the middle of the sheet. Draws the elements that
/// our figures are made of (rect, circle, path, polyline, text and groups of them at a place) and refuses others.
/// </summary>
public static class SvgSheet
{
    private const float MarginPx = 16, TitlePx = 44, FontPx = 12;

    /// <summary>Draws and writes the sheet. A reader never sees half a file.</summary>
    /// <param name="path">The file, .png.</param>
    /// <param name="title">Above all.</param>
    /// <param name="rows">The figures as SVG, row by row; at least one.</param>
    /// <exception cref="ClosedLoopException">The file cannot be written.</exception>
    /// <exception cref="FormatException">A figure is not well-formed, or holds what this does not draw.</exception>
    public static void Write(string path, string title, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var figures = rows.Select(row => row.Select(Parse).ToArray()).Where(row => row.Length > 0).ToArray();
        var (width, height) = (figures.Max(Width) + (2 * MarginPx), TitlePx + MarginPx + figures.Sum(Height));
        using var surface = SKSurface.Create(new SKImageInfo((int)width, (int)height));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        using (var pen = new FigurePen(canvas))
        {
            pen.Text(title, width / 2, 30, 18, SKColors.Black, bold: true, align: SKTextAlign.Center);
            var y = TitlePx;
            foreach (var row in figures)
            {
                var x = (width - Width(row)) / 2;
                foreach (var figure in row)
                {
                    Draw(canvas, pen, figure.Elements(), x, y);
                    x += Number(figure, "width");
                }
                y += Height(row);
            }
        }
        UnitFigure.Save(surface, path);

        static float Width(XElement[] row) => row.Sum(figure => Number(figure, "width"));

        static float Height(XElement[] row) => row.Max(figure => Number(figure, "height"));
    }

    private static XElement Parse(string svg)
    {
        try
        {
            return XElement.Parse(svg);
        }
        catch (XmlException error)
        {
            throw new FormatException($"a figure is not well-formed: {error.Message}", error);
        }
    }

    private static void Draw(SKCanvas canvas, FigurePen pen, IEnumerable<XElement> elements, float x, float y)
    {
        var saved = canvas.Save();
        canvas.Translate(x, y);
        foreach (var element in elements)
            DrawOne(canvas, pen, element);
        canvas.RestoreToCount(saved);
    }

    private static void DrawOne(SKCanvas canvas, FigurePen pen, XElement element)
    {
        switch (element.Name.LocalName)
        {
            case "g":
                var (left, top, _) = Place(element);
                Draw(canvas, pen, element.Elements(), left, top);
                break;
            case "text":
                var (x, y, degrees) = Place(element);
                var saved = canvas.Save();
                canvas.Translate(x + Number(element, "x"), y + Number(element, "y"));
                canvas.RotateDegrees(degrees);
                pen.Text(
                    string.Concat(element.Nodes().OfType<XText>().Select(text => text.Value)), 0, 0, Number(element, "font-size", FontPx), Colour(element, "fill") ?? SKColors.Black,
                    (string?)element.Attribute("font-weight") == "bold",
                    (string?)element.Attribute("text-anchor") switch { "middle" => SKTextAlign.Center, "end" => SKTextAlign.Right, _ => SKTextAlign.Left });
                canvas.RestoreToCount(saved);
                break;
            case "rect":
                var rectangle = SKRect.Create(Number(element, "x"), Number(element, "y"), Number(element, "width"), Number(element, "height"));
                Paint(element, paint => canvas.DrawRect(rectangle, paint));
                break;
            case "circle":
                Paint(element, paint => canvas.DrawCircle(Number(element, "cx"), Number(element, "cy"), Number(element, "r"), paint));
                break;
            case "path":
                using (var outline = SKPath.ParseSvgPathData(Text(element, "d")) ?? throw Wrong(element, "d"))
                    Paint(element, paint => canvas.DrawPath(outline, paint));
                break;
            case "polyline":
                using (var line = new SKPath())
                {
                    SKPoint[] points = [.. Text(element, "points").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(point => point.Split(',') is [var px, var py] ? new SKPoint(Parse(element, "points", px), Parse(element, "points", py)) : throw Wrong(element, "points"))];
                    line.AddPoly(points, close: false);
                    Paint(element, paint => canvas.DrawPath(line, paint));
                }
                break;
            default:
                throw new FormatException($"a figure holds <{element.Name.LocalName}>, which sheets do not draw");
        }
    }

    /// <summary>Fills and then strokes, as far as an element has either.</summary>
    private static void Paint(XElement element, Action<SKPaint> draw)
    {
        using var paint = new SKPaint { IsAntialias = true };
        // NB: in SVG what does not say its fill is filled black.
        if ((element.Attribute("fill") is null ? SKColors.Black : Colour(element, "fill")) is { } fill)
        {
            (paint.Style, paint.Color) = (SKPaintStyle.Fill, fill.WithAlpha((byte)Math.Round(255 * Number(element, "fill-opacity", 1))));
            draw(paint);
        }
        if (Colour(element, "stroke") is not { } stroke)
            return;
        (paint.Style, paint.Color, paint.StrokeWidth) = (SKPaintStyle.Stroke, stroke, Number(element, "stroke-width", 1));
        float[] dashes = [.. ((string?)element.Attribute("stroke-dasharray") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(dash => Parse(element, "stroke-dasharray", dash))];
        using var effect = dashes.Length == 2 ? SKPathEffect.CreateDash(dashes, 0) : null;
        paint.PathEffect = effect;
        draw(paint);
    }

    /// <summary>What "translate(x y) rotate(degrees)" says, either of which may be missing.</summary>
    private static (float X, float Y, float Degrees) Place(XElement element)
    {
        var (x, y, degrees) = (0f, 0f, 0f);
        foreach (var step in ((string?)element.Attribute("transform") ?? "").Split(')', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            switch (step.Split('('))
            {
                case ["translate", var to] when to.Split(' ') is [var dx, var dy]:
                    (x, y) = (Parse(element, "transform", dx), Parse(element, "transform", dy));
                    break;
                case ["rotate", var by]:
                    degrees = Parse(element, "transform", by);
                    break;
                default:
                    throw Wrong(element, "transform");
            }
        return (x, y, degrees);
    }

    private static SKColor? Colour(XElement element, string name) => (string?)element.Attribute(name) switch
    {
        null or "none" => null,
        var text => SKColor.TryParse(text, out var colour) ? colour : throw Wrong(element, name),
    };

    private static string Text(XElement element, string name) => (string?)element.Attribute(name) ?? throw Wrong(element, name);

    private static float Number(XElement element, string name, float otherwise = 0) => (string?)element.Attribute(name) is { } text ? Parse(element, name, text) : otherwise;

    private static float Parse(XElement element, string name, string text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(element, name);

    private static FormatException Wrong(XElement element, string name) => new($"'{(string?)element.Attribute(name)}' of <{element.Name.LocalName} {name}> is none that sheets draw");
}
