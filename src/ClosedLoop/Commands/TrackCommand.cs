using System.CommandLine;
using ClosedLoop.Acquisition;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Tracking;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop track</c>: 3D keypoints of a rig's videos.</summary>
public static class TrackCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var videos = new Option<string>("--videos") { Description = "A folder with one video, or one folder of pictures, per camera, named as the camera; equal places mean the same trigger.", HelpName = "DIR", Required = true };
        var calibration = new Option<string>("--calibration") { Description = "The rig's calibration, as 'calibrate' writes it.", HelpName = "rig.yaml", Required = true };
        var model = new Option<string>("--model") { Description = "fast, volumetric, or a model folder.", HelpName = "fast|volumetric|FOLDER", DefaultValueFactory = _ => "fast" };
        var output = new Option<string>("--out") { Description = "Where to write the keypoints: .mat as DANNCE does, .nwb with ndx-pose, or .csv.", HelpName = "KEYPOINTS", Required = true };
        var truth = new Option<string?>("--truth") { Description = "True keypoints to compare with: .csv, .nwb or .mat, with the videos' frame numbers.", HelpName = "FILE" };
        var overlay = new Option<string?>("--overlay") { Description = "Also draw the skeleton over the views, into a video.", HelpName = "VIDEO.mp4" };
        var device = new Option<string>("--device") { Description = "What computes the networks: auto, cpu, cuda or tensorrt.", HelpName = "DEVICE", DefaultValueFactory = _ => "auto" };
        var threads = new Option<int>("--threads") { Description = "Threads that the views are divided over.", HelpName = "N", DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 8) };
        var noRefine = new Option<bool>("--no-refine") { Description = "Leave the model's pose network out: what the views alone say." };
        var filter = new Option<bool>("--filter") { Description = "Calm the keypoints over time (one-euro filter), which delays them." };
        var rate = new Option<double?>("--rate-hz") { Description = "Sets per second, where the videos do not say or are not to be believed.", HelpName = "HZ" };
        var json = JsonReport.CreateOption();
        var command = new Command("track", "Make 3D keypoints of videos.") { videos, calibration, model, output, truth, overlay, device, threads, noRefine, filter, rate, json };
        command.SetAction((parsed, cancellation) =>
        {
            var (target, drawn) = (parsed.GetRequiredValue(output), parsed.GetValue(overlay));
            OutputPath.RequireFile("--out", target);
            OutputPath.RequireFile("--overlay", drawn);
            KeypointWriter.RequireEnding("--out", target);
            new EstimatorOptions { Threads = parsed.GetValue(threads) }.Check();
            var vision = new VisionOptions
            {
                Model = parsed.GetRequiredValue(model), Device = InferenceDeviceNames.Parse(parsed.GetRequiredValue(device)), Threads = parsed.GetValue(threads), Refine = !parsed.GetValue(noRefine),
            };
            var folder = vision.ModelFolder;
            var rig = RigCalibrationFile.Load(parsed.GetRequiredValue(calibration)).Rig;
            using var truthFile = parsed.GetValue(truth) is { } path ? KeypointFile.Open(path, new() { Layout = null }) : null;
            var (names, unfilmed) = CamerasOf(parsed.GetRequiredValue(videos), rig);
            using var source = VideoFrameSource.Open(parsed.GetRequiredValue(videos), names, rateHz: parsed.GetValue(rate));
            var views = new EstimatorViews(EstimatorViews.Select(rig, source.CameraNames), source.Cameras);
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
            }.Run(source.SetCount, line, cancellation);
            if (unfilmed.Length > 0)
                result = result with { Notes = [.. result.Notes, $"no video of {string.Join(", ", unfilmed)}"] };
            line.Dispose();
            TrackSummary.Print(result, truthFile is not null);
            JsonReport.Write(parsed.GetValue(json), result);
            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>The rig's cameras that were filmed, in the rig's order, and those that were not. A video of no camera is refused.</summary>
    private static (string[] Names, string[] Unfilmed) CamerasOf(string folder, RigCalibration rig)
    {
        var found = VideoFrameSource.Find(folder);
        foreach (var name in found.Keys.Order(NaturalOrder.Instance))
            _ = rig.IndexOf(name);
        var cameras = rig.Cameras.Select(camera => camera.Name).ToLookup(found.ContainsKey);
        return cameras[true].Count() >= 2
            ? ([.. cameras[true]], [.. cameras[false]])
            : throw ClosedLoopException.Usage($"the folder '{folder}' has videos of {cameras[true].Count()} of the calibration's cameras ({string.Join(", ", rig.Cameras.Select(camera => camera.Name))}); at least 2 are needed");
    }
}
