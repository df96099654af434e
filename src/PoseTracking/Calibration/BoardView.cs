namespace ClosedLoop.PoseTracking;

/// <summary>A board as one camera saw it in one image.</summary>
/// <param name="Corners">The numbers of the corners that were found.</param>
/// <param name="Pixels">Their places, u and v of one after the other, pixels.</param>
public sealed record BoardView(int[] Corners, double[] Pixels)
{
    /// <summary>How many corners were found.</summary>
    public int Count => Corners.Length;
}
