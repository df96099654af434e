using ClosedLoop.Commands;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Imitation;

/// <summary>
/// Makes reference motions of files: motion clips as they are, keypoints registered first. Owns the bodies of the motions:
/// one for all files of the same animal and size, one for each keypoint file that its animal is fitted from.
/// </summary>
internal sealed class ReferenceLoader : IDisposable
{
    private readonly Dictionary<string, BodyModel> _bodies = [];
    private readonly List<ImitationReference> _references = [];
    private readonly List<string> _notes = [];

    /// <summary>The body before it is sized.</summary>
    public required BodyDescription Description { get; init; }

    /// <summary>The animal; null: clips are of a body of their own size, and keypoint files of animals that are fitted from them.</summary>
    public AnimalFile? Animal { get; init; }

    /// <summary>Size of the body where no animal says it; null: that of the clips, or fitted.</summary>
    public double? Scale { get; init; }

    /// <summary>How many times as heavy as its size makes it the body is.</summary>
    public double MassFactor { get; init; } = 1;

    /// <summary>Length of a control step, seconds.</summary>
    public required double ControlPeriodS { get; init; }

    /// <summary>Frames a second of clips whose file does not say or is not to be believed; null: the file's.</summary>
    public double? ClipRateHz { get; init; }

    /// <summary>Opens a keypoint file as the command line says.</summary>
    public required Func<string, KeypointFile> OpenKeypoints { get; init; }

    /// <summary>All that was loaded, in order.</summary>
    public IReadOnlyList<ImitationReference> References => _references;

    /// <summary>What is noteworthy about it, a sentence each.</summary>
    public IReadOnlyList<string> Notes => [.. _notes.Concat(_bodies.Values.SelectMany(body => body.Notes)).Distinct()];

    /// <summary>Whether a file holds motion clips, by its ending.</summary>
    public static bool HoldsClips(string path) => Path.GetExtension(path).ToLowerInvariant() is ".h5" or ".hdf5";

    /// <summary>Loads a file.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read, or is not of this body.</exception>
    public void Load(string path, CancellationToken cancellation)
    {
        if (HoldsClips(path))
            LoadClips(path);
        else
            LoadKeypoints(path, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var body in _bodies.Values)
            body.Dispose();
    }

    private void LoadClips(string path)
    {
        // Only the published layouts that name no joints need to be told them; the names do not depend on the size.
        var library = ClipFileReader.Read(path, new() { RateHz = ClipRateHz, QposNames = BodyFor(path, Animal?.Scale ?? Scale ?? 1).QposNames });
        Add(library, path);
    }

    /// <summary>Adds the clips of a library that is at hand.</summary>
    public void Add(MotionLibrary library) => Add(library, library.Source);

    private void Add(MotionLibrary library, string path)
    {
        var body = BodyFor(path, Animal?.Scale ?? Scale ?? library.Scale);
        library = library.MapTo(body.QposNames);
        if (library.FloorHeightM is null)
            _notes.Add($"'{path}' does not say how high its floor is; it is taken to be at 0");
        if (Math.Abs(body.Scale - library.Scale) > 1e-6)
            _notes.Add($"the clips of '{path}' are of a body of size {library.Scale:G4}, and are imitated by one of size {body.Scale:G4}: the root's path is scaled with it");
        foreach (var clip in library.Clips)
            _references.Add(new(clip.Name, body, new ReferenceMotion(body, OntoFloor(clip, library.FloorHeightM ?? 0), library.Scale, ControlPeriodS)));
    }

    private void LoadKeypoints(string path, CancellationToken cancellation)
    {
        using var file = OpenKeypoints(path);
        _notes.AddRange(file.Notes);
        var animal = Animal ?? Fit(path, file, cancellation);
        var body = BodyOf($"{(Animal is null ? path : "")}|{string.Join(',', file.Layout.Names)}", () => animal.Apply(Description, file.Layout));
        using var registrar = new Registrar(body, animal, new(), 1 / file.RateHz);
        var qpos = new double[file.FrameCount * body.Model.Nq];
        var keypoints = new Keypoints(file.Layout);
        for (var frame = 0; frame < file.FrameCount; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            file.Frame(frame, keypoints);
            registrar.Process(new(frame, keypoints.Stamp.Captured, keypoints)).Qpos.CopyTo(qpos, frame * body.Model.Nq);
        }
        var clip = new MotionClip
        {
            Name = Path.GetFileNameWithoutExtension(path), Behaviour = "", RateHz = file.RateHz, Frames = file.FrameCount, Nq = body.Model.Nq, Qpos = qpos,
        };
        _references.Add(new(clip.Name, body, new ReferenceMotion(body, clip, body.Scale, ControlPeriodS)));
    }

    private AnimalFile Fit(string path, KeypointFile file, CancellationToken cancellation)
    {
        var fit = AnimalFitting.Fit(
            Description, file, heldOut: 0,
            new() { Name = Path.GetFileNameWithoutExtension(path), SourceFile = Path.GetFileName(path), Scale = Scale }, cancellation);
        _notes.Add($"no --animal was given: {(Scale is null ? "size, offsets" : "offsets")} and floor were fitted from '{path}' itself");
        _notes.AddRange(fit.Notes);
        return fit.Animal;
    }

    /// <summary>The body that clips are imitated by.</summary>
    private BodyModel BodyFor(string path, double scale)
    {
        if (Animal is { } animal)
            return BodyOf($"|{string.Join(',', animal.Offsets.Select(offset => offset.Keypoint))}", () => animal.Apply(Description, Layout(animal.Offsets.Select(offset => offset.Keypoint))));
        if (!(scale is > 0.1 and < 10))
            throw ClosedLoopException.Usage($"the clips of '{path}' are of a body of size {scale:G4}, which is not plausible; give another --scale, from 0.1 to 10");
        return BodyOf(FormattableString.Invariant($"scale {scale:R}"), () => Description.Compile(Layout(Description.Attachments.Select(attachment => attachment.Keypoint)), scale));
    }

    private BodyModel BodyOf(string key, Func<BodyModel> compile)
    {
        if (_bodies.TryGetValue(key, out var known))
            return known;
        var body = compile();
        _bodies.Add(key, body);
        var mass = 0.0;
        foreach (var part in body.Model.Doubles("body_mass").Span)
            mass += part;
        if (MassFactor != 1)
            body.Model.SetTotalMass(mass * MassFactor);
        return body;
    }

    /// <summary>The rat's own layout, with its skeleton, where the names are its; else one without edges.</summary>
    private static KeypointLayout Layout(IEnumerable<string> names)
    {
        var given = names.ToArray();
        return given.Order(StringComparer.Ordinal).SequenceEqual(KeypointLayout.Rat23.Names.Order(StringComparer.Ordinal)) ? KeypointLayout.Rat23 : new(given, []);
    }

    private static MotionClip OntoFloor(MotionClip clip, double floorM)
    {
        if (floorM != 0)
            for (var frame = 0; frame < clip.Frames; frame++)
                clip.Qpos[(frame * clip.Nq) + 2] -= floorM;
        return clip;
    }
}
