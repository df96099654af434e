using ClosedLoop.Core;
using ClosedLoop.Display;
using ClosedLoop.Tests.Recording;
using SkiaSharp;

namespace ClosedLoop.Tests.Display;

/// <summary>Figures as they stand in their files.</summary>
public sealed class ChartTests : IDisposable
{
    // The first two colours of the figures.
    private static readonly SKColor s_blue = new(0x1f, 0x77, 0xb4), s_orange = new(0xff, 0x7f, 0x0e);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bars_are_as_high_as_their_numbers_and_stand_on_the_axis()
    {
        using var chart = new Chart("Bars", "", "height, mm");
        chart.AddBars(["one", "two"], [("a", [10.0, double.NaN]), ("b", [20.0, double.NaN])]);
        chart.Write(_folder["bars.png"]);
        using var image = SKBitmap.Decode(_folder["bars.png"]);
        Assert.Equal((960, 600), (image.Width, image.Height));
        var (low, high) = (Tallest(image, s_blue), Tallest(image, s_orange));
        Assert.InRange(low, 100, 300);
        Assert.Equal(2.0, high / (double)low, 0.02);
    }

    [Fact]
    public void Lines_leave_out_what_is_no_number()
    {
        using var chart = new Chart("Lines", "time, s", "error, mm");
        chart.AddLine("a", [(0, 1), (1, double.NaN), (2, 1)]);
        chart.AddLine("b", Enumerable.Range(0, 3).Select(i => ((double)i, 2.0)));
        chart.AddLine("nothing", []);
        chart.Write(_folder["lines.png"]);
        using var image = SKBitmap.Decode(_folder["lines.png"]);
        Assert.True(Count(image, s_orange) > 4 * Count(image, s_blue));
        Assert.True(Count(image, s_orange) > 500);
    }

    [Fact]
    public void A_place_that_takes_no_files_is_named()
    {
        using var chart = new Chart("", "", "");
        var error = Assert.Throws<ClosedLoopException>(() => chart.Write(_folder["missing/figure.png"]));
        Assert.Contains("missing/figure.png", error.Message, StringComparison.Ordinal);
    }

    private static int Tallest(SKBitmap image, SKColor colour) =>
        Enumerable.Range(0, image.Width).Max(x => Enumerable.Range(0, image.Height).Count(y => image.GetPixel(x, y) == colour));

    private static int Count(SKBitmap image, SKColor colour) =>
        Enumerable.Range(0, image.Width).Sum(x => Enumerable.Range(0, image.Height).Count(y => image.GetPixel(x, y) == colour));
}
