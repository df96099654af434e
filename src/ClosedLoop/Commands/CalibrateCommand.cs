using System.CommandLine;
using System.Diagnostics;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary>
/// <c>closedloop calibrate</c>: the cameras of a rig from images of a board, whether they still stand where they stood,
/// and other programs' calibrations.
/// </summary>
public static class CalibrateCommand
{
    /// <summary>The verb with its own verbs. Exit code 1 where the gate refuses the calibration, or a camera has drifted.</summary>
    public static Command Create()
    {
        var images = new Option<string?>("--images") { Description = "The folder that holds one folder of pictures, or one video, for each camera (equal order means simultaneous), or a recording (.mcap) with images.", HelpName = "DIR" };
        var live = new Option<string?>("--live") { Description = "A rig file with cameras: what they see of the board now, until they have seen enough of it.", HelpName = "RIG.yaml" };
        var seconds = new Option<double?>("--seconds") { Description = "With --live: how long to film at most; what was seen until then is calibrated with.", HelpName = "N" };
        var check = new Option<string?>("--check") { Description = "A folder or recording like that of --images, filmed anew: says whether a camera of --calibration has moved since.", HelpName = "DIR" };
        var calibration = new Option<string?>("--calibration") { Description = "With --check: the calibration in question; of a recording its own, where none is named.", HelpName = "rig.yaml" };
        var board = new Option<string?>("--board") { Description = "The board: chessboard:COLSxROWS:SQUARE_MM (inner corners) or charuco:COLSxROWS:SQUARE_MM:MARKER_MM:DICT (squares). With --check, where the calibration names none.", HelpName = "BOARD" };
        var output = new Option<string?>("--out") { Description = "Where to write the calibration; its pictures (…-coverage.png, …-cameras.png) are put beside it.", HelpName = "rig.yaml" };
        var floor = new Option<int?>("--floor-view") { Description = "The set, counted from 0, whose board lies on the floor: z = 0 is its plane and z points up. Without it the arena's frame is the first camera's.", HelpName = "INDEX" };
        var every = new Option<int>("--every") { Description = "Look at every N-th set; 0: at all up to 250, at 250 of a longer recording.", HelpName = "N" };
        var mostRms = new Option<double>("--max-rms") { Description = "What the gate allows a camera's rms, and a pair's epipolar rms, to be, pixels.", HelpName = "PX", DefaultValueFactory = _ => 1 };
        var accept = new Option<bool>("--accept") { Description = "Write the calibration though the gate refuses it." };
        var limit = new Option<double?>("--limit") { Description = "With --check: what a camera may miss by, pixels; else twice what it missed by when it was calibrated, and at least 1.", HelpName = "PX" };
        var json = JsonReport.CreateOption();
        var command = new Command("calibrate", "Calibrate the cameras of a rig from images of a board, check that they still stand where they stood, and exchange calibrations with other programs.")
        {
            images, live, seconds, board, output, floor, every, mostRms, accept, check, calibration, limit, json,
        };
        command.Add(CalibrateImportCommand.Create());
        command.Add(CalibrateExportCommand.Create());
        command.Add(CalibrateBoardCommand.Create());
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(every) is var step && step < 0)
                throw ClosedLoopException.Usage($"'--every {step}' must be 0 or more");
            if (parsed.GetValue(seconds) is { } duration && !(duration > 0 && double.IsFinite(duration)))
                throw ClosedLoopException.Usage(FormattableString.Invariant($"--seconds {duration} is no duration; give seconds, as in 120"));
            switch (parsed.GetValue(images), parsed.GetValue(live), parsed.GetValue(check))
            {
                case ({ } folder, null, null):
                    Refuse(parsed, "--images", calibration, limit, seconds);
                    return Task.FromResult(Calibrate("--images", (shown, line) => BoardImages.Read(folder, shown, step, line, cancellation)));
                case (null, { } rig, null):
                    Refuse(parsed, "--live", calibration, limit, every);
                    return Task.FromResult(Calibrate("--live", (shown, line) => BoardImages.Film(rig, shown, parsed.GetValue(seconds), line, cancellation)));
                case (null, null, { } folder):
                    Refuse(parsed, "--check", output, floor, mostRms, accept, seconds);
                    return Task.FromResult(CalibrationCheck.Run(
                        folder, parsed.GetValue(calibration), parsed.GetValue(board), step, parsed.GetValue(limit), parsed.GetValue(json), cancellation));
                default:
                    throw ClosedLoopException.Usage("'calibrate' needs one of --images DIR and --live RIG.yaml (to calibrate) and --check DIR (to look for cameras that have moved); 'closedloop calibrate --help' says more");
            }

            int Calibrate(string mode, Func<BoardDescription, ProgressLine, BoardObservations> observe) => CalibrateCommand.Calibrate(
                observe,
                BoardDescription.Parse(parsed.GetValue(board) ?? throw Missing(mode, "--board BOARD")),
                parsed.GetValue(output) ?? throw Missing(mode, "--out rig.yaml"),
                new() { FloorSet = parsed.GetValue(floor), MostRmsPx = parsed.GetValue(mostRms) },
                parsed.GetValue(accept),
                parsed.GetValue(json),
                cancellation);
        });
        return command;
    }

    internal static ClosedLoopException Missing(string option, string what) => ClosedLoopException.Usage($"'{option}' needs {what} as well; 'closedloop calibrate --help' says more");

    private static void Refuse(ParseResult parsed, string mode, params Option[] others)
    {
        foreach (var option in others)
            if (parsed.GetResult(option) is { Implicit: false })
                throw ClosedLoopException.Usage($"'{option.Name}' does not go with '{mode}'; 'closedloop calibrate --help' says more");
    }

    private static int Calibrate(
        Func<BoardDescription, ProgressLine, BoardObservations> observe, BoardDescription board, string target, RigCalibrationOptions options, bool accept, FileInfo? json, CancellationToken cancellation)
    {
        OutputPath.RequireFile("--out", target);
        var watch = Stopwatch.StartNew();
        RigCalibrationResult result;
        using (var progress = new ProgressLine())
        {
            var observations = observe(board, progress);
            // NB: who ended the filming wants what was filmed; files are read again at no cost.
            result = RigCalibrator.Calibrate(observations, options, progress, cancellation.IsCancellationRequested ? CancellationToken.None : cancellation);
        }
        // The pictures are made whatever the gate says: they show what is missing.
        var stem = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(target))!, Path.GetFileNameWithoutExtension(target));
        CoveragePicture.Save(result, $"{stem}-coverage.png");
        CamerasPicture.Save(result, $"{stem}-cameras.png");
        var written = result.Passed || accept;
        if (written)
            result.File.Save(target);
        Print(result, target, stem, written);
        JsonReport.Write(json, new
        {
            Cameras = result.Cameras.Select(camera => new { camera.Name, camera.RmsPx, camera.Views, camera.Coverage, camera.AloneRmsPx }),
            result.RmsPx,
            Seconds = watch.Elapsed.TotalSeconds,
            Sets = result.Observations.SetNames.Count,
            result.Pairs,
            result.Passed,
            result.Faults,
            result.Notes,
            result.File.Board,
            result.File.WorldFrame,
            Output = written ? target : null,
        });
        return result.Passed ? 0 : 1;
    }

    private static void Print(RigCalibrationResult result, string target, string stem, bool written)
    {
        var output = Terminal.Output;
        output.WriteLine(FormattableString.Invariant($"{result.Cameras.Count} cameras, {result.Observations.SetNames.Count} sets of images of {result.File.Board}: {result.RmsPx:F3} px rms"));
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("camera", "rms px", "alone px", "views", "coverage %", "focal px", "centre px", "place mm");
        foreach (var (camera, c) in result.Cameras.Zip(result.File.Rig.Cameras))
            table.AddRow(
                Markup.Escape(camera.Name), $"{camera.RmsPx:F3}", $"{camera.AloneRmsPx:F3}", $"{camera.Views}", $"{100 * camera.Coverage:F0}",
                $"{c.FocalXPx:F1} {c.FocalYPx:F1}", $"{c.CentreXPx:F1} {c.CentreYPx:F1}", $"{Mm(c.CentreM.X)} {Mm(c.CentreM.Y)} {Mm(c.CentreM.Z)}");
        output.Write(table);
        if (result.Pairs.Count > 0)
        {
            var pairs = new Table { Border = TableBorder.Simple };
            pairs.AddColumns("pair", "shared views", "epipolar rms px");
            foreach (var pair in result.Pairs)
                pairs.AddRow(Markup.Escape($"{pair.A} - {pair.B}"), $"{pair.SharedViews}", pair.SharedCorners > 0 ? $"{pair.EpipolarRmsPx:F3}" : "-");
            output.Write(pairs);
        }
        output.WriteLine($"  arena's frame: {result.File.WorldFrame}");
        foreach (var note in result.Notes)
            output.WriteLine($"  note: {note}");
        foreach (var fault in result.Faults)
            output.WriteLine($"  gate: {fault}");
        output.WriteLine(result.Passed ? "  gate: passed" : written ? "  gate: NOT passed; written because of --accept" : "  gate: NOT passed, so the calibration is not written; --accept writes it all the same");
        output.WriteLine($"pictures: {stem}-coverage.png, {stem}-cameras.png");
        if (written)
            output.WriteLine($"written to {target}");
    }

    /// <summary>NB: without the zero's sign, which -0.04 would keep.</summary>
    private static string Mm(double m) => $"{Math.Round(1000 * m, 1) + 0.0:F1}";
}
