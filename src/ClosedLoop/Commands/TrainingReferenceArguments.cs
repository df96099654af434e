using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;
using ClosedLoop.Training;

namespace ClosedLoop.Commands;

/// <summary>The options that say what motion a policy is trained on.</summary>
internal sealed class TrainingReferenceArguments
{
    private readonly Option<string[]> _files = new("--reference")
    {
        Description = "Motion clip files (.h5, as 'register --clips' and 'simulate --motion-library' write them); none: simulated motion.",
        HelpName = "FILE..",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<double> _minutes = new("--library-minutes") { Description = "Minutes of simulated motion; beside --reference none where nothing is said.", HelpName = "M", DefaultValueFactory = _ => 30 };

    private readonly Option<int> _seed = new("--library-seed") { Description = "Seed of the simulated motion.", HelpName = "S", DefaultValueFactory = _ => 1 };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_files);
        command.Add(_minutes);
        command.Add(_seed);
    }

    /// <summary>Reads or simulates the motion.</summary>
    public ReferencePool Load(ParseResult parsed, BodyDescription description, AnimalFile? animal, int shortest, CancellationToken cancellation)
    {
        using var body = description.Compile(KeypointLayout.Rat23);
        var names = body.Model.Names(ObjectType.Joint);
        string[] qposNames = [.. Enumerable.Repeat(names[0], MotionClip.RootLength), .. names.Skip(1)];
        var files = parsed.GetValue(_files) ?? [];
        var libraries = files.Select(file => ClipFileReader.Read(file).MapTo(qposNames)).ToList();
        if (files.Length == 0 || parsed.GetResult(_minutes) is { Implicit: false })
        {
            using var line = new ProgressLine();
            libraries.Add(MotionLibraryGenerator.Generate(
                new() { Minutes = parsed.GetValue(_minutes), Seed = parsed.GetValue(_seed) },
                (done, lives) => line.Report($"{done} of {lives} simulated lives"), cancellation));
        }
        return new(libraries, shortest);
    }
}
