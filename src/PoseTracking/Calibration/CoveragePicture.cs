namespace ClosedLoop.PoseTracking;

/// <summary>Draws where in each camera's image corners were found: a panel a camera, a cell the darker the more it held.</summary>
public static class CoveragePicture
{
    private const int PanelWidth = 400;
    private const int Gap = 24;
    private const int Title = 50;
    private const uint Paper = 0xffffff;
    private const uint Ink = 0x202428;
    private const uint Faint = 0xc8ccd2;
    private const uint Empty = 0xf6dcd6;
    private const uint Corner = 0x0b3d66;

    /// <summary>Writes the picture as PNG.</summary>
    public static void Save(RigCalibrationResult result, string path)
    {
        ArgumentNullException.ThrowIfNull(result);
        var cameras = result.Cameras.Count;
        var across = cameras <= 3 ? cameras : cameras == 4 ? 2 : 3;
        var heights = Enumerable.Range(0, cameras).Select(c => PanelWidth * result.Observations.Cameras[c].Height / result.Observations.Cameras[c].Width).ToArray();
        var rows = (cameras + across - 1) / across;
        var rowHeight = heights.Max() + Title + Gap;
        using var canvas = new Canvas(Math.Max(720, (across * (PanelWidth + Gap)) + Gap), (rows * rowHeight) + Gap + 76, Paper);
        canvas.Text("Where the board was seen", Gap, Gap + 20, 17, Ink, bold: true);
        canvas.Text("dots: corners found; the bluer a cell the more of them; red cells held none", Gap, Gap + 48, 11, Ink);
        for (var c = 0; c < cameras; c++)
            Panel(canvas, result, c, Gap + (c % across * (PanelWidth + Gap)), 76 + Gap + (c / across * rowHeight), heights[c]);
        canvas.Save(path);
    }

    private static void Panel(Canvas canvas, RigCalibrationResult result, int c, double left, double top, double height)
    {
        var report = result.Cameras[c];
        var (_, width, rows) = result.Observations.Cameras[c];
        canvas.Text(report.Name, left, top + 16, 14, Ink);
        canvas.Text(FormattableString.Invariant($"{100 * report.Coverage:F0} % covered, {report.Views} views, rms {report.RmsPx:F2} px"), left, top + 38, 11, Ink);
        top += Title;
        var grid = new CoverageGrid(result.Observations, c).Counts;
        var most = Math.Max(1, grid.Cast<int>().Max());
        var (cellWidth, cellHeight) = (PanelWidth / (double)CoverageGrid.Columns, height / CoverageGrid.Rows);
        for (var y = 0; y < CoverageGrid.Rows; y++)
            for (var x = 0; x < CoverageGrid.Columns; x++)
                canvas.Rectangle(left + (x * cellWidth), top + (y * cellHeight), cellWidth, cellHeight, grid[y, x] == 0 ? Empty : Shade(Math.Sqrt(grid[y, x] / (double)most)));
        for (var x = 0; x <= CoverageGrid.Columns; x++)
            canvas.Line(left + (x * cellWidth), top, left + (x * cellWidth), top + height, Faint);
        for (var y = 0; y <= CoverageGrid.Rows; y++)
            canvas.Line(left, top + (y * cellHeight), left + PanelWidth, top + (y * cellHeight), Faint);
        var (scaleX, scaleY) = (PanelWidth / (double)width, height / rows);
        foreach (var view in result.Observations.Views[c])
            for (var i = 0; i < (view?.Count ?? 0); i++)
                canvas.Disc(left + ((view!.Pixels[2 * i] + 0.5) * scaleX), top + ((view.Pixels[(2 * i) + 1] + 0.5) * scaleY), 1.4, Corner);
    }

    /// <summary>From almost white to blue.</summary>
    private static uint Shade(double share)
    {
        uint Mix(int from, int to) => (uint)(from + ((to - from) * share));
        return (Mix(232, 122) << 16) | (Mix(240, 170) << 8) | Mix(248, 220);
    }
}
