using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;
using ClosedLoop.Tracking;
using ClosedLoop.Vision;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop evaluate</c>: a model compared with the truth of a training set, or forecasts with what came.</summary>
public static class EvaluateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var sets = new Option<string?>("--training-set") { Description = "A folder that 'simulate --training-set' wrote, with a seed that no network was trained on.", HelpName = "DIR" };
        var forecast = new ForecastArguments();
        var withhold = new Option<double>("--withhold") { Description = "Share of the sets that one to three views are withheld from.", HelpName = "SHARE" };
        var seed = new Option<int>("--seed") { Description = "Seed of which views are withheld.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var output = new Option<string?>("--out") { Description = "A folder for every estimate, to train pose networks on.", HelpName = "DIR" };
        var json = JsonReport.CreateOption();
        var command = new Command("evaluate", "Compare a model with the truth of a training set, or forecasts of poses with the poses that came.") { sets, withhold, seed, output, json };
        var networks = new NetworkArguments();
        networks.AddTo(command);
        forecast.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var from = parsed.GetValue(sets);
            if (forecast.IsGiven(parsed))
            {
                if (from is not null)
                    throw ClosedLoopException.Usage("--training-set judges keypoints and --forecast poses; run evaluate once for each");
                JsonReport.Write(parsed.GetValue(json), forecast.Evaluate(parsed, cancellation));
                return Task.FromResult(0);
            }
            if (from is null)
                throw ClosedLoopException.Usage("evaluate needs --training-set, whose truth a model is compared with, or --forecast, clips in which poses are forecast");
            if (parsed.GetValue(withhold) is not (>= 0 and <= 1))
                throw ClosedLoopException.Usage($"--withhold {parsed.GetValue(withhold)} is no share; give 0 to 1");
            var vision = networks.Parse(parsed);
            using var reader = TrainingSetReader.Open(from);
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
