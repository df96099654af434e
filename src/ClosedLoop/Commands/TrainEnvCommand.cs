using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Training;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop train-env</c>: bodies that imitate, stepped for a trainer in another process.</summary>
public static class TrainEnvCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var socket = new Option<string?>("--socket") { Description = "The Unix domain socket that trainers connect to.", HelpName = "PATH" };
        var reference = new TrainingReferenceArguments();
        var animal = new Option<string?>("--animal") { Description = "Train on the body of this animal alone; bodies of many sizes where none is given.", HelpName = "rat.yaml" };
        var bodies = new Option<int>("--bodies") { Description = "Bodies side by side.", HelpName = "N", DefaultValueFactory = _ => 64 };
        var seed = new Option<int>("--seed") { Description = "Seed of sizes, starts and noise.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Threads that step.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
        var rate = new Option<double>("--control-hz") { Description = "Control steps a second.", HelpName = "HZ", DefaultValueFactory = _ => 50 };
        var spread = new Option<double?>("--mass-spread") { Description = "By how much a body's mass differs from what its size says, at most, as a share of it. [default: 0.25, or 0.05 with --animal]", HelpName = "SHARE" };
        var once = new Option<bool>("--once") { Description = "End with the first trainer; otherwise the next one is waited for." };
        var measure = new Option<int>("--measure") { Description = "Serve nobody: make this many control steps with all bodies, and compare the rate with that of the bare physics.", HelpName = "STEPS" };
        var json = JsonReport.CreateOption();
        var command = new Command("train-env", "Step bodies that imitate, for a trainer in another process.") { socket, animal, bodies, seed, threads, rate, spread, once, measure };
        reference.AddTo(command);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var known = parsed.GetValue(animal) is { } path ? AnimalFile.Load(path) : null;
            var description = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes });
            var options = new TrainingOptions
            {
                Bodies = parsed.GetValue(bodies),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
                Task = new() { ControlPeriodS = 1 / parsed.GetValue(rate) },
            };
            if (known is not null)
                options = options with { Scale = (known.Scale, known.Scale), MassSpread = 0.05 };
            if (parsed.GetValue(spread) is { } share)
                options = options with { MassSpread = share };
            options.Check();
            var pool = reference.Load(parsed, description, known, options.ShortestEpisodeSteps + options.FutureFrames + 1, cancellation);
            if (parsed.GetValue(measure) is var steps and > 0)
            {
                var result = TrainingRate.Measure(description, pool, options, steps, cancellation);
                Terminal.Output.WriteLine($"{result.Bodies} bodies on {result.Threads} threads: {result.StepsPerS:F0} control steps a second, {result.BareStepsPerS:F0} of the bare physics: {result.Ratio:P1}");
                JsonReport.Write(parsed.GetValue(json), result);
                return 0;
            }
            if (parsed.GetValue(socket) is not { } socketPath)
                throw ClosedLoopException.Usage("train-env needs --socket PATH, where a trainer connects, or --measure STEPS");
            Terminal.Output.WriteLine($"{options.Bodies} bodies, {pool.Count} clips, {pool.Minutes:F1} minutes; waiting at {socketPath}");
            await new TrainingServer(description, pool, options).ServeAsync(
                socketPath, parsed.GetValue(once), connected => Terminal.Output.WriteLine(connected ? "a trainer came" : "the trainer has gone"), cancellation).ConfigureAwait(false);
            return 0;
        });
        return command;
    }
}
