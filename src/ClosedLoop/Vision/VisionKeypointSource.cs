using System.Runtime.ExceptionServices;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Vision;

/// <summary>
/// Keypoints from images: frame sets are read, and a network makes keypoints of them. Live, a thread of its own reads the
/// sets and hands each to whoever records them; of those that wait for the network the newest two stay, and the sets that
/// it had no time for are counted. Otherwise every set is estimated, in order, as it is asked for.
/// </summary>
/// <remarks>
/// Sets are handed to <see cref="Framed"/> whole, also those that the network never sees. One thread calls
/// <see cref="TryRead"/>. Frames in memory: one being read, two that wait, one being estimated.
/// </remarks>
public sealed class VisionKeypointSource : IKeypointSource
{
    // NB: with one waiting, a hiccup of the machine of two periods costs a set; with two, of three. More would let a network
    // that is too slow for its cameras lag behind them by as much.
    private const int Waiting = 2;
    private const int SetsInMemory = Waiting + 2;
    private const int WarmUpRuns = 20;

    private readonly IFrameSource _frames;
    private readonly IKeypointEstimator _estimator;
    private readonly KeypointFilter? _filter;
    private readonly SessionClock _clock;
    private readonly bool _isLive;
    private readonly Pool<FrameSet> _pool;
    private readonly BoundedQueue<FrameSet> _arrivals;
    private readonly CancellationTokenSource _stop = new();
    private readonly LatencyHistogram _latency = new("images_to_keypoints");
    private Thread? _reader;
    private volatile ExceptionDispatchInfo? _failure;
    private bool _isDisposed;
    private long _sets, _incomplete, _withoutAnimal;

    /// <summary>Joins frames and an estimator, both of which are then this source's, and warms the estimator up.</summary>
    /// <param name="frames">The images.</param>
    /// <param name="estimator">What makes keypoints of them.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="isLive">Whether sets are read at their own pace on a thread of its own; false: as keypoints are asked for.</param>
    /// <param name="filter">The temporal filter; null: none.</param>
    /// <exception cref="ClosedLoopException">A camera's name cannot stand in a recording.</exception>
    public VisionKeypointSource(IFrameSource frames, IKeypointEstimator estimator, SessionClock clock, bool isLive, KeypointFilter? filter = null)
    {
        (_frames, _estimator, _clock, _isLive, _filter) = (frames, estimator, clock, isLive, filter);
        FrameLayout = FrameLayout.Of(frames);
        _pool = new(SetsInMemory, FrameLayout.NewFrameSet);
        _arrivals = new("images to keypoints", Waiting, QueuePolicy.DropOldest, _pool.Return);
        if (frames is CameraFrameSource cameras)
        {
            cameras.Found += finding => Found?.Invoke(finding);
            Cameras = cameras;
        }
        for (var i = 0; i < WarmUpRuns; i++)
            estimator.WarmUp();
        foreach (var latency in estimator.Latencies)
            latency.Reset();
    }

    /// <summary>Sees every frame set as it arrives, lent, on the thread that reads them.</summary>
    public event Action<FrameSet>? Framed;

    /// <summary>Sees what is noticed of a camera, on the thread that reads the sets.</summary>
    public event Action<CameraFinding>? Found;

    /// <summary>The cameras, for what they delivered and lost; null where the images come from files.</summary>
    public CameraFrameSource? Cameras { get; }

    /// <inheritdoc/>
    public KeypointLayout Layout => _estimator.Layout;

    /// <inheritdoc/>
    public double RateHz => _frames.RateHz;

    /// <inheritdoc/>
    public string Description => $"{_frames.Description}, keypoints by a network on {_estimator.Device}";

    /// <summary>The cameras whose images pass through.</summary>
    public FrameLayout FrameLayout { get; }

    /// <summary>What the networks run on.</summary>
    public string Device => _estimator.Device;

    /// <summary>The queue between the cameras and the network: its drops are the sets that nobody looked at.</summary>
    public QueueStatistics Queue => _arrivals.Statistics;

    /// <summary>Sets that the network has looked at.</summary>
    public long Sets => Interlocked.Read(ref _sets);

    /// <summary>Of <see cref="Sets"/>, those in which the image of some camera was missing.</summary>
    public long IncompleteSets => Interlocked.Read(ref _incomplete);

    /// <summary>Of <see cref="Sets"/>, those in which no animal was seen.</summary>
    public long SetsWithoutAnimal => Interlocked.Read(ref _withoutAnimal);

    /// <summary>From a set's arrival to its keypoints, and the parts of that.</summary>
    public IReadOnlyList<LatencySummary> Latencies =>
        [_latency.Summarise(), .. _estimator.Latencies.Select(latency => latency.Summarise())];

    /// <inheritdoc/>
    public bool TryRead(Keypoints keypoints, CancellationToken cancellation)
    {
        if (NextSet(cancellation) is not { } set)
            return false;
        try
        {
            var arrived = _clock.Now;
            var found = _estimator.Process(set);
            keypoints.CopyFrom(_filter?.Process(found) ?? found);
            var now = _clock.Now;
            keypoints.Stamp = keypoints.Stamp with { Produced = now };
            // NB: live, a set may have waited for the network: that counts. Otherwise its own times are those of a file.
            _latency.Record(now - (_isLive ? set.Stamp.Produced : arrived));
            Interlocked.Increment(ref _sets);
            Interlocked.Add(ref _incomplete, _estimator.Quality.ViewsPresent < set.Pixels.Length ? 1 : 0);
            Interlocked.Add(ref _withoutAnimal, _estimator.Quality.AnimalSeen ? 0 : 1);
            return true;
        }
        finally
        {
            _pool.Return(set);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _stop.Cancel();
        _arrivals.Complete();
        _reader?.Join();
        _arrivals.Dispose();
        _stop.Dispose();
        _frames.Dispose();
        _estimator.Dispose();
    }

    /// <summary>The set to look at next; null at the end.</summary>
    private FrameSet? NextSet(CancellationToken cancellation)
    {
        if (!_isLive)
            return ReadSet(cancellation);
        if (_reader is null)
        {
            _reader = new(ReadAll) { Name = "frame sets", IsBackground = true, Priority = ThreadPriority.AboveNormal };
            _reader.Start();
        }
        while (!cancellation.IsCancellationRequested)
        {
            if (_arrivals.TryDequeue(out var set, 50))
                return set;
            if (!_arrivals.IsDrained)
                continue;
            _failure?.Throw();
            return null;
        }
        return null;
    }

    private FrameSet? ReadSet(CancellationToken cancellation)
    {
        var set = _pool.Rent();
        var isRead = false;
        try
        {
            isRead = _frames.TryRead(set, cancellation);
            if (isRead)
                Framed?.Invoke(set);
            return isRead ? set : null;
        }
        finally
        {
            if (!isRead)
                _pool.Return(set);
        }
    }

    private void ReadAll()
    {
        try
        {
            while (ReadSet(_stop.Token) is { } set)
                if (!_arrivals.Enqueue(set))
                    _pool.Return(set);
        }
#pragma warning disable CA1031 // Carried to the thread that asks for keypoints, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(error);
        }
        finally
        {
            _arrivals.Complete();
        }
    }
}
