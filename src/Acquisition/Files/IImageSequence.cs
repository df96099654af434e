using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The images of one camera in files, in order: a video, or a folder of pictures. One thread at a time.</summary>
public interface IImageSequence : IDisposable
{
    /// <summary>The file or folder.</summary>
    string Path { get; }

    /// <summary>Width of its images, pixels.</summary>
    int WidthPx { get; }

    /// <summary>Height of its images, pixels.</summary>
    int HeightPx { get; }

    /// <summary>Images per second; 0 where nothing states it.</summary>
    double RateHz { get; }

    /// <summary>How many images it has, as far as it says.</summary>
    long FrameCount { get; }

    /// <summary>The image that is read next, counted from 0.</summary>
    long Position { get; }

    /// <summary>Reads the next image into <paramref name="pixels"/>, width x height x channels bytes.</summary>
    /// <param name="pixels">Where it goes: rows from the top, no padding.</param>
    /// <param name="channels">1 grey, 3 RGB.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="ClosedLoopException">The image cannot be decoded, or has another size; the next may be read.</exception>
    bool TryRead(Span<byte> pixels, int channels);

    /// <summary>Passes over the next image.</summary>
    /// <returns>False at the end.</returns>
    bool TrySkip();

    /// <summary>Makes <paramref name="frame"/> the next.</summary>
    /// <exception cref="ClosedLoopException">There is no such image.</exception>
    void Seek(long frame);
}
