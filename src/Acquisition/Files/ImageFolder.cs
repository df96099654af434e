using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The pictures in a folder as the images of one camera, in the natural order of their names.</summary>
public sealed unsafe class ImageFolder : IImageSequence
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".pgm", ".ppm", ".webp"];

    private readonly string[] _files;

    private ImageFolder(string path, string[] files, double rateHz)
    {
        (Path, _files, RateHz) = (path, files, rateHz);
        var first = PictureFile.Read(files[0], channels: 1);
        (WidthPx, HeightPx) = (first.WidthPx, first.HeightPx);
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public int WidthPx { get; }

    /// <inheritdoc/>
    public int HeightPx { get; }

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <inheritdoc/>
    public long FrameCount => _files.Length;

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <summary>The pictures' paths in order.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Opens a folder; the first picture says what size all have.</summary>
    /// <param name="path">The folder; other files in it are passed over.</param>
    /// <param name="rateHz">Images per second; 0 where it is not known.</param>
    /// <exception cref="ClosedLoopException">There is no such folder or no picture in it (exit code 2), or the first cannot be read (exit code 1).</exception>
    public static ImageFolder Open(string path, double rateHz = 0)
    {
        if (!Directory.Exists(path))
            throw ClosedLoopException.Usage($"there is no folder of pictures '{path}'");
        var files = PicturesIn(path);
        return files.Length > 0
            ? new(path, files, rateHz)
            : throw ClosedLoopException.Usage($"the folder '{path}' holds no pictures ({string.Join(", ", Extensions)})");
    }

    /// <summary>Whether a folder holds pictures.</summary>
    public static bool HoldsPictures(string path) => PicturesIn(path).Length > 0;

    /// <inheritdoc/>
    public bool TryRead(Span<byte> pixels, int channels)
    {
        if (pixels.Length != WidthPx * HeightPx * channels)
            throw new ArgumentException($"An image of '{Path}' takes {WidthPx * HeightPx * channels} bytes, not {pixels.Length}.");
        if (Position >= _files.Length)
            return false;
        var file = _files[Position++];
        fixed (byte* at = pixels)
            if (OpenCvNative.cl_picture_read(file, at, WidthPx, HeightPx, channels) != 0)
                throw ClosedLoopException.Failed($"the picture '{file}' cannot be used: {OpenCvNative.LastError()}");
        return true;
    }

    /// <inheritdoc/>
    public bool TrySkip()
    {
        if (Position >= _files.Length)
            return false;
        Position++;
        return true;
    }

    /// <inheritdoc/>
    public void Seek(long frame)
    {
        if (frame < 0 || frame > _files.Length)
            throw ClosedLoopException.Usage($"the folder '{Path}' has no picture {frame}; it has {_files.Length}, counted from 0");
        Position = frame;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static string[] PicturesIn(string path) =>
    [
        .. Directory.EnumerateFiles(path)
            .Where(file => Extensions.Contains(System.IO.Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(NaturalOrder.Instance),
    ];
}
