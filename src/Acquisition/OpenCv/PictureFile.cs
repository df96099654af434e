using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Reads picture files of any format that OpenCV knows.</summary>
public static unsafe class PictureFile
{
    /// <summary>Reads a picture as it is stored: a photograph's orientation tag does not turn it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="channels">1: as grey; 3: as RGB.</param>
    /// <exception cref="ClosedLoopException">There is no such file (exit code 2), or it is no picture (exit code 1).</exception>
    public static Picture Read(string path, int channels = 3)
    {
        if (!File.Exists(path))
            throw ClosedLoopException.Usage($"there is no picture '{path}'");
        var picture = OpenCvNative.cl_picture_open(path, channels, out var width, out var height);
        if (picture == 0)
            throw ClosedLoopException.Failed($"the picture '{path}' cannot be read: {OpenCvNative.LastError()}");
        var pixels = new byte[width * height * channels];
        int status;
        fixed (byte* at = pixels)
            status = OpenCvNative.cl_picture_pixels(picture, at, width, height, channels);
        OpenCvNative.cl_picture_close(picture);
        return status == 0
            ? new(width, height, channels, pixels)
            : throw ClosedLoopException.Failed($"the picture '{path}' cannot be used: {OpenCvNative.LastError()}");
    }
}
