using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Motion;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary>The options with which <c>register</c> makes motion clips: <c>--clips</c>, <c>--clip-seconds</c>, <c>--animal</c>.</summary>
internal sealed class ClipOptions
{
    private const double UsualS = 5;

    private readonly Option<string?> _clips = new("--clips")
    {
        Description = "Also register every frame and write the motion as clips, as stac-mjx does.",
        HelpName = "OUT.h5",
    };

    private readonly Option<double> _seconds = new("--clip-seconds")
    {
        Description = "Length of the clips; stretches between gaps that are shorter are dropped.",
        HelpName = "S",
        DefaultValueFactory = _ => UsualS,
    };

    private readonly Option<string?> _animal = new("--animal")
    {
        Description = "Make the clips with this animal, as 'register' wrote it, and fit none.",
        HelpName = "rat.yaml",
    };

    /// <summary>Adds the options to the verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_clips);
        command.Add(_seconds);
        command.Add(_animal);
    }

    /// <summary>Refuses options that do not go together; gives the animal that was named, or null where one is to be fitted.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="output">Where a fitted animal is to be written; null: nowhere.</param>
    /// <param name="fitting">The options that say how an animal is fitted.</param>
    /// <exception cref="ClosedLoopException">They do not, or the animal's file cannot be read.</exception>
    public AnimalFile? Animal(ParseResult parsed, string? output, IEnumerable<Option> fitting)
    {
        var (clips, animal, seconds) = (parsed.GetValue(_clips), parsed.GetValue(_animal), parsed.GetValue(_seconds));
        OutputPath.RequireFile("--clips", clips);
        if (clips is not null && !Path.GetExtension(clips).Equals(".h5", StringComparison.OrdinalIgnoreCase))
            throw ClosedLoopException.Usage($"'--clips {clips}' has not the ending of motion clips; name a file that ends in .h5");
        if (clips is null && IsGiven(parsed, _seconds))
            throw ClosedLoopException.Usage("--clip-seconds needs --clips, the file that the clips are written to");
        if (!(seconds >= ClipRegistration.ShortestS && double.IsFinite(seconds)))
            throw ClosedLoopException.Usage($"--clip-seconds {seconds} is too short for a clip; give {ClipRegistration.ShortestS} or more");
        if (animal is null)
            return output is not null
                ? null
                : throw ClosedLoopException.Usage("register needs --out, the file that the animal is written to; with --animal and --clips it fits none and needs none");
        if (clips is null)
            throw ClosedLoopException.Usage($"'--animal {animal}' leaves nothing to fit; add --clips to make motion clips with it, or leave it out");
        if (output is not null)
            throw ClosedLoopException.Usage($"'--animal {animal}' leaves nothing to fit that '--out {output}' could hold; leave one of them out");
        if (fitting.FirstOrDefault(option => IsGiven(parsed, option)) is { } unused)
            throw ClosedLoopException.Usage($"{unused.Name} says how an animal is fitted, and '--animal {animal}' leaves nothing to fit; leave one of them out");
        return AnimalFile.Load(animal);
    }

    /// <summary>Registers the file and writes the clips; null where none were asked for.</summary>
    /// <exception cref="ClosedLoopException">No clip can be made, or the file cannot be written.</exception>
    public ClipSummary? Make(ParseResult parsed, BodyDescription body, AnimalFile animal, KeypointFile file, CancellationToken cancellation)
    {
        if (parsed.GetValue(_clips) is not { } path)
            return null;
        using var line = new ProgressLine();
        var made = ClipRegistration.Make(body, animal, file, parsed.GetValue(_seconds), line, cancellation);
        line.Report("writing the clips");
        ClipFileWriter.Write(path, made.Library, made.Kinematics);
        return made.Summary;
    }

    /// <summary>Says what came of it.</summary>
    public void Print(ParseResult parsed, ClipSummary made)
    {
        var output = Terminal.Output;
        output.WriteLine($"{made.Clips} clips of {made.SecondsPerClip:G4} s ({made.FramesPerClip} frames at {made.RateHz:G6} Hz), {made.MeanMarkerErrorMm:F2} mm mean marker error");
        output.WriteLine($"  of {made.Frames} frames {made.FramesWithoutPose} had too few keypoints for a pose, {made.FramesInShortStretches} are in {made.ShortStretches} of {made.Stretches} stretches too short for a clip, {made.FramesLeftOver} are left over at the ends of others");
        output.WriteLine($"clips written to {parsed.GetValue(_clips)}");
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}
