using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop calibrate export</c>: a rig calibration for another program.</summary>
internal static class CalibrateExportCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("rig.yaml") { Description = "The calibration." };
        var format = new Option<string>("--format") { Description = "For whom: dannce (.mat, also Label3D), anipose (.toml) or opencv (.yml).", HelpName = "dannce|anipose|opencv", Required = true };
        format.AcceptOnlyFromAmong("dannce", "anipose", "opencv");
        var output = new Option<string>("--out") { Description = "Where to write it.", HelpName = "FILE", Required = true };
        var json = JsonReport.CreateOption();
        var command = new Command("export", "Write a calibration for another program; what is written reads back to the same numbers.") { source, format, output, json };
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(output);
            OutputPath.RequireFile("--out", target);
            var rig = RigCalibrationFile.Load(parsed.GetRequiredValue(source)).Rig;
            CalibrationFiles.Write(target, rig.Cameras, parsed.GetRequiredValue(format));
            Console.WriteLine($"{rig.Cameras.Count} cameras written to {target} for {parsed.GetRequiredValue(format)}");
            JsonReport.Write(parsed.GetValue(json), new { Format = parsed.GetRequiredValue(format), Cameras = rig.Cameras.Select(camera => camera.Name), Output = target });
        });
        return command;
    }
}
