using System.Runtime.ExceptionServices;
using ClosedLoop.Core;
using ClosedLoop.Vision;

namespace ClosedLoop.Sessions;

/// <summary>
/// A live source under a control clock: a thread of its own reads the source; the control loop beats at its rate and
/// takes the newest set that is there, or none. Physics never waits for vision.
/// </summary>
public sealed class LiveInput : SessionInput
{
    private const int PoolSize = 16;

    /// <summary>Silence of the source beyond this is a stall.</summary>
    private const double StallS = 1;

    private readonly IKeypointSource _source;
    private readonly SessionClock _clock;
    private readonly double? _seconds;
    private readonly Pool<Keypoints> _pool;
    private readonly BoundedQueue<Keypoints> _arrivals;
    private readonly ControlClock _control;
    private readonly StreamWatch _watch = new("keypoints", StallS);
    private ExceptionDispatchInfo? _failure;

    /// <summary>Makes an input that has not begun.</summary>
    /// <param name="source">The source; stays the caller's.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="graceS">How long past the expected arrival a beat waits for its set, seconds.</param>
    /// <param name="seconds">How long to run in the animal's time, counted from the first set; null: until the source ends.</param>
    /// <param name="pace">Seconds of the animal's time that the source delivers in one second; other than 1 only for a file.</param>
    public LiveInput(IKeypointSource source, SessionClock clock, double graceS, double? seconds, double pace = 1)
    {
        _source = source;
        _clock = clock;
        _seconds = seconds;
        _pool = new(PoolSize, () => new Keypoints(source.Layout));
        _arrivals = new("keypoints to control", 1, QueuePolicy.KeepLatest, _pool.Return);
        _control = new(clock, _arrivals, _pool, 1 / (source.RateHz * pace), graceS);
        if (Vision is { } vision)
            vision.Framed += Deliver;
    }

    /// <inheritdoc/>
    public override KeypointLayout Layout => _source.Layout;

    /// <inheritdoc/>
    public override double RateHz => _source.RateHz;

    /// <inheritdoc/>
    public override string Description => _source.Description;

    /// <inheritdoc/>
    public override IReadOnlyList<QueueStatistics> Queues => Vision is { } vision ? [vision.Queue, _arrivals.Statistics] : [_arrivals.Statistics];

    /// <inheritdoc/>
    public override VisionKeypointSource? Vision => _source as VisionKeypointSource;

    /// <inheritdoc/>
    public override StreamWatch? Watch => _watch;

    /// <inheritdoc/>
    public override long MissedTicks => _control.Missed;

    /// <inheritdoc/>
    public override long LateTicks => _control.Late;

    /// <summary>Keypoint records that have not come back to their pool; 0 after <see cref="Run"/>.</summary>
    internal int OutstandingKeypoints => _pool.Outstanding;

    /// <inheritdoc/>
    public override void Run(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reader = new Thread(() => Read(stop.Token)) { Name = "keypoint source", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _watch.Begin(_clock.Now);
        reader.Start();
        try
        {
            var ticks = _seconds is { } seconds ? (long)Math.Round(seconds * RateHz) : long.MaxValue;
            for (long count = 0; count < ticks && _control.TryNext(out var tick, stop.Token); count++)
                Deliver(tick);
        }
        finally
        {
            stop.Cancel();
            // NB: a source may be inside a device call; it is asked to end and given time, never aborted.
            reader.Join(TimeSpan.FromSeconds(5));
            _watch.End(_clock.Now);
            _control.Dispose();
            _arrivals.Dispose();
        }
        _failure?.Throw();
    }

    private void Read(CancellationToken cancellation)
    {
        var incoming = new Keypoints(_source.Layout);
        try
        {
            while (_source.TryRead(incoming, cancellation))
            {
                incoming.Stamp = incoming.Stamp with { Produced = _clock.Now };
                _watch.Arrived(incoming.Stamp.Produced);
                Deliver(incoming);
                var kept = _pool.Rent();
                kept.CopyFrom(incoming);
                if (!_arrivals.Enqueue(kept))
                    _pool.Return(kept);
            }
        }
#pragma warning disable CA1031 // Carried to the thread that runs the session, whatever it is.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            _watch.End(_clock.Now);
            _arrivals.Complete();
        }
    }
}
