using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// Keypoints of a <see cref="SimulatedAnimal"/> at 50 Hz as a camera rig and a keypoint network would deliver them, with
/// the truth beside. With a clock it keeps real time: a set comes when its vision is done. Without one it comes as fast as
/// it is read, with synthetic times. What is delivered depends on the seeds alone, never on the pace.
/// </summary>
/// <remarks>Read by one thread. <see cref="Truth"/> may be read by any.</remarks>
public sealed class SimulatedKeypointSource : IKeypointSource
{
    // Physics is simulated so many frames ahead of real time, so that a slow moment of the machine delays nothing.
    private const int FramesAhead = 16;

    private readonly SimulatedVisionOptions _options;
    private readonly SimulatedAnimal _animal;
    private readonly VisionErrors _errors;
    private readonly RandomStream _delays;
    private readonly SessionClock? _clock;
    private readonly long? _frames;
    private readonly Pool<SimulatedFrame>? _pool;
    private readonly BoundedQueue<SimulatedFrame>? _queue;
    private readonly Thread? _producer;
    private readonly SimulatedFrame? _own;
    private SessionTime? _start;
    private volatile Exception? _failure;
    private long _made, _delivered, _lastDueNs;

    /// <summary>Makes the animal and its vision.</summary>
    /// <param name="body">The body that the animal is an individual of.</param>
    /// <param name="animal">What is planted in the animal.</param>
    /// <param name="vision">How it is seen.</param>
    /// <param name="clock">The session's clock for real time; null: as fast as read, with times from 0.</param>
    /// <param name="durationS">End after so many seconds; null: without end.</param>
    /// <param name="truthFrames">How many frames of truth are kept.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range.</exception>
    public SimulatedKeypointSource(
        BodyDescription body, SimulatedAnimalOptions? animal = null, SimulatedVisionOptions? vision = null,
        SessionClock? clock = null, double? durationS = null, int truthFrames = 3000)
    {
        _options = vision ?? new();
        Check(_options);
        _animal = new(body, animal);
        Animal = animal ?? new();
        _errors = new(Layout, _options);
        _delays = new(_options.Seed, "delays");
        _clock = clock;
        _frames = durationS is { } seconds ? (long)Math.Round(seconds * RateHz) : null;
        var nq = _animal.Body.Model.Nq;
        Truth = new(truthFrames, nq, Layout);
        if (clock is null)
        {
            _own = new(nq, Layout);
            return;
        }
        // One frame is in the reader's hands and one in the producer's beside those that wait.
        _pool = new(FramesAhead + 2, () => new SimulatedFrame(nq, Layout));
        _queue = new("simulated keypoints", FramesAhead, QueuePolicy.Wait, _pool.Return);
        _producer = new(Produce) { IsBackground = true, Name = "simulated animal" };
        _producer.Start();
    }

    /// <inheritdoc/>
    public KeypointLayout Layout => _animal.Body.Layout;

    /// <inheritdoc/>
    public double RateHz => 1 / SimulatedAnimal.FramePeriodS;

    /// <inheritdoc/>
    public string Description => $"a simulated rat (scale {Animal.Scale:0.##}, seed {Animal.Seed}) seen by simulated vision";

    /// <summary>What was planted in the animal.</summary>
    public SimulatedAnimalOptions Animal { get; }

    /// <summary>How the animal is seen.</summary>
    public SimulatedVisionOptions Vision => _options;

    /// <summary>The animal's own body: planted scale, mass and keypoint offsets. Not to be changed.</summary>
    public BodyModel AnimalBody => _animal.Body;

    /// <summary>The truth of the frames delivered last.</summary>
    public TruthHistory Truth { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// The stamp: <see cref="RecordStamp.DeviceCounter"/> is the trigger index, <see cref="RecordStamp.DeviceTimeNs"/> the
    /// trigger's own clock, which is off and drifts as planted; <see cref="RecordStamp.Captured"/> is the exposure in session
    /// time. The first exposure is at the first read.
    /// </remarks>
    public bool TryRead(Keypoints keypoints, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested || _delivered == _frames)
            return false;
        if (_clock is null)
        {
            Make(_own!);
            Deliver(_own!, keypoints, SessionTime.Zero, SessionTime.Zero + _own!.DueAfterNs);
            return true;
        }
        SimulatedFrame? frame;
        while (!_queue!.TryDequeue(out frame, 50))
        {
            if (_failure is { } failure)
                throw ClosedLoopException.Failed($"the simulated animal failed: {failure.Message}", failure);
            if (cancellation.IsCancellationRequested || _queue.IsDrained)
                return false;
        }
        _start ??= _clock.Now;
        var inTime = _clock.WaitUntil(_start.Value + frame.DueAfterNs, cancellation);
        if (inTime)
            Deliver(frame, keypoints, _start.Value, _clock.Now);
        _pool!.Return(frame);
        return inTime;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue?.Complete();
        _producer?.Join();
        _queue?.Dispose();
        _animal.Dispose();
    }

    private void Deliver(SimulatedFrame frame, Keypoints keypoints, SessionTime start, SessionTime produced)
    {
        frame.Truth.Captured = start + frame.CapturedAfterNs;
        frame.Keypoints.Stamp = new(_delivered, frame.Truth.Frame, frame.DeviceTimeNs, frame.Truth.Captured, produced);
        keypoints.CopyFrom(frame.Keypoints);
        Truth.Add(frame.Truth);
        _delivered++;
    }

    private void Produce()
    {
        try
        {
            while (_made != _frames)
            {
                var frame = _pool!.Rent();
                Make(frame);
                if (_queue!.Enqueue(frame))
                    continue;
                _pool.Return(frame);
                return;
            }
            _queue!.Complete();
        }
        catch (Exception e) when (e is ClosedLoopException or InvalidOperationException)
        {
            _failure = e;
            _queue!.Complete();
        }
    }

    private void Make(SimulatedFrame frame)
    {
        if (_made > 0)
            _animal.Advance();
        var truth = frame.Truth;
        truth.Frame = _made;
        truth.TimeS = _animal.TimeS;
        truth.Behaviour = _animal.Behaviour;
        truth.WasReset = _animal.WasReset;
        _animal.Qpos.CopyTo(truth.Qpos);
        _animal.KeypointPositions.CopyTo(truth.KeypointPositions);
        _errors.Apply(truth, frame.Keypoints, SimulatedAnimal.FramePeriodS);
        // The trigger fires every 20 ms of its own clock, which runs faster than the session's by the drift.
        var deviceNs = (long)Math.Round(_made * SimulatedAnimal.FramePeriodS * 1e9);
        frame.DeviceTimeNs = _options.ClockOffsetNs + deviceNs;
        frame.CapturedAfterNs = (long)Math.Round(deviceNs / (1 + (_options.ClockDriftPpm * 1e-6)));
        var delayS = _options.DelayMedianS * Math.Exp(_options.DelaySpread * _delays.Normal());
        var late = _delays.Uniform() < _options.LateProbability;
        var lateS = _delays.Uniform(0.02, 0.04);
        if (late)
            delayS += lateS;
        // NB: a pipeline keeps its order: what was captured later is not done earlier.
        frame.DueAfterNs = _lastDueNs = Math.Max(_lastDueNs, frame.CapturedAfterNs + (long)(delayS * 1e9));
        _made++;
    }

    private static void Check(SimulatedVisionOptions o)
    {
        if (!(o.TrunkSdM >= 0 && o.LimbSdM >= 0 && o.PawSdM >= 0 && o.QualitySpread >= 0 && o.CorrelatedShare is >= 0 and <= 1 && o.CorrelationTimeS > 0))
            throw ClosedLoopException.Usage("the simulated vision's standard deviations and spread must not be negative, its correlated share must lie between 0 and 1 and its correlation time above 0");
        if (!(o.TrunkMissing is >= 0 and <= 0.5 && o.LimbMissing is >= 0 and <= 0.5 && o.PawMissing is >= 0 and <= 0.5 && o.HiddenFactor >= 0 && o.MissingMeanS > 0 && o.SwapsPerMinute >= 0))
            throw ClosedLoopException.Usage("the simulated vision's shares of missing keypoints must lie between 0 and 0.5, their mean duration above 0, and swaps a minute must not be negative");
        if (!(o.DelayMedianS >= 0 && o.DelaySpread >= 0 && o.LateProbability is >= 0 and <= 1 && Math.Abs(o.ClockDriftPpm) < 10_000))
            throw ClosedLoopException.Usage("the simulated vision's delay and its spread must not be negative, its probability of lateness must lie between 0 and 1 and its clock's drift within 10000 ppm");
    }
}
