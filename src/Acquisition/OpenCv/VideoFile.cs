using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Reads a video file frame by frame into the caller's buffer: 8 bits, RGB (or grey), rows from the top. Reading
/// allocates nothing. One thread at a time.
/// </summary>
public sealed unsafe class VideoFile : IImageSequence
{
    private nint _video;

    private VideoFile(string path, nint video)
    {
        (Path, _video) = (path, video);
        var codec = stackalloc byte[5];
        if (OpenCvNative.cl_video_info(video, out var width, out var height, out var rate, out var frames, codec) != 0)
            throw Failure();
        (WidthPx, HeightPx, RateHz, FrameCount) = (width, height, rate, frames);
        Codec = Encoding.ASCII.GetString(codec, 4);
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public int WidthPx { get; }

    /// <inheritdoc/>
    public int HeightPx { get; }

    /// <summary>Frames per second as the file states them; 0 where it does not.</summary>
    public double RateHz { get; }

    /// <inheritdoc/>
    /// <remarks>NB: of some formats this is the file's claim or an estimate: reading may end before it.</remarks>
    public long FrameCount { get; }

    /// <summary>The four letters of its codec, as in "MJPG".</summary>
    public string Codec { get; }

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <summary>Opens a video.</summary>
    /// <param name="path">The file: .mp4, .avi, or whatever else FFmpeg reads.</param>
    /// <param name="threads">How many threads decode it, where OpenCV lets us say it (from 4.7).</param>
    /// <exception cref="ClosedLoopException">There is no such file (exit code 2), or it is no video (exit code 1).</exception>
    public static VideoFile Open(string path, int threads = 1)
    {
        if (Directory.Exists(path))
            throw ClosedLoopException.Usage($"'{path}' is a directory; a video file was expected");
        if (!File.Exists(path))
            throw ClosedLoopException.Usage($"there is no video file '{path}'");
        var video = OpenCvNative.cl_video_open(path, threads);
        if (video == 0)
            throw ClosedLoopException.Failed($"the video '{path}' cannot be opened: {OpenCvNative.LastError()}");
        var file = new VideoFile(path, video);
        if (file is { WidthPx: > 0, HeightPx: > 0 })
            return file;
        file.Dispose();
        throw ClosedLoopException.Failed($"the video '{path}' does not state the size of its images; it is damaged or holds none");
    }

    /// <inheritdoc/>
    public bool TryRead(Span<byte> pixels, int channels)
    {
        Check(pixels.Length, channels);
        fixed (byte* at = pixels)
        {
            var status = OpenCvNative.cl_video_read(_video, at, WidthPx, HeightPx, channels, out _);
            if (status == OpenCvNative.End)
                return false;
            Position++;
            return status == 0 ? true : throw Failure();
        }
    }

    /// <inheritdoc/>
    public bool TrySkip()
    {
        ObjectDisposedException.ThrowIf(_video == 0, this);
        if (OpenCvNative.cl_video_skip(_video) != 0)
            return false;
        Position++;
        return true;
    }

    /// <inheritdoc/>
    public void Seek(long frame)
    {
        ObjectDisposedException.ThrowIf(_video == 0, this);
        if (frame < 0 || frame > FrameCount)
            throw ClosedLoopException.Usage($"the video '{Path}' has no frame {frame}; it has {FrameCount}, counted from 0");
        if (OpenCvNative.cl_video_seek(_video, frame) != 0)
            throw Failure();
        Position = frame;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_video != 0)
            OpenCvNative.cl_video_close(_video);
        _video = 0;
    }

    private void Check(int length, int channels)
    {
        ObjectDisposedException.ThrowIf(_video == 0, this);
        if (length != WidthPx * HeightPx * channels)
            throw new ArgumentException($"An image of '{Path}' takes {WidthPx * HeightPx * channels} bytes, not {length}.");
    }

    private ClosedLoopException Failure() => ClosedLoopException.Failed($"the video '{Path}' cannot be read at frame {Position}: {OpenCvNative.LastError()}");
}
