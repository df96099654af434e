using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Tracking;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop triangulate</c>: 3D keypoints of the 2D points that SLEAP or DeepLabCut found in each camera's video.</summary>
public static class TriangulateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var points = new Option<string>("--points") { Description = "A folder with one file per camera, named after it: SLEAP analysis .h5, DeepLabCut .csv or .h5.", HelpName = "DIR", Required = true };
        var calibration = new Option<string>("--calibration") { Description = "The rig's calibration, as 'calibrate' writes it.", HelpName = "rig.yaml", Required = true };
        var output = new Option<string>("--out") { Description = "Where to write the keypoints: .mat, .nwb, .csv or .mcap.", HelpName = "KEYPOINTS", Required = true };
        var rate = new Option<double>("--rate-hz") { Description = "Frames per second of the videos.", HelpName = "HZ", DefaultValueFactory = _ => 50 };
        var sigma = new Option<double>("--sigma-px") { Description = "How far off the points are, standard deviation in pixels.", HelpName = "PX", DefaultValueFactory = _ => 2 };
        var least = new Option<double>("--least-confidence") { Description = "Points that the tool believes in less are not used.", HelpName = "P", DefaultValueFactory = _ => 0.2 };
        var corner = new Option<bool>("--corner-origin") { Description = "The corner of the first pixel is (0, 0), not its centre (SLEAP before format 1.1)." };
        var truth = new Option<string?>("--truth") { Description = "True keypoints to compare with: .csv, .nwb or .mat, with the videos' frame numbers.", HelpName = "FILE" };
        var json = JsonReport.CreateOption();
        var command = new Command("triangulate", "Make 3D keypoints of 2D points that another tool has found.") { points, calibration, output, rate, sigma, least, corner, truth, json };
        command.SetAction((parsed, cancellation) =>
        {
            var target = parsed.GetRequiredValue(output);
            OutputPath.RequireFile("--out", target);
            KeypointWriter.RequireEnding("--out", target);
            if (parsed.GetValue(sigma) is not (> 0 and <= 1000))
                throw ClosedLoopException.Usage($"--sigma-px {parsed.GetValue(sigma)} cannot be; give the points' standard deviation in pixels, as in 2");
            if (parsed.GetValue(rate) is not (> 0 and <= 100_000))
                throw ClosedLoopException.Usage($"--rate-hz {parsed.GetValue(rate)} is not a frame rate; give frames per second, as in 50");
            var rig = RigCalibrationFile.Load(parsed.GetRequiredValue(calibration)).Rig;
            var views = PointViews.Open(parsed.GetRequiredValue(points), rig);
            using var trueFile = parsed.GetValue(truth) is { } path ? KeypointFile.Open(path, new() { Layout = null }) : null;
            var scores = new KeypointScores(views.Layout, trueFile);
            var frames = Run(views, scores, target, parsed.GetValue(rate), parsed.GetValue(sigma), parsed.GetValue(corner) ? 0.5 : 0, parsed.GetValue(least), cancellation);
            Print(views, scores, frames, target, trueFile is not null);
            JsonReport.Write(parsed.GetValue(json), new
            {
                Frames = frames,
                Cameras = views.Rig.Cameras.Select(camera => camera.Name),
                views.Kind,
                scores.Found,
                scores.MedianReprojectionPx,
                scores.MedianErrorMm,
                scores.P95ErrorMm,
                PerKeypoint = scores.PerKeypoint(),
                views.Notes,
                Output = target,
            });
            return Task.FromResult(0);
        });
        return command;
    }

    private static int Run(
        PointViews views, KeypointScores scores, string target, double rateHz, double sigmaPx, double originPx, double least, CancellationToken cancellation)
    {
        var layout = views.Layout;
        var triangulator = new Triangulator(views.Rig, new() { MinimumConfidence = Math.Max(1e-6, least) });
        var keypoints = new Keypoints(layout);
        var quality = new KeypointQuality(layout.Count, views.Rig.Cameras.Count);
        var places = new ImagePoint[views.Rig.Cameras.Count];
        using var line = new ProgressLine();
        using var writer = KeypointWriter.Create(target, new()
        {
            Layout = layout,
            RateHz = rateHz,
            Source = $"closedloop {ProgramVersion.Version} triangulate, {views.Kind}",
            Description = $"{views.Kind} of {views.Rig.Cameras.Count} cameras, triangulated",
            Version = ProgramVersion.Version,
            Cameras = [.. views.Rig.Cameras.Select(camera => camera.Name)],
            ImageSizes = [.. views.Rig.Cameras.Select(camera => (camera.WidthPx, camera.HeightPx))],
        });
        foreach (var frame in views.Frames)
        {
            if (cancellation.IsCancellationRequested)
                break;
            var time = SessionTime.FromSeconds(frame / rateHz);
            keypoints.Clear();
            keypoints.Stamp = new(writer.Count, frame, time.Nanoseconds, time, time);
            for (var k = 0; k < layout.Count; k++)
            {
                var point = triangulator.Triangulate(places.AsSpan(0, views.Places(frame, k, sigmaPx, originPx, places)));
                var position = keypoints.Position(k);
                (position[0], position[1], position[2]) = (point.X, point.Y, point.Z);
                keypoints.Confidence[k] = (float)point.Confidence;
                quality.ReprojectionPx[k] = point.ReprojectionPx;
                quality.ViewsUsed[k] = point.ViewsUsed;
            }
            writer.Write(keypoints);
            scores.Add(keypoints, quality.ReprojectionPx, quality.ViewsUsed);
            if (writer.Count % 100 == 0)
                line.Report($"{writer.Count} of {views.Frames.Count} frames");
        }
        writer.Complete();
        return writer.Count;
    }

    private static void Print(PointViews views, KeypointScores scores, int frames, string target, bool hasTruth)
    {
        var output = Terminal.Output;
        output.WriteLine($"{frames} frames of {views.Rig.Cameras.Count} cameras ({views.Kind}), {views.Layout.Count} keypoints, {scores.Found:P1} found");
        output.WriteLine($"  reprojection  {scores.MedianReprojectionPx:F2} px median");
        if (hasTruth)
            output.WriteLine($"  error         {scores.MedianErrorMm:F2} mm median, {scores.P95ErrorMm:F2} mm for 95 %, over {scores.Compared} frames that the truth has");
        ScoreTable.Print(scores.PerKeypoint(), hasTruth);
        foreach (var note in views.Notes)
            output.WriteLine($"  note: {note}");
        output.WriteLine($"written to {target}");
    }
}
