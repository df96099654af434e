namespace ClosedLoop.PoseTracking;

/// <summary>A look at a scene from far away: azimuth and elevation, degrees, about its vertical.</summary>
internal sealed class OrthographicView
{
    private readonly double[] _right;
    private readonly double[] _top;

    public OrthographicView(double[] up, double azimuth, double elevation)
    {
        Up = up;
        // Any horizontal direction to start from: the one nearest the frame's x.
        double[] x = Math.Abs(up[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
        Across = Normal([.. Enumerable.Range(0, 3).Select(k => x[k] - (Dot(x, up) * up[k]))]);
        Along = Cross(up, Across);
        var (s, c) = Math.SinCos(azimuth * Math.PI / 180);
        _right = [.. Enumerable.Range(0, 3).Select(k => (c * Across[k]) + (s * Along[k]))];
        var away = Cross(up, _right);
        var (sine, cosine) = Math.SinCos(elevation * Math.PI / 180);
        _top = [.. Enumerable.Range(0, 3).Select(k => (cosine * up[k]) + (sine * away[k]))];
    }

    public double[] Up { get; }

    /// <summary>A horizontal direction, and the one at right angles to it.</summary>
    public double[] Across { get; }

    public double[] Along { get; }

    public (double X, double Y) Project(double[] point) => (Dot(point, _right), Dot(point, _top));

    public static double Dot(double[] a, double[] b) => (a[0] * b[0]) + (a[1] * b[1]) + (a[2] * b[2]);

    public static double Length(double[] a) => Math.Sqrt(Dot(a, a));

    public static double[] Normal(double[] a) => Length(a) is var length && length > 0 ? [a[0] / length, a[1] / length, a[2] / length] : [0, 0, 1];

    private static double[] Cross(double[] a, double[] b) => [(a[1] * b[2]) - (a[2] * b[1]), (a[2] * b[0]) - (a[0] * b[2]), (a[0] * b[1]) - (a[1] * b[0])];
}
