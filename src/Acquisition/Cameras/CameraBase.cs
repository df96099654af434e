using System.Diagnostics.CodeAnalysis;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// What all cameras of this project share: the order of calls, a thread of their own that fetches frames from the device
/// into pooled buffers, a bounded queue from it to the reader, and the account of frames.
/// </summary>
public abstract class CameraBase : ICamera
{
    private const int PollMs = 10;

    // One being fetched, one held back for its time, and some in the reader's hands beside those that wait.
    private const int FramesBeyondQueue = 6;

    private static readonly TimeSpan DevicePatience = TimeSpan.FromSeconds(12);

    private readonly int _queueCapacity;
    private readonly QueuePolicy _policy;
    private readonly FrameLedger _ledger = new();
    private readonly object _gate = new();
    private Pool<CameraFrame>? _pool;
    private BoundedQueue<CameraFrame>? _queue;
    private Thread? _thread;
    private CameraFormat _poolFormat;
    private CameraFrame? _heldBack;
    private volatile CameraState _state;
    private volatile Exception? _failure;
    private long _overrunsBefore;
    private int _lent;

    /// <summary>Makes a camera whose device is not in use yet.</summary>
    /// <param name="name">What the rig calls it.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="queueCapacity">Frames that may wait for the reader.</param>
    /// <param name="policy">What happens when so many wait: a file waits, a device that does not wait loses the oldest.</param>
    protected CameraBase(string name, SessionClock clock, int queueCapacity, QueuePolicy policy)
    {
        (Name, Clock, _queueCapacity, _policy) = (name, clock, queueCapacity, policy);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public CameraState State
    {
        get => _state;
        private set => _state = value;
    }

    /// <inheritdoc/>
    public abstract CameraCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public CameraFormat Format { get; private set; }

    /// <inheritdoc/>
    public CameraStatistics Statistics => _ledger.Look(Name, _overrunsBefore + (_queue?.Statistics.Dropped ?? 0));

    /// <inheritdoc/>
    // NB: counted, not told from the pool: a slow device may still hold the frame that it is fetching when the reader has been let go.
    public int OutstandingFrames => Volatile.Read(ref _lent);

    /// <summary>Frames that are not in the pool, wherever they are: lent, waiting, or being fetched. 0 once the camera has stopped and all were returned.</summary>
    internal int FramesInUse => _pool?.Outstanding ?? 0;

    /// <summary>The session's clock.</summary>
    protected SessionClock Clock { get; }

    /// <inheritdoc/>
    public void Open()
    {
        if (State != CameraState.Closed)
            return;
        Format = OpenDevice();
        State = CameraState.Open;
    }

    /// <inheritdoc/>
    public void Configure(CameraSettings settings)
    {
        if (State == CameraState.Running)
            throw Refusal("is running; stop it before it is configured");
        Open();
        if (settings.WidthPx is null != settings.HeightPx is null)
            throw Refusal("is asked for a width without a height, or the other way round; give both");
        if (settings is { WidthPx: { } width, HeightPx: { } height } && (width, height) != (Format.WidthPx, Format.HeightPx) && !Capabilities.CanSetSize)
            throw Refusal($"cannot deliver {width} x {height} pixels, only {Format.WidthPx} x {Format.HeightPx}");
        if (settings.Channels is { } channels && channels != Format.Channels && (!Capabilities.CanSetChannels || channels is not (1 or 3)))
            throw Refusal($"cannot deliver {channels} channels, only {(Capabilities.CanSetChannels ? "1 (grey) or 3 (RGB)" : Format.Channels)}");
        if (settings.RateHz is { } rate && rate != Format.RateHz && (!Capabilities.CanSetRate || !(rate > 0 && double.IsFinite(rate))))
            throw Refusal($"cannot deliver {rate:G6} frames a second{(Capabilities.CanSetRate ? "" : $", only {Format.RateHz:G6}")}");
        Format = ConfigureDevice(settings);
    }

    /// <inheritdoc/>
    public void Start()
    {
        if (State == CameraState.Running)
            return;
        Open();
        _failure = null;
        _ledger.Restart();
        StartDevice();
        if (_pool is null || _poolFormat != Format)
        {
            if (_pool is { Outstanding: > 0 })
                throw new InvalidOperationException($"Frames of the camera '{Name}' are still lent; they have another format than it is started with.");
            var format = _poolFormat = Format;
            _pool = new(_queueCapacity + FramesBeyondQueue, () => new CameraFrame(format));
        }
        var (pool, queue) = (_pool, new BoundedQueue<CameraFrame>($"frames of {Name}", _queueCapacity, _policy, _pool.Return));
        _overrunsBefore += _queue?.Statistics.Dropped ?? 0;
        lock (_gate)
            _queue = queue;
        _thread = new(() => Fetch(pool, queue)) { Name = $"camera {Name}", IsBackground = true };
        _thread.Start();
        State = CameraState.Running;
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out CameraFrame? frame, CancellationToken cancellation)
    {
        frame = null;
        var queue = _queue ?? throw Refusal("is not running; start it before it is read");
        lock (_gate)
            if (ReferenceEquals(queue, _queue))
                (frame, _heldBack) = (_heldBack, null);
        while (frame is null && !queue.TryDequeue(out frame, PollMs))
        {
            if (cancellation.IsCancellationRequested || State != CameraState.Running)
                return false;
            if (!queue.IsDrained)
                continue;
            return _failure is { } failure ? throw Failed(failure) : false;
        }
        if (cancellation.IsCancellationRequested || !WaitUntilDue(frame, cancellation))
        {
            HoldBack(frame, queue);
            frame = null;
            return false;
        }
        _ledger.Observe(frame);
        Interlocked.Increment(ref _lent);
        return true;
    }

    /// <inheritdoc/>
    public void Return(CameraFrame frame)
    {
        _pool!.Return(frame);
        Interlocked.Decrement(ref _lent);
    }

    /// <inheritdoc/>
    public void Stop()
    {
        if (State != CameraState.Running)
            return;
        lock (_gate)
            State = CameraState.Open;
        _queue!.Complete();
        // NB: a thread may be inside a device call; it is asked to end and given time, never aborted.
        if (!_thread!.Join(DevicePatience))
            throw Refusal($"does not answer: a call to it has not come back for {DevicePatience.TotalSeconds} s; unplug it, or end the program");
        StopDevice();
        _queue.Dispose();
        lock (_gate)
        {
            if (_heldBack is { } frame)
                _pool!.Return(frame);
            _heldBack = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        if (State == CameraState.Open)
            CloseDevice();
        State = CameraState.Closed;
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes the device into use and says what it delivers.</summary>
    protected abstract CameraFormat OpenDevice();

    /// <summary>Sets what was asked for and is within the capabilities; says what was granted.</summary>
    protected abstract CameraFormat ConfigureDevice(CameraSettings settings);

    /// <summary>Prepares the device for the first <see cref="FetchFrame"/>.</summary>
    protected abstract void StartDevice();

    /// <summary>
    /// Waits for the device's next frame and writes it, with the device's counter and time; on the camera's own thread.
    /// </summary>
    /// <returns>False at the end.</returns>
    protected abstract bool FetchFrame(CameraFrame frame);

    /// <summary>
    /// Waits on the reader's thread until a frame is due, and stamps it; the default leaves it as it is. NB: the wait
    /// ends also when the camera is stopped.
    /// </summary>
    /// <returns>False where the wait was ended.</returns>
    protected virtual bool WaitUntilDue(CameraFrame frame, CancellationToken cancellation) => true;

    /// <summary>Ends what <see cref="StartDevice"/> began.</summary>
    protected abstract void StopDevice();

    /// <summary>Lets go of the device.</summary>
    protected abstract void CloseDevice();

    /// <summary>A sentence that names the camera and its device.</summary>
    protected ClosedLoopException Refusal(string what) => ClosedLoopException.Usage($"the camera '{Name}' ({Description}) {what}");

    private ClosedLoopException Failed(Exception cause) =>
        ClosedLoopException.Failed($"the camera '{Name}' ({Description}) failed: {cause.Message}", cause);

    /// <summary>Keeps a frame that was not handed out as the next, unless the camera was stopped meanwhile.</summary>
    private void HoldBack(CameraFrame frame, BoundedQueue<CameraFrame> queue)
    {
        lock (_gate)
        {
            // NB: a camera that was started again must not deliver a frame of before.
            if (State == CameraState.Running && ReferenceEquals(queue, _queue))
                _heldBack = frame;
            else
                _pool!.Return(frame);
        }
    }

    private void Fetch(Pool<CameraFrame> pool, BoundedQueue<CameraFrame> queue)
    {
        CameraFrame? frame = null;
        try
        {
            while (State != CameraState.Closed)
            {
                frame = pool.Rent();
                (frame.ByteCount, frame.Defect) = (frame.Format.ByteCount, FrameDefect.None);
                if (!FetchFrame(frame) || !queue.Enqueue(frame))
                    break;
                frame = null;
            }
        }
#pragma warning disable CA1031 // Carried to the thread that reads, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _failure = error;
        }
        if (frame is not null)
            pool.Return(frame);
        queue.Complete();
    }
}
