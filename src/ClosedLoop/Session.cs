using System.Reactive.Linq;
using System.Runtime;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Tetrodes;

namespace ClosedLoop;

/// <summary>
/// The experiment, from top to bottom: images of the animal become its keypoints, the keypoints become the pose of a body,
/// the pose becomes the reference that the virtual rodent follows; beside it the samples of its tetrodes become the spikes
/// of units, and these counts that end with the beats of the body; and both are compared: which units follow what the network
/// computes, and which how the animal moves. Every record on the way is kept.
/// </summary>
/// <remarks>
/// Threads: images are read on one thread and made keypoints of on a second (Vision); samples are read on one thread and
/// sorted on a second (Tetrodes); network and neurons are compared on one (Comparing); everything from a tick to its control step happens on the thread that calls
/// <see cref="Run"/>, in order; the recorder encodes images and writes on threads of its own, telemetry looks on.
/// </remarks>
public sealed class Session : IDisposable
{
    private readonly SessionInput _input;
    private readonly TetrodeStage? _tetrodes;
    private readonly ComparisonStage? _comparison;
    private readonly Registrar _registrar;
    private readonly VirtualRodent _rodent;
    private readonly SessionClock _clock;
    private SessionRecorder? _recorder;
    private RecordingOutlook? _outlook;

    /// <summary>Puts a session together and warms it up; nothing runs yet.</summary>
    /// <param name="setup">The animal, the body, and how both are to be treated.</param>
    /// <param name="input">Where the ticks come from; stays the caller's.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="tetrodes">The tetrodes beside the body; null where there are none. Stay the caller's.</param>
    /// <param name="comparison">What compares the two; null where nothing does. Stays the caller's.</param>
    public Session(SessionSetup setup, SessionInput input, SessionClock clock, TetrodeStage? tetrodes = null, ComparisonStage? comparison = null)
    {
        Setup = setup;
        (_input, _tetrodes, _comparison) = (input, tetrodes, comparison);
        _clock = clock;
        SessionWarmUp.Run(setup);
        _registrar = setup.MakeRegistrar(clock);
        _rodent = setup.MakeRodent(clock);
        Statistics = new(clock);
    }

    /// <summary>The animal, the body, and how both are treated.</summary>
    public SessionSetup Setup { get; }

    /// <summary>What adds up while the session runs.</summary>
    public SessionStatistics Statistics { get; }

    /// <summary>The virtual rodent, to be drawn after the session.</summary>
    public VirtualRodent Rodent => _rodent;

    /// <summary>Runs to the end of the input, or until <paramref name="cancellation"/> is asked for.</summary>
    /// <param name="recorder">Where every record goes; null where nothing is kept. Stays the caller's, who finishes it.</param>
    /// <param name="onPose">Sees every pose, lent, on the control thread.</param>
    /// <param name="onStep">Sees every control step, lent, on the control thread.</param>
    /// <param name="onProgress">Sees how the session stands once a second, on a thread of its own.</param>
    /// <param name="cancellation">Ends the session with what it has.</param>
    /// <exception cref="ClosedLoopException">The source, the recording or the physics failed; what was recorded so far is safe.</exception>
    public SessionResult Run(
        SessionRecorder? recorder, Action<Pose>? onPose, Action<ControlStep>? onStep, Action<SessionProgress>? onProgress, CancellationToken cancellation)
    {
        _recorder = recorder;
        _outlook = recorder is null ? null : new(recorder);
        var started = _clock.Now;
        var current = default(ControlTick);

        // Everything that arrives is recorded as it arrives, also what no beat will see.
        using var findings = new CameraFindings(_input.Vision, recorder);
        using var images = (recorder?.Layout.Frames is null ? Observable.Empty<FrameSet>() : _input.Frames).Subscribe(set => recorder!.Write(set));
        using var arrivals = _input.Keypoints.Subscribe(keypoints => recorder?.Write(keypoints));

        // Beside the body: samples become the spikes of units, and spikes counts that end with the beats.
        using var samples = _tetrodes?.Samples.Subscribe(block => recorder?.Write(block));
        using var lfp = _tetrodes?.Lfp.Subscribe(slow => recorder?.Write(slow));
        using var spikes = _tetrodes?.Spikes.Subscribe(sorted => recorder?.Write(sorted));
        using var counts = _tetrodes?.Counts.Subscribe(bin => recorder?.Write(bin));
        using var units = _tetrodes?.Units.Subscribe(unit => recorder?.Write(unit));
        using var pulses = _tetrodes?.SyncPulses.Subscribe(pulse => recorder?.Write(pulse));
        using var triggers = _tetrodes is null ? null : _input.Frames.Subscribe(set => _tetrodes.Triggered(set.Stamp.DeviceCounter, set.Stamp.Captured));
        using var losses = _tetrodes?.Findings.Subscribe(finding => recorder?.Write(finding));

        // Beside both: which units follow what the network computes, and which how the animal moves.
        using var counted = _comparison is null ? null : _tetrodes?.Counts.Subscribe(bin => _comparison.Take(bin), _comparison.EndCounts);
        using var named = _comparison is null ? null : _tetrodes?.Units.Subscribe(unit => _comparison.Take(unit));
        using var matched = _comparison is null ? null : _tetrodes?.Spikes.Subscribe(sorted => _comparison.Take(sorted));
        using var scores = _comparison?.Scores.Subscribe(found => recorder?.Write(found));
        using var behaviours = _comparison?.Behaviours.Subscribe(found => recorder?.Write(found));

        // One beat, one pose, one control step.
        var ticks = _input.Ticks.Do(tick =>
        {
            current = tick;
            recorder?.Write(tick);
            _tetrodes?.Beat(tick);
        });
        var poses = ticks.Select(tick => _registrar.Process(tick)).Do(pose =>
        {
            Statistics.Observe(pose);
            recorder?.Write(pose);
            _comparison?.Take(pose, current);
            onPose?.Invoke(pose);
        });
        var steps = poses.Select(pose => _rodent.Process(pose)).Do(step =>
        {
            Statistics.Observe(step, current);
            recorder?.Write(step);
            _comparison?.Take(step);
            onStep?.Invoke(step);
        });
        using var frames = steps.Subscribe(_ => Statistics.EndFrame());

        // Collections that stop all threads wait until the session is over, unless memory runs out.
        var collectorsMode = GCSettings.LatencyMode;
        GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
        try
        {
            using var telemetry = new SessionTelemetry(this, findings, onProgress);
            _comparison?.Start();
            _tetrodes?.Start();
            _input.Run(cancellation);
            _comparison?.EndBody();
            _tetrodes?.Finish(cancellation);
            _comparison?.Finish();
        }
        finally
        {
            GCSettings.LatencyMode = collectorsMode;
        }
        return SessionResult.Of(this, _input, Statistics.LastFrameEnd - started, cancellation.IsCancellationRequested, recorder?.Path) with { CameraFindings = findings.Counts, Tetrodes = _tetrodes?.Result(), Comparison = _comparison?.Result() };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rodent.Dispose();
        _registrar.Dispose();
        Statistics.Dispose();
    }

    /// <summary>How the session stands now; from any thread.</summary>
    internal SessionProgress Progress(SessionTime now) => new(
        now, Statistics.Frames, Statistics.MarkerError.QuantileMm(0.5), Statistics.TotalError.QuantileMm(0.5),
        _rodent.Resets, _input.MissedTicks, _input.LateTicks, Queues(), Latencies())
    {
        Stream = _input.Watch?.Look(now),
        Recording = _outlook?.Look(now),
        Tetrodes = _tetrodes?.Progress,
        Comparison = _comparison?.Progress,
    };

    /// <summary>Watches the source for silence; null where it is not live.</summary>
    internal StreamWatch? InputWatch => _input.Watch;

    /// <summary>The tetrodes; null where there are none.</summary>
    internal TetrodeStage? Tetrodes => _tetrodes;

    /// <summary>Where records go; null where nothing is recorded.</summary>
    internal SessionRecorder? Recorder => _recorder;

    /// <summary>What the keypoints come from, for a person.</summary>
    internal string Source => _input.Description;

    /// <summary>The session's clock.</summary>
    internal SessionClock Clock => _clock;

    /// <summary>Every queue of the session.</summary>
    internal IReadOnlyList<QueueStatistics> Queues() =>
        [.. _input.Queues, .. _tetrodes?.Queues ?? [], .. _comparison?.Queues ?? [], .. _recorder?.Statistics is { } recorder ? recorder.FrameQueue is { } frames ? new[] { frames, recorder.Queue } : [recorder.Queue] : []];

    /// <summary>Every stage's latencies.</summary>
    internal IReadOnlyList<LatencySummary> Latencies() =>
    [
        _registrar.Latency.Summarise(), .. Setup.Forecaster is null ? Array.Empty<LatencySummary>() : [_rodent.ForecastLatency.Summarise()],
        _rodent.ControllerLatency.Summarise(), _rodent.PhysicsLatency.Summarise(),
        Statistics.KeypointToAction.Summarise(), Statistics.CaptureToAction.Summarise(), .. _input.Vision?.Latencies ?? [],
        .. _tetrodes is { IsLive: true } ? new[] { _tetrodes.Latency.Summarise() } : [],
    ];

    /// <summary>Keeps a line of telemetry in the recording.</summary>
    internal void Record(SessionTime time, ReadOnlySpan<byte> json) => _recorder?.WriteTelemetry(time, json);
}
