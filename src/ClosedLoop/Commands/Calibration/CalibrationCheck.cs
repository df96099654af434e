using System.Diagnostics;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Vision;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop calibrate --check</c>: whether the cameras still stand where their calibration says.</summary>
internal static class CalibrationCheck
{
    public static int Run(string path, string? calibrationPath, string? boardText, int every, double? limitPx, FileInfo? json, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        using var recording = SessionRecording.HasEnding(path) ? SessionRecording.Open(path) : null;
        if (recording is null && File.Exists(path))
            throw ClosedLoopException.Usage($"'--check {path}' names a file; name the folder that holds one video, or one folder of pictures, for each camera, or a recording (.mcap)");
        var calibration = recording is not null ? RecordedImages.CalibrationOf(recording, calibrationPath)
            : RigCalibrationFile.Load(calibrationPath ?? throw CalibrateCommand.Missing("--check", "--calibration rig.yaml"));
        var board = BoardDescription.Parse(boardText ?? calibration.Board ?? throw ClosedLoopException.Usage(
            $"the calibration {calibrationPath ?? $"in '{path}'"} names no board; say with --board which one was filmed"));
        IReadOnlyList<DriftReport> reports;
        using (var progress = new ProgressLine())
        {
            var observations = recording is not null
                ? BoardImages.Read(recording, board, every, [.. calibration.Rig.Cameras.Select(camera => camera.Name)], progress, cancellation)
                : ObservationReader.Read(Match(ImageSequence.OpenAll(path), calibration, path), board, every, progress, cancellation);
            progress.Report("comparing with the calibration");
            reports = DriftCheck.Check(observations, calibration, limitPx, cancellation);
        }
        var drifted = reports.Where(report => report.Drifted).ToArray();
        Print(reports, drifted);
        JsonReport.Write(json, new
        {
            Cameras = reports,
            Drifted = drifted.Select(report => report.Name),
            RmsPx = reports.Where(report => double.IsFinite(report.RmsPx)).Select(report => report.RmsPx).DefaultIfEmpty(double.NaN).Max(),
            Seconds = watch.Elapsed.TotalSeconds,
        });
        return drifted.Length == 0 && reports.All(report => report.Views > 0) ? 0 : 1;
    }

    /// <summary>The folder's cameras in the order of the calibration.</summary>
    private static ImageSequence[] Match(IReadOnlyList<ImageSequence> found, RigCalibrationFile calibration, string folder)
    {
        foreach (var extra in found.Where(camera => calibration.Rig.Cameras.All(known => known.Name != camera.Name)))
            throw ClosedLoopException.Usage(
                $"the folder '{folder}' holds the camera '{extra.Name}', which the calibration does not know{Spelling.Suggest(extra.Name, calibration.Rig.Cameras.Select(camera => camera.Name))}; its cameras are {string.Join(", ", calibration.Rig.Cameras.Select(camera => camera.Name))}");
        return [.. calibration.Rig.Cameras.Select(known => found.FirstOrDefault(camera => camera.Name == known.Name) ?? throw ClosedLoopException.Usage(
            $"the folder '{folder}' holds nothing of the camera '{known.Name}'; it holds {string.Join(", ", found.Select(camera => camera.Name))}"))];
    }

    private static void Print(IReadOnlyList<DriftReport> reports, DriftReport[] drifted)
    {
        var output = Terminal.Output;
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("camera", "shared views", "misses by px", "allowed px", "");
        foreach (var report in reports)
            table.AddRow(
                Markup.Escape(report.Name), $"{report.Views}", double.IsNaN(report.RmsPx) ? "-" : $"{report.RmsPx:F2}", $"{report.LimitPx:F2}",
                report.Views == 0 ? "not seen with another camera" : report.Drifted ? $"DRIFTED by {report.MovedMm:F1} mm and {report.TurnedDegrees:F2} degrees" : "as calibrated");
        output.Write(table);
        output.WriteLine(drifted.Length switch
        {
            0 when reports.All(report => report.Views > 0) => "all cameras stand as they were calibrated",
            0 => "nothing has drifted as far as it was seen",
            2 when reports.Count(report => report.Views > 0) == 2 => $"{drifted[0].Name} or {drifted[1].Name} has moved (with two cameras it cannot be told which); calibrate again",
            _ => $"{string.Join(", ", drifted.Select(report => report.Name))} moved since the calibration; calibrate again",
        });
    }
}
