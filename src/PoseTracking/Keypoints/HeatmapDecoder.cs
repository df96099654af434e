using System.Numerics;
using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Reads places from a map of probabilities over cells: the highest cell, then the mean and the spread of what lies
/// about it, to a fraction of a cell; and a second place where the map has one.
/// </summary>
/// <remarks>
/// <para>The window about the peak is a Gaussian of <see cref="WindowSigma"/> cells. What it does to mean and
/// covariance is undone: for a map that is a Gaussian of any width about a place between cells the product's covariance
/// S and mean m give the map's own covariance P = (S^-1 - W^-1)^-1 and mean c + P S^-1 (m - c), c being the window's
/// centre. A window with a sharp edge would pull the mean of a wide map towards its highest cell. For narrow maps the
/// correction is nothing, and the result is the plain local mean.</para>
/// <para>Mass is the plain sum over the cells within <see cref="MassRadius"/> of the peak.</para>
/// </remarks>
public sealed class HeatmapDecoder
{
    /// <summary>Standard deviation of the window, cells.</summary>
    public const double WindowSigma = 2;

    /// <summary>Cells to each side of the peak whose probability counts as the place's own.</summary>
    public const int MassRadius = 3;

    private const int WindowRadius = 6;
    private const double LargestVariance = 36;
    private const double LargestShift = 2;

    private static readonly double[] s_window = [.. Enumerable.Range(-WindowRadius, (2 * WindowRadius) + 1).Select(i => Math.Exp(-0.5 * i * i / (WindowSigma * WindowSigma)))];

    private readonly double _floor;
    private readonly double _secondMass;

    /// <summary>Makes a decoder.</summary>
    /// <param name="floorCells">Added to the standard deviation, in squares: what a map is never more certain of, cells.</param>
    /// <param name="secondMass">A second place needs at least this much probability.</param>
    public HeatmapDecoder(double floorCells = 0.3, double secondMass = 0.15)
    {
        if (!(floorCells > 0) || !(secondMass > 0))
            throw ClosedLoopException.Usage($"a heatmap decoder needs a floor and a least mass above 0, not {floorCells} and {secondMass}");
        (_floor, _secondMass) = (floorCells * floorCells, secondMass);
    }

    /// <summary>Finds at most two places.</summary>
    /// <param name="map">Probabilities, row by row; their sum is at most 1.</param>
    /// <param name="width">Cells a row.</param>
    /// <param name="first">The most probable place.</param>
    /// <param name="second">The next.</param>
    /// <returns>How many there are. 0: the map is empty, or not of numbers.</returns>
    public int Decode(ReadOnlySpan<float> map, int width, out HeatmapMode first, out HeatmapMode second)
    {
        (first, second) = (default, default);
        var peak = IndexOfMaximum(map);
        if (peak < 0 || !(map[peak] > 0) || !float.IsFinite(map[peak]))
            return 0;
        var height = map.Length / width;
        var (py, px) = Math.DivRem(peak, width);
        first = Describe(map, width, height, px, py, -1, -1);
        if (1 - first.Mass < _secondMass)
            return 1;
        var (qx, qy) = SecondPeak(map, width, height, px, py);
        if (qx < 0)
            return 1;
        second = Describe(map, width, height, qx, qy, px, py);
        return second.Mass >= _secondMass ? 2 : 1;
    }

    /// <summary>The highest local maximum outside the first peak's window.</summary>
    private static (int X, int Y) SecondPeak(ReadOnlySpan<float> map, int width, int height, int px, int py)
    {
        var (bx, by, best) = (-1, -1, 1e-4f);
        for (var y = 0; y < height; y++)
        {
            var row = map.Slice(y * width, width);
            var near = Math.Abs(y - py) <= MassRadius;
            for (var x = 0; x < width; x++)
            {
                // NB: written so that most cells end at the first comparison.
                if (row[x] <= best || (near && Math.Abs(x - px) <= MassRadius) || !IsLocalMaximum(map, width, height, x, y))
                    continue;
                (bx, by, best) = (x, y, row[x]);
            }
        }
        return (bx, by);
    }

    private static bool IsLocalMaximum(ReadOnlySpan<float> map, int width, int height, int x, int y)
    {
        var value = map[(y * width) + x];
        for (var j = Math.Max(0, y - 1); j <= Math.Min(height - 1, y + 1); j++)
            for (var i = Math.Max(0, x - 1); i <= Math.Min(width - 1, x + 1); i++)
                if (map[(j * width) + i] > value)
                    return false;
        return true;
    }

    /// <summary>Mean, spread and mass about a peak, leaving the mass of the other peak's window to that.</summary>
    private HeatmapMode Describe(ReadOnlySpan<float> map, int width, int height, int px, int py, int otherX, int otherY)
    {
        double sum = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0, mass = 0;
        var left = Math.Max(-WindowRadius, -px);
        var right = Math.Min(WindowRadius, width - 1 - px);
        for (var dy = Math.Max(-WindowRadius, -py); dy <= Math.Min(WindowRadius, height - 1 - py); dy++)
        {
            var row = map.Slice(((py + dy) * width) + px + left, right - left + 1);
            var wy = s_window[dy + WindowRadius];
            var counts = Math.Abs(dy) <= MassRadius;
            var shared = otherX >= 0 && Math.Abs(py + dy - otherY) <= MassRadius;
            double rowSum = 0, rowX = 0, rowXX = 0;
            for (var i = 0; i < row.Length; i++)
            {
                var dx = left + i;
                if (shared && Math.Abs(px + dx - otherX) <= MassRadius)
                    continue;
                double p = row[i];
                if (counts && dx >= -MassRadius && dx <= MassRadius)
                    mass += p;
                var w = p * s_window[dx + WindowRadius];
                rowSum += w;
                rowX += w * dx;
                rowXX += w * dx * dx;
            }
            sum += wy * rowSum;
            sx += wy * rowX;
            sxx += wy * rowXX;
            sy += wy * rowSum * dy;
            sxy += wy * rowX * dy;
            syy += wy * rowSum * dy * dy;
        }
        var (mx, my) = (sx / sum, sy / sum);
        return Unwindow(px, py, mx, my, (sxx / sum) - (mx * mx), (sxy / sum) - (mx * my), (syy / sum) - (my * my), mass);
    }

    private HeatmapMode Unwindow(int px, int py, double mx, double my, double xx, double xy, double yy, double mass)
    {
        // A single cell has no spread; a hundredth of a cell keeps its inverse finite and its mean as it is.
        (xx, yy) = (xx + 1e-4, yy + 1e-4);
        var determinant = (xx * yy) - (xy * xy);
        var (ixx, ixy, iyy) = (yy / determinant, -xy / determinant, xx / determinant);
        const double Window = 1 / (WindowSigma * WindowSigma);
        // NB: a map that is flat or has more than one hill in the window leaves nothing, or less, of its own precision.
        const double Least = 1 / LargestVariance;
        var (pxx, pxy, pyy) = (ixx - Window, ixy, iyy - Window);
        (pxx, pxy, pyy) = AtLeast(pxx, pxy, pyy, Least);
        var own = (pxx * pyy) - (pxy * pxy);
        var (cxx, cxy, cyy) = (pyy / own, -pxy / own, pxx / own);
        var (gx, gy) = ((ixx * mx) + (ixy * my), (ixy * mx) + (iyy * my));
        var (dx, dy) = ((cxx * gx) + (cxy * gy), (cxy * gx) + (cyy * gy));
        return new(
            px + Math.Clamp(dx, -LargestShift, LargestShift), py + Math.Clamp(dy, -LargestShift, LargestShift),
            cxx + _floor, cxy, cyy + _floor, Math.Clamp(mass, 0, 1));
    }

    /// <summary>The symmetric matrix with its eigenvalues raised to at least <paramref name="least"/>.</summary>
    private static (double XX, double XY, double YY) AtLeast(double xx, double xy, double yy, double least)
    {
        var (mean, half) = ((xx + yy) / 2, (xx - yy) / 2);
        var radius = Math.Sqrt((half * half) + (xy * xy));
        if (mean - radius >= least)
            return (xx, xy, yy);
        var (high, low) = (Math.Max(least, mean + radius), least);
        var (cos, sin) = radius > 0 ? (half / radius, xy / radius) : (0, 0);
        var (newMean, newRadius) = ((high + low) / 2, (high - low) / 2);
        return (newMean + (newRadius * cos), newRadius * sin, newMean - (newRadius * cos));
    }

    private static int IndexOfMaximum(ReadOnlySpan<float> map)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(map);
        var highest = new Vector<float>(float.MinValue);
        foreach (var vector in vectors)
            highest = Vector.Max(highest, vector);
        var best = float.MinValue;
        for (var i = 0; i < Vector<float>.Count; i++)
            best = Math.Max(best, highest[i]);
        for (var i = vectors.Length * Vector<float>.Count; i < map.Length; i++)
            best = Math.Max(best, map[i]);
        // NB: a NaN anywhere equals nothing: the map is then told as empty.
        return map.IndexOf(best);
    }
}
