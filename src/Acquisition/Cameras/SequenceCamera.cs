using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// A camera whose images lie in files. They are decoded ahead on a thread of their own and come at the triggers of a
/// clock that several such cameras may share: equal counters mean the same trigger.
/// </summary>
public abstract class SequenceCamera : CameraBase
{
    private readonly TriggerClock? _shared;
    private readonly bool _isPaced;
    private readonly double? _rateHz;
    private readonly Func<bool> _isRunning;
    private TriggerClock? _trigger;
    private IImageSequence? _images;
    private CameraFormat _format;

    /// <summary>Makes a camera; <see cref="CameraBase.Open"/> looks for its files.</summary>
    /// <param name="name">What the rig calls it.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="trigger">A trigger that other cameras share; null: one of its own.</param>
    /// <param name="rateHz">The rate of a trigger of its own; null: the files' rate.</param>
    /// <param name="isPaced">Whether a trigger of its own keeps real time; false: frames come as fast as they are read.</param>
    /// <param name="framesAhead">How many frames are decoded ahead.</param>
    protected SequenceCamera(string name, SessionClock clock, TriggerClock? trigger, double? rateHz, bool isPaced, int framesAhead)
        : base(name, clock, framesAhead, QueuePolicy.Wait) =>
        (_shared, _rateHz, _isPaced, _isRunning) = (trigger, rateHz, isPaced, () => State == CameraState.Running);

    /// <inheritdoc/>
    public override CameraCapabilities Capabilities =>
        new(CanSetSize: false, CanSetChannels: true, CanSetRate: _shared is null, HasDeviceCounter: true, CounterIsTriggerIndex: true, HasDeviceTime: true, HasEnd: true);

    /// <summary>How many frames there are, as far as the files say; 0 before the camera is open.</summary>
    public long FrameCount => _images?.FrameCount ?? 0;

    /// <summary>Opens the files.</summary>
    protected abstract IImageSequence OpenImages();

    /// <inheritdoc/>
    protected override CameraFormat OpenDevice()
    {
        _images = OpenImages();
        var rate = _shared?.RateHz ?? _rateHz ?? _images.RateHz;
        if (rate > 0)
            return _format = new(_images.WidthPx, _images.HeightPx, 3, rate);
        CloseDevice();
        throw Refusal("does not state how many frames it has a second; give a rate");
    }

    /// <inheritdoc/>
    protected override CameraFormat ConfigureDevice(CameraSettings settings) =>
        _format = _format with { Channels = settings.Channels ?? _format.Channels, RateHz = settings.RateHz ?? _format.RateHz };

    /// <inheritdoc/>
    protected override void StartDevice()
    {
        if (_images!.Position > 0)
            _images.Seek(0);
        _trigger = _shared ?? new(Clock, _format.RateHz, _isPaced);
    }

    /// <inheritdoc/>
    protected override bool FetchFrame(CameraFrame frame)
    {
        var index = _images!.Position;
        try
        {
            if (!_images.TryRead(frame.Pixels, frame.Format.Channels))
                return false;
        }
        catch (ClosedLoopException) when (_images.Position > index)
        {
            // One image that cannot be decoded is marked and counted; those after it may be sound.
            (frame.Defect, frame.ByteCount) = (FrameDefect.Undecodable, 0);
        }
        frame.Stamp = new(0, index, (long)Math.Round(index * 1e9 / _format.RateHz), default, default);
        return true;
    }

    /// <inheritdoc/>
    protected override bool WaitUntilDue(CameraFrame frame, CancellationToken cancellation)
    {
        var index = frame.Stamp.DeviceCounter;
        if (!_trigger!.WaitFor(index, _isRunning, cancellation))
            return false;
        var due = _trigger.DueOf(index);
        // As fast as read, frames have the times that they would have had, and times stay in order.
        frame.Stamp = frame.Stamp with { Captured = due, Produced = _trigger.IsPaced ? Clock.Now : due };
        return true;
    }

    /// <inheritdoc/>
    protected override void StopDevice()
    {
    }

    /// <inheritdoc/>
    protected override void CloseDevice()
    {
        _images?.Dispose();
        _images = null;
    }
}
