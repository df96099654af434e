using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.PoseTracking;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary>
/// <c>closedloop register</c>: fits an animal's size, marker offsets and floor from a keypoint file, and makes motion clips
/// of what the animal does there.
/// </summary>
public static class RegisterCommand
{
    private const int FewestFramesToHoldOut = 210;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("FILE") { Description = "A keypoint file (.nwb, .mat, .csv), or a recording (.mcap)." };
        var output = new Option<string?>("--out") { Description = "Where to write the animal; left out where --animal says which it is.", HelpName = "rat.yaml" };
        var name = new Option<string?>("--name") { Description = "What to call the animal; the name of --out where nothing is said." };
        var samples = new Option<int>("--samples") { Description = "How many frames the offsets are fitted on.", DefaultValueFactory = _ => 100 };
        var seed = new Option<int>("--seed") { Description = "Seed of the choice of frames.", DefaultValueFactory = _ => 1 };
        var scale = new Option<double?>("--scale") { Description = "The animal's size relative to the body, where it is known.", HelpName = "S" };
        var clips = new ClipOptions();
        var json = JsonReport.CreateOption();
        var body = new BodyOptions();
        var reading = new KeypointFileArguments();
        var command = new Command("register", "Fit an animal's size, marker offsets and floor to a body, once per animal; make motion clips of a file.") { path, output, name, samples, seed, scale };
        clips.AddTo(command);
        reading.AddTo(command);
        body.AddTo(command);
        command.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            var description = body.Resolve(parsed);
            var source = parsed.GetRequiredValue(path);
            var target = parsed.GetValue(output);
            OutputPath.RequireFile("--out", target);
            var known = clips.Animal(parsed, target, [name, samples, seed, scale]);
            using var file = reading.Open(parsed, source, playbackRate: null, clock: null);
            if (known is not null)
            {
                var made = clips.Make(parsed, description, known, file, cancellation)!;
                Terminal.Output.WriteLine($"{known.Name}, registered to the body {known.BodyName} over {file.Description}");
                clips.Print(parsed, made);
                PrintNotes(file.Notes);
                JsonReport.Write(parsed.GetValue(json), new { known.Name, Body = known.BodyName, known.Scale, known.FloorHeightM, Clips = made, file.Notes });
                return Task.FromResult(0);
            }
            // The end of a recording is kept unseen, so that a replay of the file also tells how the fit does on frames it was not made from.
            var heldOut = reading.Frames(parsed) is null && file.FrameCount >= FewestFramesToHoldOut ? file.FrameCount / 7 : 0;
            var frames = heldOut == 0 ? reading.Frames(parsed) : $"0:{file.FrameCount - heldOut}";
            var fit = AnimalFitting.Fit(description, file, heldOut, new()
            {
                Name = parsed.GetValue(name) ?? Path.GetFileNameWithoutExtension(target)!,
                SourceFile = Path.GetFileName(source),
                SourceFrames = frames,
                Samples = parsed.GetValue(samples),
                Seed = parsed.GetValue(seed),
                Scale = parsed.GetValue(scale),
            }, cancellation);
            fit.Animal.Save(target!);
            string[] notes =
            [
                .. file.Notes,
                .. heldOut > 0 ? [$"the last {heldOut} frames were left unseen, to judge the fit by; --frames chooses others"] : Array.Empty<string>(),
                .. fit.Notes,
            ];
            Print(fit, file.Description, notes, target!);
            var summary = clips.Make(parsed, description, fit.Animal, file, cancellation);
            if (summary is not null)
                clips.Print(parsed, summary);
            JsonReport.Write(parsed.GetValue(json), new
            {
                fit.Animal.Name,
                Body = fit.Animal.BodyName,
                fit.Animal.Scale,
                fit.Animal.FloorHeightM,
                Fit = fit.Animal.Statistics,
                Offsets = fit.Animal.Offsets,
                SegmentsM = fit.Animal.Segments,
                Frames = frames,
                Clips = summary,
                Notes = notes,
                Output = target,
            });
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(AnimalFit fit, string source, IReadOnlyList<string> notes, string target)
    {
        var output = Terminal.Output;
        var animal = fit.Animal;
        var statistics = animal.Statistics;
        output.WriteLine($"{animal.Name}, fitted to the body {animal.BodyName} from {source}");
        output.WriteLine($"  size    {animal.Scale:F3} of the body's");
        output.WriteLine($"  floor   {animal.FloorHeightM * 1000:F1} mm in the keypoints' frame (paws in stance within {statistics.FloorSpreadMm:F1} mm)");
        output.WriteLine($"  error   {statistics.UsedMeanMm:F2} mm mean over the {statistics.FramesUsed} frames fitted on, {statistics.UnusedMeanMm:F2} mm (95 %: {statistics.UnusedP95Mm:F2} mm) over the rest of {statistics.FramesGiven}");
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("keypoint", "mean mm", "95 % mm", "offset mm");
        foreach (var (keypoint, offset) in statistics.Keypoints.Zip(animal.Offsets))
            table.AddRow(keypoint.Keypoint, $"{keypoint.MeanMm:F2}", $"{keypoint.P95Mm:F2}", $"{offset.X * 1000:F1} {offset.Y * 1000:F1} {offset.Z * 1000:F1}");
        output.Write(table);
        PrintNotes(notes);
        output.WriteLine($"written to {target}");
    }

    private static void PrintNotes(IEnumerable<string> notes)
    {
        foreach (var note in notes)
            Terminal.Output.WriteLine($"  note: {note}");
    }
}
