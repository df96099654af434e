using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Writes a video file of RGB or grey images. One thread at a time.</summary>
public sealed unsafe class VideoFileWriter : IDisposable
{
    private readonly int _widthPx, _heightPx;
    private nint _writer;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file; its ending says the container (.mp4, .avi).</param>
    /// <param name="codec">Four letters: "mp4v" or "avc1" (H.264) in .mp4, "MJPG" in .avi.</param>
    /// <param name="rateHz">Images per second.</param>
    /// <param name="widthPx">Width, pixels.</param>
    /// <param name="heightPx">Height, pixels.</param>
    /// <exception cref="ClosedLoopException">The file cannot be made, or there is no encoder for it.</exception>
    public VideoFileWriter(string path, string codec, double rateHz, int widthPx, int heightPx)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(codec.Length, 4);
        (Path, _widthPx, _heightPx) = (path, widthPx, heightPx);
        _writer = OpenCvNative.cl_writer_open(path, codec, rateHz, widthPx, heightPx);
        if (_writer == 0)
            throw ClosedLoopException.Failed($"the video '{path}' ({codec}, {widthPx} x {heightPx} pixels at {rateHz:G6} Hz) cannot be written: {OpenCvNative.LastError()}");
    }

    /// <summary>Where it goes.</summary>
    public string Path { get; }

    /// <summary>Adds an image.</summary>
    /// <param name="pixels">Width x height x channels bytes, rows from the top.</param>
    /// <param name="channels">1 grey, 3 RGB.</param>
    public void Write(ReadOnlySpan<byte> pixels, int channels = 3)
    {
        ObjectDisposedException.ThrowIf(_writer == 0, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, _widthPx * _heightPx * channels);
        fixed (byte* at = pixels)
            if (OpenCvNative.cl_writer_write(_writer, at, _widthPx, _heightPx, channels) != 0)
                throw ClosedLoopException.Failed($"the video '{Path}' cannot be written on: {OpenCvNative.LastError()}");
    }

    /// <summary>Ends the file. Idempotent.</summary>
    public void Dispose()
    {
        if (_writer != 0)
            _ = OpenCvNative.cl_writer_close(_writer);
        _writer = 0;
    }
}
