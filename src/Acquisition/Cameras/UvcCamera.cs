using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// A USB camera of the UVC class, or any other that Video4Linux knows. Its frames carry the driver's time and no
/// counter: losses are seen as gaps of that time, and several such cameras are grouped by fitted time.
/// </summary>
public sealed unsafe class UvcCamera : CameraBase
{
    private const string DeviceFolder = "/dev";
    private readonly string _device;
    private readonly string _fourCc;
    private nint _video;
    private CameraFormat _format;

    /// <summary>Makes a camera; <see cref="CameraBase.Open"/> looks for the device.</summary>
    /// <param name="name">What the rig calls it.</param>
    /// <param name="device">Its path, as in /dev/video0, or a number: 0 for /dev/video0.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="fourCc">The four letters of the format on the wire. MJPG lets several cameras share one USB bus.</param>
    public UvcCamera(string name, string device, SessionClock clock, string fourCc = "MJPG")
        : base(name, clock, queueCapacity: 4, QueuePolicy.DropOldest) =>
        (_device, _fourCc) = (int.TryParse(device, out var index) ? $"{DeviceFolder}/video{index}" : device, fourCc);

    /// <inheritdoc/>
    public override string Description => $"Video4Linux device {_device}";

    /// <inheritdoc/>
    public override CameraCapabilities Capabilities { get; } =
        new(CanSetSize: true, CanSetChannels: true, CanSetRate: true, HasDeviceCounter: false, CounterIsTriggerIndex: false, HasDeviceTime: true, HasEnd: false);

    /// <summary>The Video4Linux devices of this machine: path and the driver's name.</summary>
    public static IReadOnlyList<(string Path, string Name)> Devices()
    {
        if (!Directory.Exists(DeviceFolder))
            return [];
        return
        [
            .. Directory.EnumerateFiles(DeviceFolder, "video*").Order(NaturalOrder.Instance).Select(path =>
            {
                var name = $"/sys/class/video4linux/{Path.GetFileName(path)}/name";
                return (path, File.Exists(name) ? File.ReadAllText(name).Trim() : "no name");
            }),
        ];
    }

    /// <inheritdoc/>
    protected override CameraFormat OpenDevice()
    {
        if (!File.Exists(_device))
            throw Refusal($"is not there; {WhatThereIs()}");
        return OpenWith(new CameraFormat(0, 0, 3, 0));
    }

    /// <inheritdoc/>
    protected override CameraFormat ConfigureDevice(CameraSettings settings)
    {
        // NB: Video4Linux takes size and rate only before the first frame: the device is opened anew.
        CloseDevice();
        var wanted = new CameraFormat(
            settings.WidthPx ?? _format.WidthPx, settings.HeightPx ?? _format.HeightPx, settings.Channels ?? _format.Channels, settings.RateHz ?? _format.RateHz);
        var granted = OpenWith(wanted);
        if ((granted.WidthPx, granted.HeightPx) != (wanted.WidthPx, wanted.HeightPx) || Math.Abs(granted.RateHz - wanted.RateHz) > 0.01 * wanted.RateHz)
            throw Refusal($"was asked for {wanted} and grants {granted}; ask for what it can do, as 'v4l2-ctl --list-formats-ext' tells");
        return granted;
    }

    /// <inheritdoc/>
    protected override void StartDevice()
    {
    }

    /// <inheritdoc/>
    protected override bool FetchFrame(CameraFrame frame)
    {
        int status;
        double timeMs;
        fixed (byte* at = frame.Pixels)
            status = OpenCvNative.cl_video_read(_video, at, frame.Format.WidthPx, frame.Format.HeightPx, frame.Format.Channels, out timeMs);
        if (status == OpenCvNative.End)
            throw ClosedLoopException.Failed("it delivers no more frames; it was unplugged, or the bus has no room for it");
        if (status != 0)
            (frame.Defect, frame.ByteCount) = (FrameDefect.Undecodable, 0);
        var now = Clock.Now;
        frame.Stamp = new(0, RecordStamp.None, timeMs > 0 ? (long)Math.Round(timeMs * 1e6) : RecordStamp.None, now, now);
        return true;
    }

    /// <inheritdoc/>
    protected override void StopDevice()
    {
    }

    /// <inheritdoc/>
    protected override void CloseDevice()
    {
        if (_video != 0)
            OpenCvNative.cl_video_close(_video);
        _video = 0;
    }

    private CameraFormat OpenWith(CameraFormat wanted)
    {
        _video = OpenCvNative.cl_camera_open(_device, wanted.WidthPx, wanted.HeightPx, wanted.RateHz, _fourCc);
        if (_video == 0)
            throw Refusal($"cannot be opened ({OpenCvNative.LastError()}); it is in use, or is no camera; {WhatThereIs()}");
        var codec = stackalloc byte[5];
        if (OpenCvNative.cl_video_info(_video, out var width, out var height, out var rate, out _, codec) != 0 || width <= 0 || height <= 0)
            throw Refusal("does not say what it delivers");
        return _format = new(width, height, wanted.Channels, rate > 0 ? rate : wanted.RateHz);
    }

    private static string WhatThereIs()
    {
        var devices = Devices();
        if (devices.Count == 0)
            return "this machine has no Video4Linux devices at all";
        var text = new StringBuilder("this machine has ");
        text.AppendJoin(", ", devices.Select(device => $"{device.Path} ({device.Name})"));
        return text.ToString();
    }
}
