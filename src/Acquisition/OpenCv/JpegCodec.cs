using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>JPEG between buffers of the caller. Allocates no managed memory. Any thread.</summary>
public static unsafe class JpegCodec
{
    /// <summary>Room that any image of this size fits in, whatever its content and quality.</summary>
    public static int MaxBytes(int widthPx, int heightPx, int channels) =>
        // Baseline JPEG's worst case stays below twice the raw pixels of the padded image; headers take under 1 kB.
        (2 * (widthPx + 15) * (heightPx + 15) * channels) + 1024;

    /// <summary>Encodes an image.</summary>
    /// <param name="pixels">Width x height x channels bytes, RGB or grey.</param>
    /// <param name="widthPx">Width, pixels.</param>
    /// <param name="heightPx">Height, pixels.</param>
    /// <param name="channels">1 grey, 3 RGB.</param>
    /// <param name="quality">1 to 100.</param>
    /// <param name="jpeg">Where the file goes; <see cref="MaxBytes"/> is always enough.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ClosedLoopException">There is no room for it.</exception>
    public static int Encode(ReadOnlySpan<byte> pixels, int widthPx, int heightPx, int channels, int quality, Span<byte> jpeg)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, widthPx * heightPx * channels);
        fixed (byte* from = pixels)
        fixed (byte* to = jpeg)
            return OpenCvNative.cl_jpeg_encode(from, widthPx, heightPx, channels, quality, to, jpeg.Length, out var length) == 0
                ? (int)length
                : throw ClosedLoopException.Failed($"an image of {widthPx} x {heightPx} pixels cannot be made a JPEG: {OpenCvNative.LastError()}");
    }

    /// <summary>Decodes an image whose size is known.</summary>
    /// <returns>False where it is no picture or of another size; <paramref name="why"/> says which.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> jpeg, Span<byte> pixels, int widthPx, int heightPx, int channels, out string why)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, widthPx * heightPx * channels);
        why = "";
        fixed (byte* from = jpeg)
        fixed (byte* to = pixels)
            if (OpenCvNative.cl_jpeg_decode(from, jpeg.Length, to, widthPx, heightPx, channels) == 0)
                return true;
        why = OpenCvNative.LastError();
        return false;
    }
}
