using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>The frames of a video one after the other, grey. For one thread.</summary>
internal sealed class VideoFrames : IDisposable
{
    private readonly ImageSequence _camera;
    private nint _handle;

    public VideoFrames(ImageSequence camera)
    {
        _camera = camera;
        _handle = CalibrationNative.cl_frames_open(camera.Video!, out var width, out var height, out _);
        if (_handle == 0)
            throw ClosedLoopException.Failed($"the video {camera.Video} cannot be read: {CalibrationNative.LastError()}");
        Image = new(new byte[width * height], width, height);
    }

    /// <summary>The frame that was last read; it is overwritten by the next.</summary>
    public GreyImage Image { get; }

    public void Dispose()
    {
        if (_handle != 0)
            CalibrationNative.cl_frames_free(_handle);
        _handle = 0;
    }

    /// <summary>Reads the next frame; false at the end.</summary>
    public bool Read() => Step(Image.Pixels);

    /// <summary>Passes the next frame over; false at the end.</summary>
    public bool Skip() => Step([]);

    private bool Step(Span<byte> pixels)
    {
        var status = CalibrationNative.cl_frames_next(_handle, pixels, pixels.Length);
        return status >= 0 ? status > 0 : throw ClosedLoopException.Failed($"the video {_camera.Video} cannot be read to its end: {CalibrationNative.LastError()}");
    }
}
