using System.CommandLine;
using System.Diagnostics;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Simulation;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop simulate</c>: datasets of simulated views with planted truth.</summary>
public static class SimulateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The folder to write into; made where it is missing.", HelpName = "DIR", Required = true };
        var seed = new Option<int>("--seed") { Description = "Seed of everything that is drawn.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var trainingSet = new Option<bool>("--training-set") { Description = "Write single moments of many animals, arenas and cameras as arrays, to train networks on." };
        var sets = new Option<int>("--sets") { Description = "Moments in the training set.", HelpName = "N", DefaultValueFactory = _ => 12_000 };
        var threads = new Option<int>("--threads") { Description = "Threads that draw.", HelpName = "N", DefaultValueFactory = _ => Math.Min(8, Environment.ProcessorCount) };
        var json = JsonReport.CreateOption();
        var command = new Command("simulate", "Write simulated camera views of a rat, with true cameras and keypoints.") { output, seed, trainingSet, sets, threads, json };
        command.SetAction((parsed, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(output);
            if (!parsed.GetValue(trainingSet))
                throw ClosedLoopException.Usage("simulate writes training sets so far; add --training-set");
            OutputPath.RequireFolder("--out", folder);
            WriteTrainingSet(folder, new() { Sets = parsed.GetValue(sets), Seed = parsed.GetValue(seed), Threads = parsed.GetValue(threads) }, parsed.GetValue(json), cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void WriteTrainingSet(string folder, TrainingSetOptions options, FileInfo? json, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        int complete;
        using (var line = new ProgressLine())
            complete = TrainingSetGenerator.Generate(
                folder, options,
                written =>
                {
                    var rate = written / watch.Elapsed.TotalSeconds;
                    line.Report($"{written} of {options.Sets} sets, {rate:F1} a second, {TimeSpan.FromSeconds((options.Sets - written) / rate):h\\:mm\\:ss} to go");
                },
                cancellation);
        var seconds = watch.Elapsed.TotalSeconds;
        Terminal.Output.WriteLine($"{complete} sets of {options.Cameras} views in {folder}, {complete / seconds:F1} a second");
        JsonReport.Write(json, new { Kind = "training_set", Sets = complete, Planned = options.Sets, options.Cameras, options.Seed, Seconds = seconds, SetsPerS = complete / seconds, Output = folder });
    }
}
