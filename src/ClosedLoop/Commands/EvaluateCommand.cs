using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;
using ClosedLoop.Tracking;
using ClosedLoop.Vision;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop evaluate</c>: a model compared with the truth of a training set.</summary>
public static class EvaluateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var sets = new Option<string>("--training-set") { Description = "A folder that 'simulate --training-set' wrote, with a seed that no network was trained on.", HelpName = "DIR", Required = true };
        var model = new Option<string>("--model") { Description = "fast, volumetric, or a model folder.", HelpName = "fast|volumetric|FOLDER", DefaultValueFactory = _ => "fast" };
        var device = new Option<string>("--device") { Description = "What computes the networks: auto, cpu, cuda or tensorrt.", HelpName = "DEVICE", DefaultValueFactory = _ => "auto" };
        var threads = new Option<int>("--threads") { Description = "Threads that the views are divided over.", HelpName = "N", DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 8) };
        var noRefine = new Option<bool>("--no-refine") { Description = "Leave the model's pose network out." };
        var withhold = new Option<double>("--withhold") { Description = "Share of the sets that one to three views are withheld from.", HelpName = "SHARE" };
        var seed = new Option<int>("--seed") { Description = "Seed of which views are withheld.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var output = new Option<string?>("--out") { Description = "A folder for every estimate, to train pose networks on.", HelpName = "DIR" };
        var json = JsonReport.CreateOption();
        var command = new Command("evaluate", "Compare a model with the truth of a training set.") { sets, model, device, threads, noRefine, withhold, seed, output, json };
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(withhold) is not (>= 0 and <= 1))
                throw ClosedLoopException.Usage($"--withhold {parsed.GetValue(withhold)} is no share; give 0 to 1");
            new EstimatorOptions { Threads = parsed.GetValue(threads) }.Check();
            var vision = new VisionOptions
            {
                Model = parsed.GetRequiredValue(model),
                Device = InferenceDeviceNames.Parse(parsed.GetRequiredValue(device)),
                Threads = parsed.GetValue(threads),
                Refine = !parsed.GetValue(noRefine),
            };
            using var reader = TrainingSetReader.Open(parsed.GetRequiredValue(sets));
            var folder = parsed.GetValue(output);
            if (folder is not null)
                OutputPath.RequireFolder("--out", folder);
            using var writer = folder is null ? null : new EstimateWriter(folder, reader.Keypoints.Count);
            TrainingSetScores scores;
            using (var line = new ProgressLine())
                scores = new TrainingSetEvaluation(reader, vision) { Withheld = parsed.GetValue(withhold), Seed = parsed.GetValue(seed), Writer = writer }.Run(line, cancellation);
            writer?.Complete(reader.Folder, vision.ModelFolder, reader.Keypoints);
            Print(scores);
            JsonReport.Write(parsed.GetValue(json), scores);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(TrainingSetScores scores)
    {
        var output = Terminal.Output;
        output.WriteLine($"{scores.Sets} sets on {scores.Device}: {scores.MedianErrorMm:F2} mm median, {scores.P95ErrorMm:F2} mm for 95 %");
        output.WriteLine($"  an animal was overlooked in {scores.Missed} sets, and seen in {scores.Ghosts} without one");
        foreach (var behaviour in scores.PerBehaviour.Where(score => score.Keypoints > 0))
            output.WriteLine($"  {behaviour.Behaviour,-10} {behaviour.MedianErrorMm:F2} mm median, {behaviour.P95ErrorMm:F2} mm for 95 %, over {behaviour.Keypoints} keypoints");
        ScoreTable.Print(scores.PerKeypoint, hasTruth: true);
    }
}
