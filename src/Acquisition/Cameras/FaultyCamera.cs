using System.Diagnostics.CodeAnalysis;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// A camera with planted faults: it stops, skips, repeats, delivers short frames or late ones as told, and is otherwise
/// the camera that it wraps. For the simulated laboratory, and for trying out how a session bears it.
/// </summary>
public sealed class FaultyCamera : ICamera
{
    private const int FramesLent = 8;

    private readonly ICamera _inner;
    private readonly CameraFault[] _faults;
    private readonly SessionClock _clock;
    private readonly FrameLedger _ledger = new();
    private Pool<CameraFrame>? _pool;
    private CameraFrame? _last;
    private long _repeatsLeft;
    private long _frame;

    /// <summary>Wraps a camera, which this then owns.</summary>
    /// <param name="inner">The camera.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="faults">What goes wrong, and when.</param>
    public FaultyCamera(ICamera inner, SessionClock clock, params IReadOnlyList<CameraFault> faults) => (_inner, _clock, _faults) = (inner, clock, [.. faults]);

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public string Description => $"{_inner.Description}, with planted faults";

    /// <inheritdoc/>
    public CameraState State => _inner.State;

    /// <inheritdoc/>
    public CameraCapabilities Capabilities => _inner.Capabilities;

    /// <inheritdoc/>
    public CameraFormat Format => _inner.Format;

    /// <inheritdoc/>
    public CameraStatistics Statistics => _ledger.Look(Name, _inner.Statistics.Overruns);

    /// <inheritdoc/>
    public int OutstandingFrames => (_pool?.Outstanding ?? 0) - (_last is null ? 0 : 1);

    /// <inheritdoc/>
    public void Open() => _inner.Open();

    /// <inheritdoc/>
    public void Configure(CameraSettings settings) => _inner.Configure(settings);

    /// <inheritdoc/>
    public void Start()
    {
        if (State == CameraState.Running)
            return;
        _inner.Start();
        _ledger.Restart();
        (_frame, _repeatsLeft) = (0, 0);
        var format = Format;
        if (_pool is null || _last!.Format != format)
        {
            _pool = new(FramesLent, () => new CameraFrame(format));
            _last = _pool.Rent();
        }
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out CameraFrame? frame, CancellationToken cancellation)
    {
        frame = null;
        if (_repeatsLeft == 0)
        {
            if (!TryReadNext(cancellation))
                return false;
        }
        else
        {
            _repeatsLeft--;
            _last!.Stamp = _last.Stamp with { Produced = _clock.Now };
        }
        frame = _pool!.Rent();
        frame.CopyFrom(_last!);
        _ledger.Observe(frame);
        return true;
    }

    /// <inheritdoc/>
    public void Return(CameraFrame frame) => _pool!.Return(frame);

    /// <inheritdoc/>
    public void Stop() => _inner.Stop();

    /// <inheritdoc/>
    public void Dispose() => _inner.Dispose();

    /// <summary>Reads the next frame that is not swallowed into <see cref="_last"/>.</summary>
    private bool TryReadNext(CancellationToken cancellation)
    {
        while (_inner.TryRead(out var frame, cancellation))
        {
            _last!.CopyFrom(frame);
            _inner.Return(frame);
            if (!Befall(_frame++, cancellation))
                continue;
            return !cancellation.IsCancellationRequested;
        }
        return false;
    }

    /// <summary>Waits, but no longer than the camera runs.</summary>
    private void Delay(SessionTime until, CancellationToken cancellation)
    {
        const long GlanceNs = 10_000_000;
        while (State == CameraState.Running && _clock.Now < until)
        {
            var glance = _clock.Now + GlanceNs;
            if (!_clock.WaitUntil(glance < until ? glance : until, cancellation))
                return;
        }
    }

    /// <returns>False where the frame is swallowed.</returns>
    private bool Befall(long index, CancellationToken cancellation)
    {
        foreach (var fault in _faults)
        {
            if (!fault.Befalls(index))
                continue;
            switch (fault.Kind)
            {
                case CameraFaultKind.Stop or CameraFaultKind.Skip:
                    return false;
                case CameraFaultKind.Repeat:
                    // NB: the frame itself is the one it begins at; its copies do not count as frames of the device.
                    if (index == fault.AtFrame)
                        _repeatsLeft = fault.Count;
                    break;
                case CameraFaultKind.Short:
                    _last!.ByteCount = _last.Format.ByteCount / 2;
                    _last.Defect = FrameDefect.Short;
                    Array.Clear(_last.Pixels, _last.ByteCount, _last.Pixels.Length - _last.ByteCount);
                    break;
                case CameraFaultKind.Late:
                    Delay(_last!.Stamp.Produced + SessionTime.FromSeconds(fault.DelayS).Nanoseconds, cancellation);
                    _last.Stamp = _last.Stamp with { Produced = _clock.Now };
                    break;
            }
        }
        return true;
    }
}
