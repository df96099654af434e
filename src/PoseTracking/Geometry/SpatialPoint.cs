namespace ClosedLoop.PoseTracking;

/// <summary>A point of the arena found from several views. Where it could not be found all numbers are NaN and the counts 0.</summary>
/// <param name="X">Position along x, metres.</param>
/// <param name="Y">Position along y, metres.</param>
/// <param name="Z">Position along z, metres.</param>
/// <param name="ReprojectionPx">Root mean square distance, over the views used, between where it was seen and where the position appears, pixels.</param>
/// <param name="ViewsUsed">How many views agree on the position.</param>
/// <param name="ViewsOffered">How many views claimed to see the point.</param>
/// <param name="Used">The views that agree, bit i for view i.</param>
/// <param name="Covariance">How uncertain the position is, square metres.</param>
/// <param name="Confidence">0 to 1; see <see cref="Triangulator"/>.</param>
public readonly record struct SpatialPoint(
    double X, double Y, double Z, double ReprojectionPx, int ViewsUsed, int ViewsOffered, uint Used, SpatialCovariance Covariance, double Confidence)
{
    /// <summary>A point that could not be found although this many views claimed to see it.</summary>
    public static SpatialPoint Missing(int viewsOffered) =>
        new(double.NaN, double.NaN, double.NaN, double.NaN, 0, viewsOffered, 0, SpatialCovariance.Unknown, 0);

    /// <summary>Whether it was found.</summary>
    public bool IsPresent => ViewsUsed >= 2;
}
