using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Frame sets from cameras: each is read by a thread of its own, and the reader's thread groups what they bring. A camera
/// that fails or stops is named, and the sets go on with the others; when the last has failed, so has the source.
/// </summary>
/// <remarks>For cameras that keep their own time; files that are to be read as fast as possible are <see cref="VideoFrameSource"/>'s.</remarks>
public sealed class CameraFrameSource : IFrameSource
{
    // How long the grouper is left without a look at the clock: it names a silent camera by it.
    private const int GlanceMs = 10;

    private const int ArrivalsPerCamera = 8;

    private readonly IReadOnlyList<ICamera> _cameras;
    private readonly SessionClock _clock;
    private readonly FrameGrouperOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly Pool<Arrival> _pool;
    private readonly BoundedQueue<Arrival> _arrivals;
    private readonly Thread[] _threads;
    private FrameGrouper? _grouper;
    private Arrival? _pending;
    private Exception? _failure;
    private int _running;

    /// <summary>Opens the cameras, which are then this source's. They start at the first read.</summary>
    /// <param name="cameras">The cameras, in the order of a set's images.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="options">How frames are grouped; null: by trigger index where all cameras count it, else by fitted time.</param>
    /// <exception cref="ClosedLoopException">A camera cannot be opened, two have one name, or their rates differ.</exception>
    public CameraFrameSource(IReadOnlyList<ICamera> cameras, SessionClock clock, FrameGrouperOptions? options = null)
    {
        if (cameras.Count == 0)
            throw ClosedLoopException.Usage("a session needs at least one camera, and none is named");
        (_cameras, _clock) = (cameras, clock);
        foreach (var camera in cameras)
            camera.Open();
        if (cameras.GroupBy(camera => camera.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw ClosedLoopException.Usage($"two cameras are named '{twice.Key}'; give each a name of its own");
        RateHz = cameras[0].Format.RateHz;
        if (cameras.FirstOrDefault(camera => Math.Abs(camera.Format.RateHz - RateHz) > 0.01 * RateHz) is { } other)
            throw ClosedLoopException.Usage(
                $"the cameras '{cameras[0].Name}' and '{other.Name}' run at {RateHz:G6} and {other.Format.RateHz:G6} frames a second; sets need one rate");
        var counts = cameras.All(camera => camera.Capabilities.CounterIsTriggerIndex);
        _options = options ?? new() { Mode = counts ? GroupingMode.TriggerIndex : GroupingMode.DeviceTime };
        if (_options.Mode == GroupingMode.TriggerIndex && cameras.FirstOrDefault(camera => !camera.Capabilities.CounterIsTriggerIndex) is { } uncounted)
            throw ClosedLoopException.Usage($"the camera '{uncounted.Name}' ({uncounted.Description}) does not count triggers; group by device time");
        CameraNames = [.. cameras.Select(camera => camera.Name)];
        Cameras = [.. cameras.Select(camera => (camera.Format.WidthPx, camera.Format.HeightPx, camera.Format.Channels))];
        Description = $"{cameras.Count} cameras at {RateHz:G6} Hz, grouped by {(_options.Mode == GroupingMode.TriggerIndex ? "trigger index" : "fitted device time")}";
        var capacity = ArrivalsPerCamera * cameras.Count;
        _pool = new(capacity + (2 * cameras.Count), () => new());
        _arrivals = new("frames to grouping", capacity, QueuePolicy.Wait, GiveBack);
        _threads = [.. cameras.Select((camera, i) => new Thread(() => Read(camera, i)) { Name = $"reads {camera.Name}", IsBackground = true })];
        _running = cameras.Count;
    }

    /// <summary>Sees every finding as it is made, on the reader's thread.</summary>
    public event Action<CameraFinding>? Found;

    /// <inheritdoc/>
    public IReadOnlyList<string> CameraNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<(int Width, int Height, int Channels)> Cameras { get; }

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>How frames are grouped.</summary>
    public GroupingMode Mode => _options.Mode;

    /// <summary>What the cameras have delivered and lost so far. Any thread.</summary>
    public IReadOnlyList<CameraStatistics> CameraStatistics => [.. _cameras.Select(camera => camera.Statistics)];

    /// <summary>What grouping has done so far; null before the first read. The numbers may be a frame apart where another thread reads.</summary>
    public GrouperStatistics? Grouping => _grouper?.Statistics;

    /// <summary>The queue between the cameras' threads and the reader's.</summary>
    public QueueStatistics Queue => _arrivals.Statistics;

    /// <summary>Frames and sets that are lent and not returned; 0 after <see cref="Dispose"/>.</summary>
    public int Outstanding => _cameras.Sum(camera => camera.OutstandingFrames) + (_grouper?.OutstandingSets ?? 0) + _pool.Outstanding;

    /// <inheritdoc/>
    public bool TryRead(FrameSet set, CancellationToken cancellation)
    {
        if (_grouper is null)
            Begin();
        while (!cancellation.IsCancellationRequested)
        {
            if (_pending is null)
                _arrivals.TryDequeue(out _pending);
            // While frames wait, time is theirs: a reader that was held up must not take them for late.
            var now = _pending?.Frame?.Stamp.Produced ?? _clock.Now;
            if (_grouper!.TryRelease(now, out var ready))
            {
                set.ExchangeWith(ready);
                _grouper.Return(ready);
                return true;
            }
            if (_pending is { } arrival)
                Take(arrival, now);
            else if (_running == 0)
                return _failure is null ? false : throw ClosedLoopException.Failed($"the last camera has failed: {_failure.Message}", _failure);
            else
                _arrivals.WaitForItem(GlanceMs);
        }
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _arrivals.Complete();
        foreach (var camera in _cameras)
            camera.Stop();
        if (_grouper is not null)
            foreach (var thread in _threads)
                thread.Join();
        if (_pending is { } pending)
            GiveBack(pending);
        _pending = null;
        _arrivals.Dispose();
        foreach (var camera in _cameras)
            camera.Dispose();
        _stop.Dispose();
    }

    private void Begin()
    {
        foreach (var camera in _cameras)
            camera.Start();
        _grouper = new(CameraNames, [.. _cameras.Select(camera => camera.Format)], _clock.Now, _options);
        _grouper.Found += finding => Found?.Invoke(finding);
        foreach (var thread in _threads)
            thread.Start();
    }

    private void Take(Arrival arrival, SessionTime now)
    {
        if (arrival.Frame is { } frame)
        {
            _grouper!.Add(arrival.Camera, frame, now);
        }
        else
        {
            _running--;
            _failure ??= arrival.Failure;
            _grouper!.End(arrival.Camera, now, arrival.Failure is not null);
        }
        _pending = null;
        GiveBack(arrival);
    }

    private void GiveBack(Arrival arrival)
    {
        if (arrival.Frame is { } frame)
            _cameras[arrival.Camera].Return(frame);
        (arrival.Frame, arrival.Failure) = (null, null);
        _pool.Return(arrival);
    }

    private void Read(ICamera camera, int index)
    {
        Exception? failure = null;
        try
        {
            while (camera.TryRead(out var frame, _stop.Token))
                if (!HandOn(index, frame, null))
                    return;
        }
#pragma warning disable CA1031 // Carried to the thread that reads the sets, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }
        HandOn(index, null, failure);
    }

    private bool HandOn(int index, CameraFrame? frame, Exception? failure)
    {
        var arrival = _pool.Rent();
        (arrival.Camera, arrival.Frame, arrival.Failure) = (index, frame, failure);
        if (_arrivals.Enqueue(arrival))
            return true;
        GiveBack(arrival);
        return false;
    }
}
