using System.CommandLine;
using System.Globalization;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Imitation;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Training;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop train</c>: policies from the planner, or an animal's own policies in minutes.</summary>
public static class TrainCommand
{
    // What a small version takes, so that it ends within a quarter of an hour on two cores.
    private const double SmallMinutes = 9, SmallLibraryMinutes = 8;
    private const double FullLibraryMinutes = 40;
    // NB: an animal's own seconds are soon known by heart; what else the networks know must go on being asked for.
    private const double RehearsedMinutes = 6;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var hours = new Option<double?>("--hours") { Description = "Train for so long on simulated motion; the small version where nothing is said.", HelpName = "H" };
        var smoke = new Option<bool>("--smoke") { Description = "The small version: the whole way in a quarter of an hour on two cores. The default." };
        var minutes = new Option<double?>("--minutes") { Description = "With --reference: how long the networks adapt.", HelpName = "M" };
        var references = new Option<string[]>("--reference")
        {
            Description = "One animal's own motion to adapt to: keypoint files (.nwb, .mat, .csv) or motion clips (.h5).",
            HelpName = "FILE..",
            AllowMultipleArgumentsPerToken = true,
        };
        var animal = new Option<string?>("--animal") { Description = "The animal, as 'register' wrote it; fitted from the first keypoint file where none is given.", HelpName = "rat.yaml" };
        var from = new Option<string?>("--from") { Description = "With --reference: a folder of checkpoints to begin with (lstm.pt, mlp.pt); the shipped networks' where nothing is said.", HelpName = "FOLDER" };
        var resume = new Option<bool>("--resume") { Description = "With --hours: go on for so long with the networks and the experience that lie in --out." };
        var output = new Option<string>("--out") { Description = "The folder for checkpoints, curves and policies.", HelpName = "FOLDER", DefaultValueFactory = _ => "policy" };
        var kinds = new Option<string>("--kinds") { Description = "Which networks: lstm, mlp or both.", HelpName = "lstm,mlp", DefaultValueFactory = _ => "mlp,lstm" };
        var seed = new Option<int>("--seed") { Description = "Seed of networks, bodies and motion.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Threads that step and plan.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
        var reading = new KeypointFileArguments();
        var json = JsonReport.CreateOption();
        var command = new Command("train", "Train the networks that drive the body, or adapt them to one animal.") { hours, smoke, resume, references, minutes, animal, from, output, kinds, seed, threads };
        reading.AddTo(command);
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var files = parsed.GetValue(references) ?? [];
            if (files.Length > 0 && (parsed.GetValue(hours) is not null || parsed.GetValue(smoke)))
                throw ClosedLoopException.Usage("--hours and --smoke are for training on simulated motion; with --reference say --minutes");
            if (files.Length > 0 && parsed.GetValue(minutes) is null)
                throw ClosedLoopException.Usage("--reference needs --minutes, how long the networks adapt to it, as in --minutes 15");
            if (files.Length == 0 && (parsed.GetValue(minutes) ?? (object?)parsed.GetValue(from)) is not null)
                throw ClosedLoopException.Usage("--minutes and --from are for adapting to an animal's own motion; name it with --reference, or say --hours");
            var small = files.Length == 0 && parsed.GetValue(hours) is null;
            var duration = files.Length > 0 ? parsed.GetValue(minutes)!.Value : small ? SmallMinutes : parsed.GetValue(hours)!.Value * 60;
            if (!(duration > 0 && double.IsFinite(duration)))
                throw ClosedLoopException.Usage($"training for {duration.ToString(CultureInfo.InvariantCulture)} minutes cannot be; give a time above 0");
            string[] networks = parsed.GetRequiredValue(kinds).Split(',');
            if (networks.Length == 0 || networks.Any(kind => kind is not ("lstm" or "mlp")))
                throw ClosedLoopException.Usage($"--kinds {parsed.GetRequiredValue(kinds)} names other networks than lstm and mlp");
            var target = parsed.GetRequiredValue(output);
            var (goesOn, experience) = (parsed.GetValue(resume), Path.Combine(target, "experience.npz"));
            if (goesOn && parsed.GetValue(hours) is null)
                throw ClosedLoopException.Usage("--resume goes on with a training on simulated motion; say for how long with --hours");
            if (goesOn && !File.Exists(experience))
                throw ClosedLoopException.Usage($"--resume finds no {experience}; a run leaves it there every five minutes, so name its folder with --out");
            OutputPath.RequireFolder("--out", target);
            var python = PythonTraining.Interpreter();
            var animalPath = parsed.GetValue(animal) ?? (files.FirstOrDefault(file => !ReferenceLoader.HoldsClips(file)) is { } first ? FitTo(first, parsed, reading, target, cancellation) : null);
            List<string> arguments =
            [
                "--out", target, "--minutes", Text(duration), "--kinds", string.Join(',', networks), "--seed", Text(parsed.GetValue(seed)), "--threads", Text(parsed.GetValue(threads)),
                "--library-minutes", Text(files.Length > 0 ? RehearsedMinutes : small ? SmallLibraryMinutes : FullLibraryMinutes),
            ];
            if (small)
                arguments.AddRange(["--bodies", "32", "--label-share", "0.5", "--validation-minutes", "0"]);
            if (goesOn)
                arguments.AddRange(["--from", target, "--experience", experience]);
            if (files.Length > 0)
            {
                // What the trainer hands on to the training environment, word by word.
                string[] motion = ["--reference", .. files, .. animalPath is null ? Array.Empty<string>() : ["--animal", animalPath], .. reading.Given(parsed)];
                arguments.AddRange(["--from", parsed.GetValue(from) ?? ShippedWeights(), "--rate", "4e-4", "--label-share", "0.5", .. motion.Select(word => $"--motion={word}")]);
            }
            await PythonTraining.RunAsync(python, "train_policy.py", arguments, cancellation).ConfigureAwait(false);
            TrainingCurves.Draw(target);
            var results = new Dictionary<string, ImitateResult>();
            foreach (var kind in networks)
            {
                var folder = Path.Combine(target, $"policy-{kind}");
                string[] export = ["--checkpoint", Path.Combine(target, $"{kind}.pt"), "--out", folder];
                await PythonTraining.RunAsync(python, "export_policy.py", export, cancellation).ConfigureAwait(false);
                var result = Judge(folder, files, animalPath, parsed, reading, cancellation);
                ImitateSummary.Print(result);
                var figures = Path.Combine(target, $"{kind}.json");
                JsonReport.Write(new FileInfo(figures), TrainingFigures.Of(result, learntFrom: files.Length > 0));
                await PythonTraining.RunAsync(python, "export_policy.py", [.. export, "--held-out", figures], cancellation).ConfigureAwait(false);
                Terminal.Output.WriteLine($"written to {folder}; 'closedloop imitate --policy {folder}' judges it further");
                results[kind] = result;
            }
            JsonReport.Write(parsed.GetValue(json), results);
            return 0;
        });
        return command;
    }

    /// <summary>Fits the animal whose motion it is, and keeps it beside the networks.</summary>
    private static string FitTo(string path, ParseResult parsed, KeypointFileArguments reading, string target, CancellationToken cancellation)
    {
        using var file = reading.Open(parsed, path, playbackRate: null, clock: null);
        var fit = AnimalFitting.Fit(RodentBody.Describe(), file, heldOut: 0, new() { Name = Path.GetFileNameWithoutExtension(path), SourceFile = Path.GetFileName(path) }, cancellation);
        var animal = Path.Combine(target, "animal.yaml");
        Directory.CreateDirectory(target);
        fit.Animal.Save(animal);
        return animal;
    }

    private static ImitateResult Judge(string policy, string[] files, string? animal, ParseResult parsed, KeypointFileArguments reading, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        using var loader = new ReferenceLoader
        {
            Description = RodentBody.Describe(),
            Animal = animal is null ? null : AnimalFile.Load(animal),
            ControlPeriodS = 0.02,
            OpenKeypoints = path => reading.Open(parsed, path, playbackRate: null, clock: null),
        };
        if (files.Length == 0)
            loader.Add(TrainingFigures.HeldOutMotion(cancellation));
        foreach (var file in files)
            loader.Load(file, cancellation);
        return new ImitationRun
        {
            Policy = policy, References = loader.References, LengthFrames = 200, EveryFrames = 20, Options = new() { ControlPeriodS = 0.02 }, Threads = Environment.ProcessorCount,
        }.Run(line, cancellation);
    }

    private static string ShippedWeights() => Path.Combine(
        Installation.Root ?? throw ClosedLoopException.Usage("the shipped networks lie in an installation, and this program lies outside of one; name checkpoints with --from"), "training", "weights");

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
