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

    private readonly Option<double> _minutes = new("--library-minutes") { Description = "Minutes of simulated motion; beside --reference it is rehearsed, and there is none where nothing is said.", HelpName = "M", DefaultValueFactory = _ => 30 };

    private readonly Option<double> _rehearsal = new("--rehearsal") { Description = "Share of the episodes that simulated motion has beside --reference.", HelpName = "SHARE", DefaultValueFactory = _ => 0.4 };

    private readonly Option<int> _seed = new("--library-seed") { Description = "Seed of the simulated motion.", HelpName = "S", DefaultValueFactory = _ => 1 };

    private readonly KeypointFileArguments _reading = new();

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        _reading.AddTo(command);
        command.Add(_files);
        command.Add(_minutes);
        command.Add(_rehearsal);
        command.Add(_seed);
    }

    /// <summary>Reads or simulates the motion.</summary>
    public ReferencePool Load(ParseResult parsed, BodyDescription description, AnimalFile? animal, int shortest, CancellationToken cancellation)
    {
        using var body = description.Compile(KeypointLayout.Rat23);
        var qposNames = body.QposNames;
        var files = parsed.GetValue(_files) ?? [];
        if (animal is null && files.FirstOrDefault(file => !ReferenceLoader.HoldsClips(file)) is { } keypoints)
            throw ClosedLoopException.Usage($"'{keypoints}' holds keypoints, which are registered to an animal first; name it with --animal, as 'closedloop register' wrote it");
        var libraries = files.Where(ReferenceLoader.HoldsClips).Select(file => ClipFileReader.Read(file).MapTo(qposNames)).ToList();
        if (animal is not null && files.Any(file => !ReferenceLoader.HoldsClips(file)))
            libraries.Add(Register(parsed, animal, [.. files.Where(file => !ReferenceLoader.HoldsClips(file))], qposNames, cancellation));
        if (files.Length > 0 && parsed.GetResult(_minutes) is not { Implicit: false })
            return new(libraries, shortest);
        var share = parsed.GetValue(_rehearsal);
        if (!(share is >= 0 and <= 1))
            throw ClosedLoopException.Usage($"a rehearsal of {share} cannot be; give a share of 0 to 1");
        using var line = new ProgressLine();
        var simulated = MotionLibraryGenerator.Generate(
            new() { Minutes = parsed.GetValue(_minutes), Seed = parsed.GetValue(_seed) },
            (done, lives) => line.Report($"{done} of {lives} simulated lives"), cancellation);
        return files.Length == 0 ? new([simulated], shortest) : new(libraries, shortest, simulated, share);
    }

    /// <summary>Keypoint files as motion of the animal that they are of.</summary>
    private MotionLibrary Register(ParseResult parsed, AnimalFile animal, string[] files, IReadOnlyList<string> qposNames, CancellationToken cancellation)
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
