using SkiaSharp;

namespace ClosedLoop.Display;

/// <summary>Draws what figures are made of.</summary>
internal sealed class FigurePen(SKCanvas canvas) : IDisposable
{
    /// <summary>Of what is beside the point.</summary>
    public static readonly SKColor Grey = new(0x60, 0x60, 0x60);

    /// <summary>Behind what belongs together.</summary>
    public static readonly SKColor Shade = new(0xf1, 0xf1, 0xf4);

    // NB: OpenCV's packages bring this font along; where it is missing, the library takes what there is.
    private readonly SKTypeface _plain = SKTypeface.FromFamilyName("DejaVu Sans"), _bold = SKTypeface.FromFamilyName("DejaVu Sans", SKFontStyle.Bold);
    private readonly SKPaint _paint = new();

    public void Text(string text, float x, float y, float size, SKColor colour, bool bold = false, SKTextAlign align = SKTextAlign.Left)
    {
        using var font = new SKFont(bold ? _bold : _plain, size);
        (_paint.Color, _paint.Style, _paint.IsAntialias) = (colour, SKPaintStyle.Fill, true);
        canvas.DrawText(text, x, y, align, font, _paint);
    }

    public void Fill(SKRect area, SKColor colour)
    {
        (_paint.Color, _paint.Style, _paint.IsAntialias) = (colour, SKPaintStyle.Fill, true);
        canvas.DrawRect(area, _paint);
    }

    public void Line(float x0, float y0, float x1, float y1, SKColor colour, float width = 1)
    {
        (_paint.Color, _paint.Style, _paint.StrokeWidth, _paint.IsAntialias) = (colour, SKPaintStyle.Stroke, width, true);
        canvas.DrawLine(x0, y0, x1, y1, _paint);
    }

    /// <summary>A line through points.</summary>
    public void Curve(ReadOnlySpan<SKPoint> points, SKColor colour, float width)
    {
        (_paint.Color, _paint.Style, _paint.StrokeWidth, _paint.IsAntialias) = (colour, SKPaintStyle.Stroke, width, true);
        using var path = Path(points);
        canvas.DrawPath(path, _paint);
    }

    /// <summary>The area that points go around.</summary>
    public void Area(ReadOnlySpan<SKPoint> points, SKColor colour)
    {
        (_paint.Color, _paint.Style, _paint.IsAntialias) = (colour, SKPaintStyle.Fill, true);
        using var path = Path(points);
        path.Close();
        canvas.DrawPath(path, _paint);
    }

    /// <summary>An axis of seconds below an area.</summary>
    public void TimeAxis(SKRect area, double from, double to)
    {
        Line(area.Left, area.Bottom, area.Right, area.Bottom, SKColors.Black, 1.5f);
        var step = Step((to - from) / 8);
        for (var time = Math.Ceiling(from / step) * step; time <= to + (1e-9 * step); time += step)
        {
            var x = area.Left + (float)((time - from) / (to - from) * area.Width);
            Line(x, area.Bottom, x, area.Bottom + 7, SKColors.Black, 1.5f);
            Text(UnitFigure.Invariant($"{time:0.###}"), x, area.Bottom + 25, 15, SKColors.Black, align: SKTextAlign.Center);
        }
        Text("time, s", (area.Left + area.Right) / 2, area.Bottom + 48, 16, SKColors.Black, align: SKTextAlign.Center);
    }

    /// <summary>The least of 1, 2, 5, 10, ... that is not below a number.</summary>
    public static double Step(double least)
    {
        if (!(least > 0) || !double.IsFinite(least))
            return 1;
        var decade = Math.Pow(10, Math.Floor(Math.Log10(least)));
        foreach (var times in (ReadOnlySpan<int>)[1, 2, 5])
            if (times * decade >= least * (1 - 1e-9))
                return times * decade;
        return 10 * decade;
    }

    public void Dispose()
    {
        _paint.Dispose();
        _plain.Dispose();
        _bold.Dispose();
    }

    private static SKPath Path(ReadOnlySpan<SKPoint> points)
    {
        var path = new SKPath();
        path.MoveTo(points[0]);
        foreach (var point in points[1..])
            path.LineTo(point);
        return path;
    }
}
