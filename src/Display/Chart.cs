using ClosedLoop.Core;
using ScottPlot;

namespace ClosedLoop.Display;

/// <summary>A figure of lines or of grouped bars, written as a PNG file. For the figures of reports: drawn once, not live.</summary>
public sealed class Chart : IDisposable
{
    private const int WidthPx = 960, HeightPx = 600;

    // Tableau's ten, which people with any eyes tell apart best in this order.
    private static readonly ScottPlot.Palettes.Category10 s_palette = new();

    private readonly Plot _plot = new();
    private readonly Dictionary<string, Color> _colours = [];
    private double _top;

    /// <summary>Makes an empty figure.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="horizontal">What the horizontal axis shows, with its unit.</param>
    /// <param name="vertical">What the vertical axis shows, with its unit.</param>
    public Chart(string title, string horizontal, string vertical)
    {
        // NB: OpenCV's packages bring this font along; where it is missing, the library takes what there is.
        _plot.Font.Set("DejaVu Sans");
        _plot.Title(title, 18);
        _plot.XLabel(horizontal, 15);
        _plot.YLabel(vertical, 15);
        _plot.Axes.Bottom.TickLabelStyle.FontSize = _plot.Axes.Left.TickLabelStyle.FontSize = 13;
        _plot.Legend.FontSize = 14;
        _plot.Axes.Left.MinimumSize = 70;
    }

    /// <summary>Adds a line. Lines and bars of one name have one colour; numbers that are not finite leave a gap.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="points">Its points, from left to right.</param>
    /// <param name="broken">Whether it is drawn broken, as for a second number about the same thing.</param>
    /// <param name="colourOf">The name whose colour it takes; null: its own.</param>
    public void AddLine(string name, IEnumerable<(double X, double Y)> points, bool broken = false, string? colourOf = null)
    {
        var all = points.ToArray();
        if (all.Length == 0)
            return;
        Reach(all.Select(point => point.Y));
        var line = _plot.Add.ScatterLine(all.Select(point => point.X).ToArray(), all.Select(point => double.IsFinite(point.Y) ? point.Y : double.NaN).ToArray(), Colour(colourOf ?? name));
        line.LegendText = name;
        line.LineWidth = broken ? 1.5f : 2.5f;
        line.LinePattern = broken ? LinePattern.Dashed : LinePattern.Solid;
    }

    /// <summary>Adds groups of bars next to each other, one bar of each name in each group.</summary>
    /// <param name="groups">Names of the groups, below the bars.</param>
    /// <param name="series">Names and heights, one height per group; one that is not finite has no bar.</param>
    public void AddBars(IReadOnlyList<string> groups, IReadOnlyList<(string Name, IReadOnlyList<double> Heights)> series)
    {
        var width = 0.8 / series.Count;
        for (var i = 0; i < series.Count; i++)
        {
            var (name, heights) = series[i];
            Reach(heights);
            var colour = Colour(name);
            var left = -0.4 + ((i + 0.5) * width);
            var bars = _plot.Add.Bars(Enumerable.Range(0, groups.Count).Where(g => double.IsFinite(heights[g])).Select(g => new Bar
            {
                Position = g + left, Value = heights[g], Size = 0.9 * width, FillColor = colour, LineWidth = 0,
            }).ToArray());
            bars.LegendText = name;
        }
        _plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. Enumerable.Range(0, groups.Count).Select(g => (double)g)], [.. groups]);
        _plot.Axes.Bottom.MajorTickStyle.Length = 0;
        if (groups.Count > 8)
        {
            _plot.Axes.Bottom.TickLabelStyle.Rotation = 35;
            _plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
            _plot.Axes.Bottom.MinimumSize = 110;
        }
        // Bars of a single group would fill the figure.
        var margin = groups.Count < 3 ? 1.5 : 0.6;
        _plot.Axes.SetLimitsX(-margin, groups.Count - 1 + margin);
    }

    /// <summary>Writes the figure; the vertical axis begins at 0. A reader never sees half a file.</summary>
    /// <param name="path">The file, .png.</param>
    /// <param name="highest">Where the vertical axis ends; null: where the data do.</param>
    /// <exception cref="ClosedLoopException">The file cannot be written.</exception>
    public void Write(string path, double? highest = null)
    {
        _plot.Axes.SetLimitsY(0, highest ?? (_top > 0 ? 1.08 * _top : 1));
        _plot.ShowLegend(Edge.Right);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllBytes(temporary, _plot.GetImage(WidthPx, HeightPx).GetImageBytes(ImageFormat.Png));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the figure '{path}' cannot be written: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _plot.Dispose();

    private void Reach(IEnumerable<double> heights)
    {
        foreach (var height in heights)
            if (double.IsFinite(height))
                _top = Math.Max(_top, height);
    }

    private Color Colour(string name)
    {
        if (!_colours.TryGetValue(name, out var colour))
            _colours.Add(name, colour = s_palette.GetColor(_colours.Count));
        return colour;
    }
}
