using System.CommandLine;
using System.Globalization;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop calibrate import</c>: another program's calibration as a rig calibration.</summary>
internal static class CalibrateImportCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("FILE") { Description = "A calibration: DANNCE or Label3D (.mat), Anipose (.toml), or OpenCV (.yml, .yaml, .xml is not read)." };
        var output = new Option<string>("--out") { Description = "Where to write the calibration.", HelpName = "rig.yaml", Required = true };
        var size = new Option<string?>("--image-size") { Description = "Width and height of the cameras' images, where the file does not say (DANNCE's does not).", HelpName = "WxH" };
        var json = JsonReport.CreateOption();
        var command = new Command("import", "Read another program's calibration: DANNCE/Label3D .mat, Anipose .toml, OpenCV .yml.") { source, output, size, json };
        command.SetAction(parsed =>
        {
            var (path, target) = (parsed.GetRequiredValue(source), parsed.GetRequiredValue(output));
            OutputPath.RequireFile("--out", target);
            var imported = CalibrationFiles.Read(path, ParseSize(parsed.GetValue(size)));
            new RigCalibrationFile { Rig = new(imported.Cameras), WorldFrame = $"that of {Path.GetFileName(path)}" }.Save(target);
            Console.WriteLine($"{imported.Cameras.Count} cameras from {imported.Kind} {path}: {string.Join(", ", imported.Cameras.Select(camera => camera.Name))}");
            foreach (var note in imported.Notes)
                Console.WriteLine($"  note: {note}");
            Console.WriteLine($"written to {target}");
            JsonReport.Write(parsed.GetValue(json), new { imported.Kind, Cameras = imported.Cameras.Select(camera => camera.Name), imported.Notes, Output = target });
        });
        return command;
    }

    private static (int Width, int Height)? ParseSize(string? text)
    {
        if (text is null)
            return null;
        var parts = text.Split('x');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && width is > 0 and <= 65536 && height is > 0 and <= 65536
            ? (width, height)
            : throw ClosedLoopException.Usage($"'--image-size {text}' is no size; write width x height, as in 1152x1024");
    }
}
