using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Grey pictures as files.</summary>
public static class GreyPicture
{
    /// <summary>Writes 8-bit pixels, rows from the top; the extension names the format.</summary>
    /// <exception cref="ClosedLoopException">It cannot be written, or the format is not known.</exception>
    public static void Save(string path, ReadOnlySpan<byte> grey, int width, int height)
    {
        if (grey.Length != width * height)
            throw new ArgumentException("The picture has another number of pixels than its size asks for.", nameof(grey));
        CalibrationNative.Check(CalibrationNative.cl_picture_write(path, grey, width, height), $"the picture {path} cannot be written");
    }
}
