using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Sessions;

/// <summary>
/// The simulated laboratory with its animal measured, and six seconds of its keypoints: made once for all tests of the
/// session, which play them through it.
/// </summary>
public sealed class MeasuredLaboratory : IDisposable
{
    public const double RateHz = 50;
    public const int Seed = 1;

    private readonly TemporaryFolder _folder = new();
    private int _files;

    public MeasuredLaboratory()
    {
        Animal = SimulatedLaboratory.Measure(Seed, body: null, progress: null, CancellationToken.None).Animal;
        using var source = SimulatedLaboratory.Watch(Seed, clock: null, seconds: 6);
        for (var set = new Keypoints(source.Layout); source.TryRead(set, CancellationToken.None); set = new(source.Layout))
            Frames.Add(set);
    }

    /// <summary>The animal as its keypoints of another day showed it.</summary>
    public AnimalFile Animal { get; }

    /// <summary>Six seconds of keypoints, some missing as vision misses them; not to be changed.</summary>
    public List<Keypoints> Frames { get; } = [];

    /// <summary>The configuration of the tests.</summary>
    public static SessionConfiguration Configuration => new() { RateHz = RateHz, Source = "a test", Seed = Seed };

    public void Dispose() => _folder.Dispose();

    /// <summary>A path for a new file.</summary>
    public string NewFile(string extension) => _folder[$"{Interlocked.Increment(ref _files)}.{extension}"];

    /// <summary>The laboratory's animal on its body.</summary>
    public SessionSetup Setup() => new(SimulatedLaboratory.Body, Animal, KeypointLayout.Rat23, Configuration);

    /// <summary>Plays frames as fast as possible, recorded or not.</summary>
    public SessionResult Play(
        IReadOnlyList<Keypoints>? frames = null, string? record = null, Action<Pose>? onPose = null, Action<ControlStep>? onStep = null,
        CancellationToken cancellation = default)
    {
        var clock = new SessionClock();
        using var source = new ScriptedSource(frames ?? Frames);
        using var input = new SourceInput(source, clock);
        using var setup = Setup();
        return Run(setup, input, clock, record, onPose, onStep, cancellation);
    }

    /// <summary>Replays a recording with what it says itself, or with another animal.</summary>
    public static SessionResult Replay(string path, double? rate = null, AnimalFile? animal = null, BodyDescription? body = null, Action<Pose>? onPose = null)
    {
        var clock = new SessionClock();
        using var recording = SessionRecording.Open(path);
        using var setup = SessionArchive.SetupOf(recording, body, animal);
        using var input = new RecordingInput(recording, clock, rate);
        var reproduction = new Reproduction(recording);
        var result = Run(setup, input, clock, record: null, (Action<Pose>)reproduction.Observe + onPose, reproduction.Observe, default);
        return result with { Reproduction = reproduction.Result };
    }

    /// <summary>Runs a session, finishes its recording, and sees that nothing was lost or kept.</summary>
    public static SessionResult Run(
        SessionSetup setup, SessionInput input, SessionClock clock, string? record, Action<Pose>? onPose, Action<ControlStep>? onStep,
        CancellationToken cancellation)
    {
        using var session = new Session(setup, input, clock);
        using var recorder = record is null ? null : SessionRecorder.Start(record, SessionArchive.ContentOf(setup, clock));
        var result = session.Run(recorder, onPose, onStep, onProgress: null, cancellation);
        recorder?.Finish();
        Assert.Equal(0, recorder?.OutstandingBlocks ?? 0);
        Assert.Equal(0, recorder is null ? 0 : result.Dropped["recorder"]);
        return result;
    }
}

/// <summary>Classes of this collection share one <see cref="MeasuredLaboratory"/>.</summary>
[CollectionDefinition(Name)]
public sealed class LaboratoryCollection : ICollectionFixture<MeasuredLaboratory>
{
    public const string Name = "measured laboratory";
}
