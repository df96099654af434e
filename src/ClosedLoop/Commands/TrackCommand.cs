using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Tracking;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop track</c>: 3D keypoints of a rig's videos, or of the images of a recording.</summary>
public static class TrackCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var videos = new Option<string?>("--videos") { Description = "A folder with one video, or one folder of pictures, per camera, named as the camera; equal places mean the same trigger.", HelpName = "DIR" };
        var recording = new Option<string?>("--recording") { Description = "Instead of --videos: a recorded session, whose images are looked at.", HelpName = "FILE.mcap" };
        var calibration = new Option<string?>("--calibration") { Description = "The rig's calibration, as 'calibrate' writes it; with --recording, where it is not to be the recording's own.", HelpName = "rig.yaml" };
        var output = new Option<string>("--out") { Description = "Where to write the keypoints: .mat as DANNCE does, .nwb with ndx-pose, .csv, or .mcap, a recording.", HelpName = "KEYPOINTS", Required = true };
        var truth = new Option<string?>("--truth") { Description = "True keypoints to compare with: .csv, .nwb, .mat or .mcap, with the videos' frame numbers (or the recording's trigger counts).", HelpName = "FILE" };
        var overlay = new Option<string?>("--overlay") { Description = "Also draw the skeleton over the views, into a video.", HelpName = "VIDEO.mp4" };
        var filter = new Option<bool>("--filter") { Description = "Calm the keypoints over time (one-euro filter), which delays them." };
        var rate = new Option<double?>("--rate-hz") { Description = "Sets per second, where the videos do not say or are not to be believed.", HelpName = "HZ" };
        var json = JsonReport.CreateOption();
        var command = new Command("track", "Make 3D keypoints of videos, or of a recording's images.")
        {
            videos, recording, calibration, output, truth, overlay, filter, rate, json,
        };
        var networks = new NetworkArguments();
        networks.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var (target, drawn) = (parsed.GetRequiredValue(output), parsed.GetValue(overlay));
            OutputPath.RequireFile("--out", target);
            OutputPath.RequireFile("--overlay", drawn);
            KeypointWriter.RequireEnding("--out", target);
            var vision = networks.Parse(parsed);
            var folder = vision.ModelFolder;
            using var input = Open(parsed.GetValue(videos), parsed.GetValue(recording), parsed.GetValue(calibration), parsed.GetValue(rate), target);
            using var truthFile = parsed.GetValue(truth) is { } path ? KeypointFile.Open(path, new() { Layout = null }) : null;
            var source = input.Source;
            var views = new EstimatorViews(EstimatorViews.Select(input.Rig, source.CameraNames), source.Cameras);
            using var line = new ProgressLine();
            line.Report("loading the model");
            using var estimator = vision.MakeEstimator(views, clock: null);
            var result = new VideoTracking
            {
                Source = source,
                Estimator = estimator,
                Views = views,
                Model = folder,
                Output = target,
                Overlay = drawn,
                Truth = truthFile,
                Filter = parsed.GetValue(filter) ? new(estimator.Layout, 1 / source.RateHz) : null,
            }.Run(input.SetCount, line, cancellation);
            result = result with { Notes = [.. result.Notes, .. input.Notes] };
            line.Dispose();
            TrackSummary.Print(result, truthFile is not null);
            JsonReport.Write(parsed.GetValue(json), result);
            return Task.FromResult(0);
        });
        return command;
    }

    private static TrackInput Open(string? videos, string? recording, string? calibration, double? rateHz, string target)
    {
        const string Help = "'closedloop track --help' says more";
        switch (videos, recording)
        {
            case ({ } folder, null):
                return TrackInput.OfVideos(folder, calibration ?? throw ClosedLoopException.Usage($"'--videos' needs --calibration rig.yaml as well; {Help}"), rateHz);
            case (null, { } path):
                if (rateHz is not null)
                    throw ClosedLoopException.Usage($"--rate-hz is for videos; the recording '{path}' says itself how fast its cameras ran");
                // NB: the recording is read while the keypoints are written.
                if (Path.GetFullPath(path) == Path.GetFullPath(target))
                    throw ClosedLoopException.Usage($"'--out {target}' names the recording itself; name a new file");
                return TrackInput.OfRecording(path, calibration);
            default:
                throw ClosedLoopException.Usage($"'track' needs either --videos DIR (with --calibration) or --recording FILE.mcap; {Help}");
        }
    }
}
