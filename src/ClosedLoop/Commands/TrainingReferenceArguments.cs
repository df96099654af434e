using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Imitation;
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
        Description = "Motion clips (.h5, as 'register --clips' and 'simulate --motion-library' write them), or keypoint files of the animal; none: simulated motion.",
        HelpName = "FILE..",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<double> _minutes = new("--library-minutes") { Description = "Minutes of simulated motion; beside --reference none where nothing is said.", HelpName = "M", DefaultValueFactory = _ => 30 };

    private readonly Option<int> _seed = new("--library-seed") { Description = "Seed of the simulated motion.", HelpName = "S", DefaultValueFactory = _ => 1 };

    private readonly KeypointFileArguments _reading = new();

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        _reading.AddTo(command);
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
        if (animal is null && files.FirstOrDefault(file => !ReferenceLoader.HoldsClips(file)) is { } keypoints)
            throw ClosedLoopException.Usage($"'{keypoints}' holds keypoints, which are registered to an animal first; name it with --animal, as 'closedloop register' wrote it");
        var libraries = files.Where(ReferenceLoader.HoldsClips).Select(file => ClipFileReader.Read(file).MapTo(qposNames)).ToList();
        if (animal is not null && files.Any(file => !ReferenceLoader.HoldsClips(file)))
            libraries.Add(Register(parsed, animal, [.. files.Where(file => !ReferenceLoader.HoldsClips(file))], qposNames, cancellation));
        if (files.Length == 0 || parsed.GetResult(_minutes) is { Implicit: false })
        {
            using var line = new ProgressLine();
            libraries.Add(MotionLibraryGenerator.Generate(
                new() { Minutes = parsed.GetValue(_minutes), Seed = parsed.GetValue(_seed) },
                (done, lives) => line.Report($"{done} of {lives} simulated lives"), cancellation));
        }
        return new(libraries, shortest);
    }

    /// <summary>Keypoint files as motion of the animal that they are of.</summary>
    private MotionLibrary Register(ParseResult parsed, AnimalFile animal, string[] files, string[] qposNames, CancellationToken cancellation)
    {
        using var loader = new ReferenceLoader
        {
            // NB: an animal knows its body by all of its text, looks included, and those that are trained on have none.
            Description = RodentBody.Describe(), Animal = animal, ControlPeriodS = 0.02, OpenKeypoints = path => _reading.Open(parsed, path, playbackRate: null, clock: null),
        };
        foreach (var file in files)
            loader.Load(file, cancellation);
        return new() { QposNames = qposNames, Scale = animal.Scale, Clips = [.. loader.References.Select(reference => ((ReferenceMotion)reference.Poses).Clip)], Source = string.Join(", ", files) };
    }
}
