namespace ClosedLoop.Acquisition;

/// <summary>What a camera delivers.</summary>
/// <param name="WidthPx">Width, pixels.</param>
/// <param name="HeightPx">Height, pixels.</param>
/// <param name="Channels">1 grey, 3 RGB; 8 bits each.</param>
/// <param name="RateHz">Frames per second, nominal.</param>
public readonly record struct CameraFormat(int WidthPx, int HeightPx, int Channels, double RateHz)
{
    /// <summary>Bytes of a whole image.</summary>
    public int ByteCount => WidthPx * HeightPx * Channels;

    /// <inheritdoc/>
    public override string ToString() => $"{WidthPx} x {HeightPx} pixels, {(Channels == 1 ? "grey" : "RGB")}, {RateHz:G6} Hz";
}
