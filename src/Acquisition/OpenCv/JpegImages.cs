using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>JPEG for recordings.</summary>
/// <param name="quality">1 to 100.</param>
public sealed class JpegImages(int quality = 90) : IImageCodec
{
    /// <inheritdoc/>
    public string Format => "jpeg";

    /// <inheritdoc/>
    public string Settings => $"quality {quality}";

    /// <inheritdoc/>
    public int MaxBytes(int widthPx, int heightPx, int channels) => JpegCodec.MaxBytes(widthPx, heightPx, channels);

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<byte> pixels, int widthPx, int heightPx, int channels, Span<byte> to) =>
        JpegCodec.Encode(pixels, widthPx, heightPx, channels, quality, to);

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> pixels, int widthPx, int heightPx, int channels, out string why) =>
        JpegCodec.TryDecode(encoded, pixels, widthPx, heightPx, channels, out why);
}
