using System.Globalization;
using ClosedLoop.Core;
using SkiaSharp;

namespace ClosedLoop.Display;

/// <summary>
/// Sorted units on one sheet, a PNG file: a raster of all of them over the whole recording and of some seconds of it, tetrode
/// by tetrode, and below a card for each: mean waveform on every wire with its spread, autocorrelogram, firing rate, SNR,
/// share of intervals that no neuron keeps.
/// </summary>
public static class UnitFigure
{
    private const int WidthPx = 2400, MarginPx = 40, LabelsPx = 70, TopPx = 110, AxisPx = 70, CaptionPx = 44;
    private const int CardColumns = 6, CardHeightPx = 172;
    private const float GapPx = 50, WholeShare = 0.62f;

    // Seconds that are shown spike by spike.
    private const double StretchS = 10;

    // Tableau's ten, as in the other figures; a tetrode's units take them in turns.
    private static readonly SKColor[] s_colours =
    [
        new(0x1f, 0x77, 0xb4), new(0xff, 0x7f, 0x0e), new(0x2c, 0xa0, 0x2c), new(0xd6, 0x27, 0x28), new(0x94, 0x67, 0xbd),
        new(0x8c, 0x56, 0x4b), new(0xe3, 0x77, 0xc2), new(0x7f, 0x7f, 0x7f), new(0xbc, 0xbd, 0x22), new(0x17, 0xbe, 0xcf),
    ];

    /// <summary>Draws and writes the figure. A reader never sees half a file.</summary>
    /// <param name="path">The file, .png.</param>
    /// <param name="title">Above it.</param>
    /// <param name="seconds">Length of the recording.</param>
    /// <param name="units">The units, in the order in which they are shown: those of a tetrode side by side.</param>
    /// <exception cref="ClosedLoopException">The file cannot be written.</exception>
    public static void Write(string path, string title, double seconds, IReadOnlyList<UnitPlot> units)
    {
        var rowPx = Math.Clamp(900f / Math.Max(1, units.Count), 6, 22);
        var rasterPx = rowPx * Math.Max(1, units.Count);
        var cardsTop = TopPx + rasterPx + AxisPx + CaptionPx;
        var cardRows = (units.Count + CardColumns - 1) / CardColumns;
        using var surface = SKSurface.Create(new SKImageInfo(WidthPx, (int)(cardsTop + (cardRows * CardHeightPx) + MarginPx)));
        using var pen = new FigurePen(surface.Canvas);
        surface.Canvas.Clear(SKColors.White);
        pen.Text(title, MarginPx, 56, 30, SKColors.Black, bold: true);
        var colours = Colours(units);
        var (left, right) = (MarginPx + LabelsPx, WidthPx - MarginPx);
        var middle = left + (WholeShare * (right - left - GapPx));
        Tetrodes(pen, units, left, middle, right, rowPx);
        Density(pen, units, colours, new(left, TopPx, middle, TopPx + rasterPx), rowPx, seconds);
        var from = Math.Max(0, Math.Floor((seconds - StretchS) / 2));
        Ticks(pen, units, colours, new(middle + GapPx, TopPx, right, TopPx + rasterPx), rowPx, from, Math.Min(seconds, from + StretchS));
        pen.Text("Spikes over the whole recording, each unit by its own rate", left, TopPx - 12, 17, FigurePen.Grey);
        pen.Text(Invariant($"Each spike of {Math.Min(seconds, StretchS):0.#} s"), middle + GapPx, TopPx - 12, 17, FigurePen.Grey);
        if (units.Count > 0)
            pen.Text(
                Invariant($"Mean waveform on each wire ({units[0].MeanMicrovolts.Count / units[0].Wires / units[0].RateHz * 1000:0.0} ms) with one standard deviation, autocorrelogram of ±{1000 * UnitCard.CorrelogramS:0} ms; grey: {1000 * UnitCard.RefractoryS:0.0} ms to either side, in which a neuron does not fire again"),
                MarginPx, cardsTop - 16, 17, FigurePen.Grey);
        var cardPx = (WidthPx - (2 * MarginPx)) / (float)CardColumns;
        for (var i = 0; i < units.Count; i++)
        {
            var (x, y) = (MarginPx + (i % CardColumns * cardPx), cardsTop + (i / CardColumns * CardHeightPx));
            UnitCard.Draw(pen, units[i], colours[i], new(x, y, x + cardPx - 16, y + CardHeightPx - 14), seconds);
        }
        Save(surface, path);
    }

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static SKColor[] Colours(IReadOnlyList<UnitPlot> units)
    {
        var colours = new SKColor[units.Count];
        for (var (i, within) = (0, 0); i < units.Count; i++)
        {
            within = i > 0 && units[i].Tetrode == units[i - 1].Tetrode ? within + 1 : 0;
            colours[i] = s_colours[within % s_colours.Length];
        }
        return colours;
    }

    /// <summary>Bands and names of the tetrodes behind the rasters.</summary>
    private static void Tetrodes(FigurePen pen, IReadOnlyList<UnitPlot> units, float left, float middle, float right, float rowPx)
    {
        var (shaded, lastLabel) = (false, float.MinValue);
        for (var begin = 0; begin < units.Count; shaded = !shaded)
        {
            var end = begin + 1;
            while (end < units.Count && units[end].Tetrode == units[begin].Tetrode)
                end++;
            var (top, bottom) = (TopPx + (begin * rowPx), TopPx + (end * rowPx));
            if (shaded)
            {
                pen.Fill(new(left, top, middle, bottom), FigurePen.Shade);
                pen.Fill(new(middle + GapPx, top, right, bottom), FigurePen.Shade);
            }
            // Tetrodes of a unit or two may be lower than a line of text.
            if (((top + bottom) / 2) - lastLabel >= 15)
            {
                lastLabel = (top + bottom) / 2;
                pen.Text(Invariant($"T{units[begin].Tetrode}"), left - 10, lastLabel + 5, 15, SKColors.Black, align: SKTextAlign.Right);
            }
            begin = end;
        }
    }

    /// <summary>Spikes in each column of pixels: the more, the darker, for each unit by itself.</summary>
    private static void Density(FigurePen pen, IReadOnlyList<UnitPlot> units, SKColor[] colours, SKRect area, float rowPx, double seconds)
    {
        const float ColumnPx = 2;
        var columns = (int)(area.Width / ColumnPx);
        for (var i = 0; i < units.Count; i++)
        {
            var counts = new int[columns];
            foreach (var time in units[i].SpikeTimesS)
                if (time >= 0 && time < seconds)
                    counts[(int)(time / seconds * columns)]++;
            int[] some = [.. counts.Where(count => count > 0).Order()];
            if (some.Length == 0)
                continue;
            // NB: not by the most of all, which one burst may be.
            var full = (double)some[(int)(0.95 * (some.Length - 1))];
            for (var column = 0; column < columns; column++)
                if (counts[column] > 0)
                    pen.Fill(Row(area, i, rowPx, area.Left + (column * ColumnPx), ColumnPx), colours[i].WithAlpha((byte)(255 * Math.Min(1, 0.15 + (0.85 * counts[column] / full)))));
        }
        pen.TimeAxis(area, 0, seconds);
    }

    private static void Ticks(FigurePen pen, IReadOnlyList<UnitPlot> units, SKColor[] colours, SKRect area, float rowPx, double from, double to)
    {
        for (var i = 0; i < units.Count; i++)
            foreach (var time in units[i].SpikeTimesS)
                if (time >= from && time < to)
                    pen.Fill(Row(area, i, rowPx, area.Left + (float)((time - from) / (to - from) * area.Width), 1.4f), colours[i]);
        pen.TimeAxis(area, from, to);
    }

    private static SKRect Row(SKRect area, int row, float rowPx, float x, float widthPx) =>
        new(x, area.Top + (row * rowPx) + 0.5f, x + widthPx, area.Top + ((row + 1) * rowPx) - 0.5f);

    internal static void Save(SKSurface surface, string path)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var image = surface.Snapshot())
            using (var data = image.Encode(SKEncodedImageFormat.Png, 100))
            using (var file = File.Create(temporary))
                data.SaveTo(file);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the figure '{path}' cannot be written: {error.Message}", error);
        }
    }
}
