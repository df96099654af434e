namespace ClosedLoop.Acquisition;

/// <summary>A picture in memory: 8 bits, rows from the top, no padding.</summary>
/// <param name="WidthPx">Width, pixels.</param>
/// <param name="HeightPx">Height, pixels.</param>
/// <param name="Channels">1 grey, 3 RGB.</param>
/// <param name="Pixels">Width x height x channels bytes.</param>
public sealed record Picture(int WidthPx, int HeightPx, int Channels, byte[] Pixels);
