namespace ClosedLoop.Physics;

/// <summary>The rotation and translation that carry one set of points nearest to another (Horn, JOSA A 4, 1987).</summary>
public static class RigidAlignment
{
    /// <summary>Aligns the points of <paramref name="source"/> to those of <paramref name="target"/>, for those in <paramref name="chosen"/> with a weight.</summary>
    /// <param name="source">x, y, z per point.</param>
    /// <param name="target">x, y, z per point.</param>
    /// <param name="weights">Weight per point; 0 leaves it out.</param>
    /// <param name="chosen">Points to look at.</param>
    /// <param name="quaternion">Receives the rotation: w, x, y, z.</param>
    /// <param name="translation">Receives what is added after the rotation.</param>
    /// <returns>False where fewer than three points have a weight.</returns>
    public static bool Align(
        ReadOnlySpan<double> source, ReadOnlySpan<double> target, ReadOnlySpan<double> weights, ReadOnlySpan<int> chosen,
        Span<double> quaternion, Span<double> translation)
    {
        Span<double> a = stackalloc double[3];
        Span<double> b = stackalloc double[3];
        var (total, count) = (0.0, 0);
        foreach (var k in chosen)
        {
            if (!(weights[k] > 0))
                continue;
            for (var i = 0; i < 3; i++)
            {
                a[i] += weights[k] * source[(3 * k) + i];
                b[i] += weights[k] * target[(3 * k) + i];
            }
            total += weights[k];
            count++;
        }
        if (count < 3)
            return false;
        for (var i = 0; i < 3; i++)
            (a[i], b[i]) = (a[i] / total, b[i] / total);
        Span<double> s = stackalloc double[9];
        foreach (var k in chosen)
            if (weights[k] > 0)
                for (var i = 0; i < 3; i++)
                    for (var j = 0; j < 3; j++)
                        s[(3 * i) + j] += weights[k] * (source[(3 * k) + i] - a[i]) * (target[(3 * k) + j] - b[j]);
        Span<double> n =
        [
            s[0] + s[4] + s[8], s[5] - s[7], s[6] - s[2], s[1] - s[3],
            s[5] - s[7], s[0] - s[4] - s[8], s[1] + s[3], s[6] + s[2],
            s[6] - s[2], s[1] + s[3], s[4] - s[0] - s[8], s[5] + s[7],
            s[1] - s[3], s[6] + s[2], s[5] + s[7], s[8] - s[0] - s[4],
        ];
        LargestEigenvector(n, quaternion);
        Span<double> turned = stackalloc double[3];
        Turn(quaternion, a, turned);
        for (var i = 0; i < 3; i++)
            translation[i] = b[i] - turned[i];
        return true;
    }

    /// <summary>Turns a vector by a unit quaternion.</summary>
    public static void Turn(ReadOnlySpan<double> q, ReadOnlySpan<double> v, Span<double> result)
    {
        var (w, x, y, z) = (q[0], q[1], q[2], q[3]);
        var (tx, ty, tz) = (2 * ((y * v[2]) - (z * v[1])), 2 * ((z * v[0]) - (x * v[2])), 2 * ((x * v[1]) - (y * v[0])));
        (result[0], result[1], result[2]) = (
            v[0] + (w * tx) + (y * tz) - (z * ty), v[1] + (w * ty) + (z * tx) - (x * tz), v[2] + (w * tz) + (x * ty) - (y * tx));
    }

    /// <summary>The eigenvector of the largest eigenvalue of a symmetric 4 by 4 matrix, by Jacobi rotations.</summary>
    private static void LargestEigenvector(Span<double> m, Span<double> result)
    {
        Span<double> v = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        for (var sweep = 0; sweep < 30; sweep++)
        {
            var off = 0.0;
            for (var p = 0; p < 4; p++)
                for (var q = p + 1; q < 4; q++)
                {
                    var apq = m[(4 * p) + q];
                    off += apq * apq;
                    if (apq == 0)
                        continue;
                    var theta = (m[(4 * q) + q] - m[(4 * p) + p]) / (2 * apq);
                    var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
                    var c = 1 / Math.Sqrt((t * t) + 1);
                    var s = t * c;
                    for (var i = 0; i < 4; i++)
                        (m[(4 * i) + p], m[(4 * i) + q]) = ((c * m[(4 * i) + p]) - (s * m[(4 * i) + q]), (s * m[(4 * i) + p]) + (c * m[(4 * i) + q]));
                    for (var i = 0; i < 4; i++)
                        (m[(4 * p) + i], m[(4 * q) + i]) = ((c * m[(4 * p) + i]) - (s * m[(4 * q) + i]), (s * m[(4 * p) + i]) + (c * m[(4 * q) + i]));
                    for (var i = 0; i < 4; i++)
                        (v[(4 * i) + p], v[(4 * i) + q]) = ((c * v[(4 * i) + p]) - (s * v[(4 * i) + q]), (s * v[(4 * i) + p]) + (c * v[(4 * i) + q]));
                }
            if (off == 0)
                break;
        }
        var best = 0;
        for (var i = 1; i < 4; i++)
            if (m[5 * i] > m[5 * best])
                best = i;
        for (var i = 0; i < 4; i++)
            result[i] = v[(4 * i) + best];
    }
}
