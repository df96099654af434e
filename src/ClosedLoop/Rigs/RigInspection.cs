using ClosedLoop.Acquisition;
using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Diagnostics;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;
using ClosedLoop.Vision;

namespace ClosedLoop.Rigs;

/// <summary>
/// A rig looked at from end to end before anything starts: the file, the files that it names, whether animal, body and
/// keypoints fit each other, and the room for the recording. Every problem is kept, not only the first; what was loaded
/// serves the session.
/// </summary>
public sealed class RigInspection : IDisposable
{
    private readonly List<string> _problems = [];
    private readonly List<RigFinding> _findings = [];
    private readonly SessionClock _clock;

    /// <summary>Looks at a rig.</summary>
    /// <param name="path">The rig file.</param>
    /// <param name="clock">The clock of the session to come.</param>
    /// <param name="seconds">How long it is to last, where that is not as the file says.</param>
    /// <param name="records">Whether it is to be recorded.</param>
    public RigInspection(string path, SessionClock clock, double? seconds, bool records)
    {
        (Path, _clock) = (path, clock);
        if (RigFileReader.Read(path, _problems) is not { } rig)
            return;
        if (seconds is not null && rig.Keypoints is { } keypoints)
            rig = rig with { Keypoints = keypoints with { Seconds = seconds } };
        Configuration = rig;
        Body = Try(() => rig.Body is { } body ? BodyDescription.Load(body.MjcfPath, body.AttachmentPath) : RodentBody.Describe());
        Animal = rig.AnimalPath is { } animal ? Try(() => AnimalFile.Load(animal)) : null;
        if (rig.Keypoints is { Source: KeypointSourceKind.File } file)
            File = Try(() => Open(file));
        if (rig.Keypoints is { Source: KeypointSourceKind.Cameras })
            Vision = OpenCameras(rig);
        LookAtKeypoints(rig);
        LookAtAnimal(rig);
        Setup = Body is not null && Animal is not null && Layout is not null ? Try(() => MakeSetup(Animal)) : null;
        var layout = Body is null || Layout is null ? null : Setup?.RecordingLayout ?? Try(BareLayout);
        if (layout is not null && Vision is not null)
            layout = layout with { Frames = Vision.FrameLayout };
        if (rig.Tetrodes is { } tetrodes && LookAtTetrodes(tetrodes) is { } electrodes && layout is not null)
            layout = layout with { Tetrodes = electrodes };
        LookAtComparison(rig);
        LookAtControl(rig, layout);
        if (rig.Recording is { } recording && records)
            Room = layout is null ? null : Try(() => RecordingRoom.Look(recording, layout.EstimateBytesPerSecond() * (File is null ? 1 : rig.Keypoints!.Rate)));
        LookAtRecording(rig, records);
    }

    /// <summary>The rig file.</summary>
    public string Path { get; }

    /// <summary>What the file says, resolved; null where nothing of it can be read.</summary>
    public RigConfiguration? Configuration { get; }

    /// <summary>All that is wrong, a sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What was found, part for part.</summary>
    public IReadOnlyList<RigFinding> Findings => _findings;

    /// <summary>How long the session is to last, seconds of the animal's time; null: until a person ends it.</summary>
    public double? PlannedS { get; private set; }

    /// <summary>The room for the recording; null where nothing is recorded or that cannot be known.</summary>
    public RecordingRoom? Room { get; }

    /// <summary>The body before it is sized for the animal; null where it cannot be read.</summary>
    internal BodyDescription? Body { get; }

    /// <summary>The animal; null where it is measured first, or cannot be read.</summary>
    internal AnimalFile? Animal { get; }

    /// <summary>The keypoint file, at its beginning; null where the source is no file.</summary>
    internal KeypointFile? File { get; }

    /// <summary>Cameras and networks, before their first frame; null where the keypoints come without images.</summary>
    internal VisionKeypointSource? Vision { get; }

    /// <summary>What triggers cameras that play videos; null where no such cameras are.</summary>
    internal TriggerClock? Trigger { get; private set; }

    /// <summary>What a session needs besides its ticks; null where the animal is measured first.</summary>
    internal SessionSetup? Setup { get; }

    private KeypointLayout? Layout => File?.Layout ?? Vision?.Layout ?? (Configuration?.Keypoints?.Source == KeypointSourceKind.Simulated ? SimulatedLaboratory.Layout : null);

    private double RateHz => File?.RateHz ?? Vision?.RateHz ?? SimulatedLaboratory.RateHz;

    /// <summary>Throws where anything is wrong, all of it in one message.</summary>
    /// <exception cref="ClosedLoopException">Something is.</exception>
    public void ThrowIfProblems()
    {
        if (_problems is [var only])
            throw ClosedLoopException.Usage(only);
        if (_problems.Count > 0)
            throw ClosedLoopException.Usage($"the rig {Path} has {_problems.Count} problems:\n{string.Join('\n', _problems.Select(problem => $"  {problem}"))}");
    }

    /// <summary>The setup with an animal that was measured.</summary>
    internal SessionSetup MakeSetup(AnimalFile animal) => new(Body!, animal, Layout!, Configuration!.ToSession(RateHz, Source));

    private string Source => File?.Description ?? Vision?.Description ?? $"a simulated rat (seed {Configuration!.Keypoints!.Seed}) seen by simulated vision";

    /// <inheritdoc/>
    public void Dispose()
    {
        Setup?.Dispose();
        File?.Dispose();
        Vision?.Dispose();
    }

    private VisionKeypointSource? OpenCameras(RigConfiguration rig)
    {
        // What is wrong with the section, or that it is missing, the reader has said.
        if (rig.Cameras is not { } cameras)
            return null;
        var vision = Try(() =>
        {
            var opened = cameras.Open(_clock, out var trigger);
            Trigger = trigger;
            return opened;
        });
        if (vision is null)
            return null;
        _findings.Add(new("cameras", string.Join(", ", vision.FrameLayout.CameraNames.Zip(vision.FrameLayout.Cameras, (name, size) => $"{name} {size.Width}x{size.Height}"))));
        _findings.Add(new("networks", $"{cameras.Vision.Model} on {vision.Device}"));
        return vision;
    }

    /// <summary>Opens the tetrodes for a look: nothing of them is connected by that.</summary>
    private TetrodeLayout? LookAtTetrodes(RigTetrodes tetrodes)
    {
        using var stage = Try(() => tetrodes.Open(_clock, new BehaviourActivity(tetrodes.Seed), Trigger, Vision is not null));
        if (stage is null)
            return null;
        if (tetrodes.StatePath is { } state && !Directory.Exists(System.IO.Path.GetDirectoryName(state)))
            _problems.Add($"the units are to be kept in {state}, and there is no such folder; make it, or name another file");
        _findings.Add(new("tetrodes", FormattableString.Invariant(
            $"{stage.Description}: {stage.Layout.Tetrodes.Count} tetrodes, {stage.Layout.Channels.Count} channels at {stage.Layout.RateHz:G6} Hz; {(stage.State is null ? $"units are learnt for {tetrodes.LearnSeconds:G4} s" : $"begins with the units of {tetrodes.StatePath}")}, counted in bins of {tetrodes.BinMs:G4} ms{(stage.Layout.SyncChannel is { } sync ? $"; placed on the session's clock by the cameras' triggers on the channel {sync}" : "")}")));
        return stage.Layout;
    }

    /// <summary>Sees that the classes that are to be compared are there. NB: for an animal that is measured first it is seen then.</summary>
    private void LookAtComparison(RigConfiguration rig)
    {
        if (rig.Tetrodes is null && rig.Comparison is { Enabled: true })
            _problems.Add($"{Path}: the section 'comparison' compares the network with units, and there are no 'tetrodes'; add them, or leave it out");
        if (rig.Tetrodes is null || rig.Comparison is { Enabled: false } || Setup is null)
            return;
        var (options, layout) = (rig.Comparison?.Options ?? new(), ComparisonStage.LayoutOf(Setup));
        if (Try(() => new FeatureReduction(layout, options.Classes.Count > 0 ? options.Classes : ComparisonConfiguration.Usual(layout), options.MostFeatures)) is { } features)
            _findings.Add(new("comparison", FormattableString.Invariant($"{string.Join(", ", features.Groups.Select(group => group.Name))} at lags of {string.Join(", ", options.LagsMs)} ms")));
    }

    private KeypointFile Open(RigKeypoints keypoints)
    {
        var file = KeypointFile.Open(keypoints.Path!, new()
        {
            Units = keypoints.Units, RateHz = keypoints.RateHz, PlaybackRate = keypoints.Rate, Clock = _clock,
        });
        return file.Problems.None || keypoints.AllowMissing
            ? file
            : throw ClosedLoopException.Usage($"'{keypoints.Path}' is not complete: {file.Problems}; repair the file, or set 'allow_missing: true' to leave missing keypoints out");
    }

    /// <summary>Sizes of the records, where no animal is there yet.</summary>
    private RecordingLayout BareLayout()
    {
        using var body = Body!.Compile(Layout!);
        using var controller = ControllerFactory.Create(
            Configuration?.Control.Controller ?? ControllerFactory.DefaultFor(Body, RateHz).Name, body, 1 / RateHz, threads: 1, new SessionConfiguration { RateHz = RateHz }.Policy);
        return new(Layout!, RateHz, body.Model.Nq, body.Model.Nv, body.Model.Nu, controller.Activations);
    }

    private void LookAtKeypoints(RigConfiguration rig)
    {
        if (rig.Keypoints is not { } keypoints || (keypoints.Source == KeypointSourceKind.File && File is null) || (keypoints.Source == KeypointSourceKind.Cameras && Vision is null))
            return;
        PlannedS = keypoints.Seconds;
        if (File is not null)
            PlannedS = Math.Min(File.FrameCount / File.RateHz, PlannedS ?? double.PositiveInfinity);
        var rate = keypoints.Rate == 1 ? "" : FormattableString.Invariant($", played at {keypoints.Rate:G6} times its speed");
        _findings.Add(new("keypoints", FormattableString.Invariant(
            $"{Source}, {RateHz:G6} Hz{rate}, {(PlannedS is { } planned ? $"{planned:F1} s" : "until stopped")}")));
        if (File is not null)
            _findings.AddRange(File.Notes.Select(note => new RigFinding("note", note)));
    }

    private void LookAtAnimal(RigConfiguration rig)
    {
        if (Animal is not null)
            _findings.Add(new("animal", FormattableString.Invariant($"{Animal.Name}, {Animal.Scale:F3} of the size of the body {Animal.BodyName}")));
        else if (rig.Keypoints?.Source == KeypointSourceKind.Cameras && rig.AnimalPath is null)
            _problems.Add($"{Path}: the key 'animal' is missing, and only a simulated animal is measured before the session; 'closedloop track' makes keypoints of this animal's videos and 'closedloop register' makes rat.yaml of those");
        else if (rig.Keypoints?.Source == KeypointSourceKind.File && rig.AnimalPath is null)
            _problems.Add($"{Path}: the key 'animal' is missing, and only a simulated animal is measured before the session; 'closedloop register {rig.Keypoints.Path} --out rat.yaml' makes one");
        else if (rig.AnimalPath is null && rig.Keypoints is not null)
            _findings.Add(new("animal", $"none is named: measured for {SimulatedLaboratory.MeasuringS} s of its time before the session"));
    }

    private void LookAtControl(RigConfiguration rig, RecordingLayout? layout)
    {
        if (layout is not null)
            _findings.Add(new("body", $"{Body!.Name}: {layout.PositionCount} positions, {layout.VelocityCount} degrees of freedom, {layout.ActionCount} actuators"));
        if (rig.Keypoints is not { } keypoints || (keypoints.Source == KeypointSourceKind.File && File is null) || (keypoints.Source == KeypointSourceKind.Cameras && Vision is null))
            return;
        var periodMs = 1000 / (RateHz * keypoints.Rate);
        if (rig.Control.GraceMs >= periodMs / 2)
            _problems.Add(FormattableString.Invariant(
                $"{Path}: 'grace_ms' in 'control' must be less than half a control period, here {periodMs / 2:G4} ms ({RateHz * keypoints.Rate:G4} Hz), not {rig.Control.GraceMs}"));
        else
            _findings.Add(new("control", FormattableString.Invariant(
                $"{1000 / periodMs:G4} Hz, {rig.Control.GraceMs:G4} ms grace, put back beyond {rig.Control.LeaveLimitMm:G4} mm or {rig.Control.FallLimitDeg:G4} degrees; {(rig.Control.ReferenceMode == ReferenceMode.Predict ? "acts at once after a forecast" : "runs behind by what it looks ahead")}")));
    }

    private void LookAtRecording(RigConfiguration rig, bool records)
    {
        if (!records)
            _findings.Add(new("recording", "none, as asked for"));
        if (rig.Recording is not { } recording || Room is not { } room)
            return;
        _findings.Add(new("recording", FormattableString.Invariant(
            $"{room.Folder}: {room.FreeBytes / 1e9:F1} GB free, {room.BytesPerSecond / 1e6:F2} MB/s, room for {room.Minutes:F0} min")));
        if (recording.Name is { } name && System.IO.File.Exists(System.IO.Path.Combine(recording.Folder, $"{name}.mcap")))
            _problems.Add($"{System.IO.Path.Combine(recording.Folder, $"{name}.mcap")} is there already and is not overwritten; name another recording, or leave 'name' out to have each called by its time");
        // A minute is the least that anybody means by a session without an end.
        var neededS = PlannedS ?? 60;
        if (room.Minutes * 60 < neededS / (rig.Keypoints?.Rate ?? 1))
            _problems.Add(FormattableString.Invariant(
                $"the disk of {room.Folder} has room for {room.Minutes:F1} min of recording ({room.FreeBytes / 1e9:F2} GB free, of which {recording.MinimumFreeGb:G6} GB must stay free), and {neededS / 60:F1} min are planned; make room, record elsewhere, or plan less"));
    }

    private T? Try<T>(Func<T> look)
        where T : class
    {
        try
        {
            return look();
        }
        catch (Exception e) when (Failure.IsOfMachine(e))
        {
            _problems.Add(Failure.Sentence(e));
            return null;
        }
    }
}
