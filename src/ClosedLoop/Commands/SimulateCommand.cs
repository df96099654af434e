using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Datasets;
using ClosedLoop.Simulation;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop simulate</c>: datasets of simulated views, or of tetrodes, with planted truth.</summary>
public static class SimulateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The folder to write into, a new or an empty one; with --motion-library the file, .h5.", HelpName = "DIR|FILE.h5", Required = true };
        var seconds = new Option<double>("--seconds") { Description = "How long the animal is filmed, its tetrodes recorded, or the session lasts.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var seed = new Option<int>("--seed") { Description = "Seed of what the animal does and of all noise.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var appearance = new Option<int?>("--appearance") { Description = "Seed of the look of animal and arena; --seed where nothing is said.", HelpName = "N" };
        var scale = new Option<double>("--scale") { Description = "Size of the animal relative to the body.", HelpName = "X", DefaultValueFactory = _ => 0.92 };
        var cameras = new Option<int>("--cameras") { Description = "Cameras around the arena.", HelpName = "N", DefaultValueFactory = _ => 6 };
        var size = new Option<string>("--size") { Description = "Size of the images in pixels.", HelpName = "WxH", DefaultValueFactory = _ => "320x240" };
        var noise = new Option<double>("--noise") { Description = "Image noise relative to a good camera's, or noise of the wires relative to a usual tetrode's.", HelpName = "X", DefaultValueFactory = _ => 1 };
        var rig = new Option<int?>("--rig") { Description = "Seed of the cameras' places and lenses; --seed where nothing is said.", HelpName = "N" };
        var variety = new Option<double>("--rig-variety") { Description = "How freely the cameras are placed: 0 as planned, 1 as in any laboratory.", HelpName = "X" };
        var trainingSet = new Option<bool>("--training-set") { Description = "Write single moments of many animals, arenas and cameras as arrays instead, to train networks on." };
        var sets = new Option<int>("--sets") { Description = "Moments in the training set.", HelpName = "N", DefaultValueFactory = _ => 12_000 };
        var motion = new Option<bool>("--motion-library") { Description = "Write motion clips instead, in the format of 'register --clips': reference motion of many animals, to train on." };
        var minutes = new Option<double>("--minutes") { Description = "Minutes of motion in the library, in whole lives of a minute; varied copies come on top.", HelpName = "M", DefaultValueFactory = _ => 30 };
        var threads = new Option<int>("--threads") { Description = "Threads that draw or simulate.", HelpName = "N", DefaultValueFactory = _ => Math.Min(8, Environment.ProcessorCount) };
        var tetrodes = new TetrodeArguments();
        var session = new PlantedSessionArguments();
        var json = JsonReport.CreateOption();
        var command = new Command("simulate", "Write videos of a simulated rat, with true cameras and keypoints; or training sets, motion, tetrodes with true spikes, or whole sessions with planted neurons.")
        {
            output, seconds, seed, appearance, scale, cameras, size, noise, rig, variety, trainingSet, sets, motion, minutes, threads, json,
        };
        foreach (var option in tetrodes.Options.Concat(session.Options))
            command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(output);
            var (asksTetrodes, asksSession) = (tetrodes.Asked(parsed), session.Asked(parsed));
            if (asksSession && (asksTetrodes || parsed.GetValue(motion) || parsed.GetValue(trainingSet)))
                throw ClosedLoopException.Usage($"--session writes a recording and {(asksTetrodes ? "--tetrodes samples" : parsed.GetValue(motion) ? "--motion-library motion" : "--training-set images")}; run simulate once for each");
            if (asksTetrodes && (parsed.GetValue(motion) || parsed.GetValue(trainingSet)))
                throw ClosedLoopException.Usage($"--tetrodes writes samples of electrodes and {(parsed.GetValue(motion) ? "--motion-library motion" : "--training-set images")}; run simulate once for each");
            if (parsed.GetValue(motion))
            {
                if (parsed.GetValue(trainingSet))
                    throw ClosedLoopException.Usage("--motion-library writes motion and --training-set images; run simulate once for each");
                SimulatedMotion.RequirePath(folder);
                WriteMotion(folder, new() { Minutes = parsed.GetValue(minutes), Seed = parsed.GetValue(seed), Threads = parsed.GetValue(threads) }, parsed.GetValue(json), cancellation);
                return Task.FromResult(0);
            }
            if (parsed.GetResult(minutes) is { Implicit: false })
                throw ClosedLoopException.Usage("--minutes says how much motion --motion-library writes; videos and tetrodes last --seconds, and a training set has --sets");
            var (width, height) = ParseSize(parsed.GetRequiredValue(size));
            OutputPath.RequireFolder("--out", folder);
            if (Directory.EnumerateFileSystemEntries(folder).Any())
                throw ClosedLoopException.Usage($"'--out {folder}' holds files already, and nothing is overwritten; name a new folder");
            if (asksSession)
            {
                session.Write(parsed, folder, parsed.GetValue(seconds), parsed.GetValue(seed), parsed.GetValue(json), cancellation);
            }
            else if (asksTetrodes)
            {
                tetrodes.Write(parsed, folder, parsed.GetValue(seconds), parsed.GetValue(seed), parsed.GetValue(noise), parsed.GetValue(json), cancellation);
            }
            else if (parsed.GetValue(trainingSet))
            {
                var options = new TrainingSetOptions
                {
                    Sets = parsed.GetValue(sets),
                    Seed = parsed.GetValue(seed),
                    Threads = parsed.GetValue(threads),
                    Cameras = parsed.GetValue(cameras),
                    WidthPx = width,
                    HeightPx = height,
                };
                WriteTrainingSet(folder, options, parsed.GetValue(json), cancellation);
            }
            else
            {
                var views = new SimulatedViewOptions
                {
                    Seed = parsed.GetValue(seed),
                    Appearance = parsed.GetValue(appearance) ?? parsed.GetValue(seed),
                    Scale = parsed.GetValue(scale),
                    Noise = parsed.GetValue(noise),
                    Rig = new()
                    {
                        Seed = parsed.GetValue(rig) ?? parsed.GetValue(seed),
                        Cameras = parsed.GetValue(cameras),
                        WidthPx = width,
                        HeightPx = height,
                        Variety = parsed.GetValue(variety),
                    },
                };
                WriteDataset(folder, new(parsed.GetValue(seconds), views, parsed.GetValue(threads)), parsed.GetValue(json), cancellation);
            }
            return Task.FromResult(0);
        });
        return command;
    }

    private static void WriteDataset(string folder, SimulatedDatasetOptions options, FileInfo? json, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        long frames;
        using (var line = new ProgressLine())
            frames = SimulatedDataset.Write(folder, options, written => line.Report(Progress(written, options.Frames, "frames", watch)), cancellation);
        var seconds = watch.Elapsed.TotalSeconds;
        var cameras = options.Views.Rig.Cameras;
        Terminal.Output.WriteLine($"{frames} frames of {cameras} cameras ({frames * SimulatedAnimal.FramePeriodS:F1} s) in {folder}, with calibration.yaml and truth.csv; {frames / seconds:F1} frames a second");
        JsonReport.Write(json, new
        {
            Kind = "dataset",
            Frames = frames,
            Planned = options.Frames,
            Cameras = cameras,
            options.Views.Seed,
            options.Views.Appearance,
            options.Views.Scale,
            Seconds = seconds,
            FramesPerS = frames / seconds,
            Output = folder,
        });
    }

    private static void WriteTrainingSet(string folder, TrainingSetOptions options, FileInfo? json, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        int complete;
        using (var line = new ProgressLine())
            complete = TrainingSetGenerator.Generate(folder, options, written => line.Report(Progress(written, options.Sets, "sets", watch)), cancellation);
        var seconds = watch.Elapsed.TotalSeconds;
        Terminal.Output.WriteLine($"{complete} sets of {options.Cameras} views in {folder}, {complete / seconds:F1} a second");
        JsonReport.Write(json, new { Kind = "training_set", Sets = complete, Planned = options.Sets, options.Cameras, options.Seed, Seconds = seconds, SetsPerS = complete / seconds, Output = folder });
    }

    private static void WriteMotion(string path, MotionLibraryOptions options, FileInfo? json, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        SimulatedMotionSummary made;
        using (var line = new ProgressLine())
            made = SimulatedMotion.Write(path, options, line, cancellation);
        var seconds = watch.Elapsed.TotalSeconds;
        Terminal.Output.WriteLine($"{made.Clips} clips of {made.FramesPerClip} frames ({made.Minutes:F1} min) in {path}: {string.Join(", ", made.MinutesByBehaviour.Select(pair => $"{pair.Key} {pair.Value:F1}"))}");
        JsonReport.Write(json, new
        {
            Kind = "motion_library",
            made.Clips,
            made.FramesPerClip,
            made.RateHz,
            made.Minutes,
            made.BodySha256,
            made.MinutesByBehaviour,
            options.Seed,
            Seconds = seconds,
            Output = path,
        });
    }

    private static string Progress(long written, long planned, string what, Stopwatch watch)
    {
        var rate = written / watch.Elapsed.TotalSeconds;
        var left = rate > 0 ? $", {TimeSpan.FromSeconds((planned - written) / rate):h\\:mm\\:ss} to go" : "";
        return $"{written} of {planned} {what}, {rate:F1} a second{left}";
    }

    private static (int Width, int Height) ParseSize(string text) =>
        text.Split('x') is [var width, var height]
        && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var w)
        && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
            ? (w, h)
            : throw ClosedLoopException.Usage($"'--size {text}' is no size; write width and height in pixels, as in 320x240");
}
