using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop calibrate board</c>: a board for the printer.</summary>
internal static class CalibrateBoardCommand
{
    public static Command Create()
    {
        var board = new Argument<string>("BOARD") { Description = "chessboard:COLSxROWS:SQUARE_MM or charuco:COLSxROWS:SQUARE_MM:MARKER_MM:DICT." };
        var output = new Option<string>("--out") { Description = "Where to write the picture.", HelpName = "board.png", Required = true };
        var dpi = new Option<int>("--dpi") { Description = "Dots per inch to print it with.", DefaultValueFactory = _ => 300 };
        var json = JsonReport.CreateOption();
        var command = new Command("board", "Draw a board to print.") { board, output, dpi, json };
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(output);
            OutputPath.RequireFile("--out", target);
            var description = BoardDescription.Parse(parsed.GetRequiredValue(board));
            var resolution = parsed.GetValue(dpi);
            var squarePx = (int)Math.Round(description.SquareMm / 25.4 * resolution);
            if (squarePx is < 8 or > 2000)
                throw ClosedLoopException.Usage($"at '--dpi {resolution}' a square is {squarePx} pixels; 8 to 2000 can be drawn");
            var (grey, width, height) = description.Draw(squarePx);
            GreyPicture.Save(target, grey, width, height);
            // NB: a square has a whole number of pixels, so that the printed one may differ a little from what was asked for.
            var squareMm = squarePx * 25.4 / resolution;
            Console.WriteLine(FormattableString.Invariant($"{description}: {width}x{height} pixels at {resolution} dpi, squares of {squareMm:F3} mm; print it at 100 %, measure it, and name what you measured"));
            Console.WriteLine($"written to {target}");
            JsonReport.Write(parsed.GetValue(json), new { Board = description.ToString(), WidthPx = width, HeightPx = height, SquareMm = squareMm, Output = target });
        });
        return command;
    }
}
