using ClosedLoop.Core;
using ClosedLoop.Display;
using ClosedLoop.Tests.Recording;
using SkiaSharp;

namespace ClosedLoop.Tests.Display;

/// <summary>The sheet of a report's figures as it stands in its file.</summary>
public sealed class SvgSheetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Figures_stand_in_rows_and_are_drawn_as_they_are()
    {
        var left = Figure(100, 60, "<rect x='10' y='10' width='20' height='20' fill='#1f6fb4'/><g transform='translate(50 10)'><circle cx='5' cy='5' r='5' fill='#e07b1a' fill-opacity='1'/></g>");
        var right = Figure(100, 40, "<path d='M10 20H90' fill='none' stroke='#c03a3a' stroke-width='6'/><polyline points='50,0 50,40' fill='none' stroke='#2a9d57' stroke-width='4' stroke-dasharray='4 3'/>");
        var below = Figure(60, 50, "<text transform='translate(10 30) rotate(-50)' text-anchor='end' font-size='11'><title>not shown</title>a &amp; b</text><rect width='60' height='5' fill='none' stroke='#bbbbbb'/>");
        SvgSheet.Write(_folder["sheet.png"], "", [[left, right], [below]]);
        using var image = SKBitmap.Decode(_folder["sheet.png"]);
        // 16 pixels to either side and below, 44 above; the lower row in the middle of the sheet.
        Assert.Equal((232, 170), (image.Width, image.Height));
        Assert.Equal(new SKColor(0x1f, 0x6f, 0xb4), image.GetPixel(16 + 20, 44 + 20));
        Assert.Equal(new SKColor(0xe0, 0x7b, 0x1a), image.GetPixel(16 + 55, 44 + 15));
        Assert.Equal(new SKColor(0xc0, 0x3a, 0x3a), image.GetPixel(116 + 20, 44 + 20));
        // Dashes of 4 pixels and gaps of 3.
        Assert.Equal((new SKColor(0x2a, 0x9d, 0x57), SKColors.White), (image.GetPixel(116 + 50, 44 + 2), image.GetPixel(116 + 50, 44 + 5)));
        // The text ends near its place and runs down to the left of it.
        Assert.Contains(Enumerable.Range(0, 20 * 25), i => image.GetPixel(86 + (i % 20), 104 + 30 + (i / 20) - 3).Red < 128);
        Assert.DoesNotContain(Enumerable.Range(0, 20 * 15), i => image.GetPixel(86 + 25 + (i % 20), 104 + 10 + (i / 20)).Red < 128);
    }

    [Fact]
    public void What_sheets_do_not_draw_is_refused_by_name()
    {
        Assert.Contains("<ellipse>", Refused("<ellipse rx='3' ry='4'/>"), StringComparison.Ordinal);
        Assert.Contains("'red' of <rect fill>", Refused("<rect width='3' height='4' fill='red'/>"), StringComparison.Ordinal);
        Assert.Contains("<text transform>", Refused("<text transform='scale(2)'>a</text>"), StringComparison.Ordinal);
        Assert.Contains("well-formed", Refused("<rect"), StringComparison.Ordinal);
        var error = Assert.Throws<ClosedLoopException>(() => SvgSheet.Write(_folder["missing/sheet.png"], "", [[Figure(10, 10, "")]]));
        Assert.Contains("missing/sheet.png", error.Message, StringComparison.Ordinal);

        string Refused(string element) => Assert.Throws<FormatException>(() => SvgSheet.Write(_folder["none.png"], "", [[Figure(10, 10, element)]])).Message;
    }

    private static string Figure(int width, int height, string body) => $"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'>{body}</svg>";
}
