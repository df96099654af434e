using ClosedLoop.Core;
using ClosedLoop.Display;
using ClosedLoop.Tests.Recording;
using SkiaSharp;

namespace ClosedLoop.Tests.Display;

/// <summary>The sheet of sorted units as it stands in its file.</summary>
public sealed class UnitFigureTests : IDisposable
{
    // A tetrode's first unit, and its second.
    private static readonly SKColor s_blue = new(0x1f, 0x77, 0xb4), s_orange = new(0xff, 0x7f, 0x0e);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_autocorrelogram_counts_what_follows_within_its_reach()
    {
        // Every 10 ms, and once 1 ms after: bins of 2 ms, 12 ms to either side.
        var counts = Autocorrelogram.Of([0, 0.0101, 0.0202, 0.0212], 0.002, 6);
        // 10.1 ms twice, 1 ms once, 11.1 ms once; 20.2 and more are too far.
        Assert.Equal([3, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 3], counts);
        Assert.Equal(new int[4], Autocorrelogram.Of([], 0.001, 2));
    }

    [Fact]
    public void Rows_of_the_raster_are_the_units_and_dark_where_they_fire()
    {
        // The first fires in the first half of 20 s, the second in the second, and nothing in the ten seconds in the middle but the first.
        UnitPlot[] units =
        [
            Plot(3, 1, [.. Enumerable.Range(0, 1000).Select(i => 0.01 * i)]),
            Plot(3, 2, [.. Enumerable.Range(0, 1000).Select(i => 15.5 + (0.004 * i))]),
            Plot(7, 1, []),
        ];
        UnitFigure.Write(_folder["units.png"], "three units", 20, units);
        using var image = SKBitmap.Decode(_folder["units.png"]);
        Assert.Equal(2400, image.Width);
        // Rows of 22 pixels from 110 on; the whole recording from 110 to 1492, and seconds 5 to 15 from 1542 to 2360.
        Assert.Equal((true, false), (Dark(image, s_blue, 0, 120, 780), Dark(image, s_blue, 0, 850, 1480)));
        Assert.Equal((false, true), (Dark(image, s_orange, 1, 120, 780), Dark(image, s_orange, 1, 1190, 1450)));
        Assert.Equal((true, false), (Dark(image, s_blue, 0, 1550, 1930), Dark(image, s_blue, 0, 1970, 2350)));
        Assert.False(Dark(image, s_orange, 1, 1550, 2350));
        Assert.False(Dark(image, s_blue, 2, 120, 2350));
    }

    [Fact]
    public void A_sheet_without_units_is_a_sheet_and_a_place_that_takes_no_files_is_named()
    {
        UnitFigure.Write(_folder["none.png"], "no unit", 20, []);
        using var image = SKBitmap.Decode(_folder["none.png"]);
        Assert.Equal(2400, image.Width);
        var error = Assert.Throws<ClosedLoopException>(() => UnitFigure.Write(_folder["missing/units.png"], "", 20, []));
        Assert.Contains("missing/units.png", error.Message, StringComparison.Ordinal);
    }

    private static UnitPlot Plot(int tetrode, int unit, double[] timesS)
    {
        float[] mean = [.. Enumerable.Range(0, 4 * 32).Select(i => -100 * MathF.Exp(-MathF.Pow((i % 32) - 10, 2) / 10) / (1 + (i / 32)))];
        return new(tetrode, unit, timesS, 4, 30000, mean, [.. mean.Select(_ => 8f)], 9, double.NaN);
    }

    private static bool Dark(SKBitmap image, SKColor colour, int row, int from, int to)
    {
        for (var x = from; x < to; x++)
            if (image.GetPixel(x, 110 + (row * 22) + 11) == colour)
                return true;
        return false;
    }
}
