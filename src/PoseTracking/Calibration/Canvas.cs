using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>A picture to draw on, RGB; coordinates are pixels from the top left. For one thread.</summary>
internal sealed class Canvas : IDisposable
{
    private nint _handle;

    public Canvas(int width, int height, uint rgb)
    {
        (Width, Height) = (width, height);
        _handle = CalibrationNative.cl_canvas_make(width, height, rgb);
        CalibrationNative.Check(_handle == 0 ? 1 : 0, "a picture cannot be made");
    }

    public int Width { get; }

    public int Height { get; }

    public void Dispose()
    {
        if (_handle != 0)
            CalibrationNative.cl_canvas_free(_handle);
        _handle = 0;
    }

    public void Line(double x1, double y1, double x2, double y2, uint rgb, int thickness = 1) => CalibrationNative.Check(CalibrationNative.cl_canvas_line(_handle, x1, y1, x2, y2, rgb, thickness), "drawing failed");

    public void Disc(double x, double y, double radius, uint rgb) => CalibrationNative.Check(CalibrationNative.cl_canvas_circle(_handle, x, y, radius, rgb, -1), "drawing failed");

    public void Polygon(ReadOnlySpan<double> xy, uint rgb, double opacity = 1) => CalibrationNative.Check(CalibrationNative.cl_canvas_polygon(_handle, xy, xy.Length / 2, rgb, opacity), "drawing failed");

    public void Rectangle(double x, double y, double width, double height, uint rgb, double opacity = 1) => Polygon([x, y, x + width, y, x + width, y + height, x, y + height], rgb, opacity);

    /// <summary>Text whose capitals are <paramref name="height"/> pixels high; anchor 0: (x, y) is its left end, 1 its middle, 2 its right end.</summary>
    public void Text(string text, double x, double y, double height, uint rgb, int anchor = 0, bool bold = false) => CalibrationNative.Check(CalibrationNative.cl_canvas_text(_handle, Plain(text), x, y, height, anchor, rgb, bold ? 1 : 0), "drawing failed");

    public void Save(string path)
    {
        // NB: the extension names the format, so it stays at the end.
        var partial = Path.Combine(Path.GetDirectoryName(path) ?? "", $".partial-{Path.GetFileName(path)}");
        if (CalibrationNative.cl_canvas_write(_handle, partial) != 0)
            throw ClosedLoopException.Failed($"the picture {path} cannot be written: {CalibrationNative.LastError()}");
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>NB: the font has no letters beyond ASCII.</summary>
    private static string Plain(string text) => new([.. text.Select(letter => letter is >= ' ' and <= '~' ? letter : '?')]);
}
