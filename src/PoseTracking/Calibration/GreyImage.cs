namespace ClosedLoop.PoseTracking;

/// <summary>Grey pixels, 8 bits, rows from the top.</summary>
internal sealed record GreyImage(byte[] Pixels, int Width, int Height);
