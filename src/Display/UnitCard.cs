using SkiaSharp;

namespace ClosedLoop.Display;

/// <summary>What a figure shows of one unit by itself.</summary>
internal static class UnitCard
{
    /// <summary>How far the autocorrelogram reaches to either side, and within what a neuron does not fire again; seconds.</summary>
    public const double CorrelogramS = 0.025, RefractoryS = 0.0015;

    private const double BinS = 0.0005;
    private const float HeadPx = 46, CorrelogramShare = 0.3f, ScalePx = 34, WireGapPx = 5;

    public static void Draw(FigurePen pen, UnitPlot unit, SKColor colour, SKRect area, double seconds)
    {
        pen.Line(area.Left, area.Top, area.Right, area.Top, colour, 3);
        pen.Text(UnitFigure.Invariant($"T{unit.Tetrode} unit {unit.Unit}"), area.Left, area.Top + 20, 15, colour, bold: true);
        pen.Text(UnitFigure.Invariant($"{unit.SpikeTimesS.Count} spikes, {unit.SpikeTimesS.Count / seconds:0.00} Hz"), area.Right, area.Top + 20, 14, SKColors.Black, align: SKTextAlign.Right);
        var snr = double.IsFinite(unit.Snr) ? UnitFigure.Invariant($"SNR {unit.Snr:0.0}") : "";
        var violation = double.IsFinite(unit.IsiViolation) ? UnitFigure.Invariant($"{100 * unit.IsiViolation:0.00} % of intervals below {1000 * RefractoryS:0.0} ms") : "";
        pen.Text(snr, area.Left, area.Top + 40, 14, FigurePen.Grey);
        pen.Text(violation, area.Right, area.Top + 40, 14, FigurePen.Grey, align: SKTextAlign.Right);
        var split = area.Right - (CorrelogramShare * area.Width);
        Waveforms(pen, unit, colour, new(area.Left, area.Top + HeadPx, split - 18, area.Bottom));
        Correlogram(pen, unit, colour, new(split, area.Top + HeadPx + 6, area.Right, area.Bottom));
    }

    /// <summary>One scale for all wires, so that it shows which of them is nearest to the neuron.</summary>
    private static void Waveforms(FigurePen pen, UnitPlot unit, SKColor colour, SKRect area)
    {
        var length = unit.MeanMicrovolts.Count / unit.Wires;
        var highest = Enumerable.Range(0, unit.MeanMicrovolts.Count).Max(i => unit.MeanMicrovolts[i] + unit.SpreadMicrovolts[i]);
        var lowest = Enumerable.Range(0, unit.MeanMicrovolts.Count).Min(i => unit.MeanMicrovolts[i] - unit.SpreadMicrovolts[i]);
        var (range, widthPx) = (Math.Max(1e-3f, highest - lowest), (area.Width - ScalePx) / unit.Wires);
        float Y(float microvolts) => area.Bottom - ((microvolts - lowest) / range * area.Height);
        for (var w = 0; w < unit.Wires; w++)
        {
            var left = area.Left + ScalePx + (w * widthPx);
            float X(int i) => left + ((widthPx - WireGapPx) * i / (length - 1));
            pen.Line(left, Y(0), left + widthPx - WireGapPx, Y(0), new(0xd0, 0xd0, 0xd0));
            var (mean, band) = (new SKPoint[length], new SKPoint[2 * length]);
            for (var i = 0; i < length; i++)
            {
                var (value, spread) = (unit.MeanMicrovolts[(w * length) + i], unit.SpreadMicrovolts[(w * length) + i]);
                mean[i] = new(X(i), Y(value));
                band[i] = new(X(i), Y(value + spread));
                band[(2 * length) - 1 - i] = new(X(i), Y(value - spread));
            }
            pen.Area(band, colour.WithAlpha(60));
            pen.Curve(mean, colour, 2);
        }
        // A bar of a round number of microvolts that is between a fifth and a half of the range.
        var bar = FigurePen.Step(range / 5);
        var bottom = Math.Min(Y(0), area.Bottom - 2);
        pen.Line(area.Left + 4, bottom, area.Left + 4, bottom - (float)(bar / range * area.Height), SKColors.Black, 2);
        pen.Text(UnitFigure.Invariant($"{bar:0.#}"), area.Left + 9, bottom - 11, 11, FigurePen.Grey);
        pen.Text("µV", area.Left + 9, bottom, 11, FigurePen.Grey);
    }

    private static void Correlogram(FigurePen pen, UnitPlot unit, SKColor colour, SKRect area)
    {
        var bins = (int)Math.Round(CorrelogramS / BinS);
        var counts = Autocorrelogram.Of(unit.SpikeTimesS, BinS, bins);
        var (widthPx, most) = (area.Width / counts.Length, (float)Math.Max(1, counts.Max()));
        var half = (float)(RefractoryS / BinS) * widthPx;
        pen.Fill(new(area.MidX - half, area.Top, area.MidX + half, area.Bottom), new(0xe0, 0xe0, 0xe0));
        for (var bin = 0; bin < counts.Length; bin++)
            pen.Fill(new(area.Left + (bin * widthPx), area.Bottom - (counts[bin] / most * area.Height), area.Left + ((bin + 1) * widthPx), area.Bottom), colour);
        pen.Line(area.Left, area.Bottom, area.Right, area.Bottom, SKColors.Black);
    }
}
