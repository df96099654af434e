using System.Reactive.Subjects;
using ClosedLoop.Core;
using ClosedLoop.Vision;

namespace ClosedLoop.Sessions;

/// <summary>
/// Where a session's ticks come from: a live source under a control clock, a keypoint file, or a recording. What follows
/// cannot tell which.
/// </summary>
public abstract class SessionInput : IDisposable
{
    private readonly Subject<Keypoints> _keypoints = new();
    private readonly Subject<ControlTick> _ticks = new();
    private readonly Subject<FrameSet> _frames = new();

    /// <summary>Names and order of the keypoints.</summary>
    public abstract KeypointLayout Layout { get; }

    /// <summary>Ticks per second of the animal's time.</summary>
    public abstract double RateHz { get; }

    /// <summary>What this input is, in a few words.</summary>
    public abstract string Description { get; }

    /// <summary>Every keypoint set that arrives, in order, also those that no tick will see. On the thread of the source.</summary>
    public IObservable<Keypoints> Keypoints => _keypoints;

    /// <summary>
    /// Every frame set that arrives, in order, also those that were made no keypoints of; none where the keypoints come
    /// without images. Lent, on the thread of the cameras.
    /// </summary>
    public IObservable<FrameSet> Frames => _frames;

    /// <summary>What makes the keypoints of images; null where they come without.</summary>
    public virtual VisionKeypointSource? Vision => null;

    /// <summary>The beats of the control loop. On the thread that calls <see cref="Run"/>.</summary>
    public IObservable<ControlTick> Ticks => _ticks;

    /// <summary>The queues between the source and the control loop, for their drops.</summary>
    public virtual IReadOnlyList<QueueStatistics> Queues => [];

    /// <summary>What watches the source for silence; null where nothing can be late.</summary>
    public virtual StreamWatch? Watch => null;

    /// <summary>Beats without a new keypoint set.</summary>
    public virtual long MissedTicks => 0;

    /// <summary>Beats that used a set that had come too late for its own.</summary>
    public virtual long LateTicks => 0;

    /// <summary>Runs until the source ends or <paramref name="cancellation"/> is asked for; everything is delivered when it returns.</summary>
    /// <exception cref="ClosedLoopException">The source failed, or a subscriber did.</exception>
    public abstract void Run(CancellationToken cancellation);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _keypoints.Dispose();
        _ticks.Dispose();
        _frames.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Delivers one keypoint set.</summary>
    protected void Deliver(Keypoints keypoints) => _keypoints.OnNext(keypoints);

    /// <summary>Delivers one frame set.</summary>
    protected void Deliver(FrameSet set) => _frames.OnNext(set);

    /// <summary>Delivers one beat.</summary>
    protected void Deliver(in ControlTick tick) => _ticks.OnNext(tick);
}
