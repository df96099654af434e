namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Whether the spikes of a unit are two neurons'. The noise being known, two can be told where no valley shows yet: points
/// whose noise has a spread of 1 are fitted by one normal cloud and by two, and along the line between those two it is asked
/// whether two modes of the noise's width are likelier than one wider mode.
/// </summary>
internal static class UnitSplit
{
    // Spreads of the noise that two modes are apart at least, and by how much (natural logarithm) they must be likelier.
    private const double LeastApart = 2.5, LeastOdds = 15, LeastSpread = 0.7, LeastDip = 1.2;
    private const int MostAxes = 6, Rounds = 30;

    /// <summary>Tests points.</summary>
    /// <param name="points">Point by point.</param>
    /// <param name="dimensions">Numbers of a point.</param>
    /// <param name="least">Points of either part, at least.</param>
    /// <param name="valley">Whether there must be a valley between the parts as well: where points are known to spread more widely than noise, it is not known how.</param>
    /// <returns>By point whether it is of the smaller part; null: there is one.</returns>
    public static bool[]? Of(float[] points, int dimensions, int least, bool valley)
    {
        var n = points.Length / dimensions;
        if (n < 2 * least)
            return null;
        var components = PrincipalComponents.Of(points, [.. Enumerable.Range(0, n)], dimensions, 2, MostAxes);
        var axes = components.Count;
        var features = new float[n * axes];
        for (var i = 0; i < n; i++)
            components.Project(points.AsSpan(i * dimensions, dimensions), features.AsSpan(i * axes, axes));
        (double Likelihood, double[] Shares, double[] Line)? best = null;
        for (var k = 0; k < Math.Min(4, axes); k++)
        {
            float[] sorted = [.. Enumerable.Range(0, n).Select(i => features[(i * axes) + k]).Order()];
            foreach (var share in (double[])[0.05, 0.2, 0.5, 0.8, 0.95])
            {
                var cut = sorted[(int)(share * (n - 1))];
                var fit = Fit(features, axes, i => features[(i * axes) + k] > cut);
                if (best is null || fit.Likelihood > best.Value.Likelihood)
                    best = fit;
            }
        }
        var (_, shares, line) = best!.Value;
        var length = Math.Sqrt(line.Sum(x => x * x));
        var count = shares.Count(share => share > 0.5);
        if (count < least || n - count < least || !(length > 0))
            return null;
        var along = new double[n];
        for (var i = 0; i < n; i++)
            for (var d = 0; d < axes; d++)
                along[i] += features[(i * axes) + d] * line[d] / length;
        if (!TwoModes(along, shares) || (valley && IsoCut.Test([.. along.Order().Select(x => (float)x)]).Dip < LeastDip))
            return null;
        return [.. shares.Select(share => 2 * count <= n ? share > 0.5 : share <= 0.5)];
    }

    /// <summary>Two clouds of the noise's spread, by expectation and maximisation from a first division.</summary>
    private static (double Likelihood, double[] Shares, double[] Line) Fit(float[] features, int axes, Predicate<int> other)
    {
        var n = features.Length / axes;
        var shares = new double[n];
        for (var i = 0; i < n; i++)
            shares[i] = other(i) ? 0.95 : 0.05;
        var (a, b, likelihood) = (new double[axes], new double[axes], 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            Array.Clear(a);
            Array.Clear(b);
            var weight = 0.0;
            for (var i = 0; i < n; i++)
            {
                weight += shares[i];
                for (var d = 0; d < axes; d++)
                {
                    a[d] += (1 - shares[i]) * features[(i * axes) + d];
                    b[d] += shares[i] * features[(i * axes) + d];
                }
            }
            weight = Math.Clamp(weight, 1, n - 1);
            for (var d = 0; d < axes; d++)
                (a[d], b[d]) = (a[d] / (n - weight), b[d] / weight);
            likelihood = 0;
            for (var i = 0; i < n; i++)
            {
                var (toA, toB) = (0.0, 0.0);
                for (var d = 0; d < axes; d++)
                {
                    var x = features[(i * axes) + d];
                    toA += (x - a[d]) * (x - a[d]);
                    toB += (x - b[d]) * (x - b[d]);
                }
                var (logA, logB) = (Math.Log((n - weight) / n) - (toA / 2), Math.Log(weight / n) - (toB / 2));
                var most = Math.Max(logA, logB);
                var sum = most + Math.Log(Math.Exp(logA - most) + Math.Exp(logB - most));
                shares[i] = Math.Exp(logB - sum);
                likelihood += sum;
            }
        }
        return (likelihood, shares, [.. b.Select((x, d) => x - a[d])]);
    }

    /// <summary>Whether numbers are likelier of two normal modes of one spread than of one.</summary>
    private static bool TwoModes(double[] numbers, double[] shares)
    {
        var n = numbers.Length;
        var own = shares.ToArray();
        var mean = numbers.Average();
        var variance = numbers.Average(x => (x - mean) * (x - mean));
        var one = -n / 2.0 * (Math.Log(variance) + 1);
        var (two, apart, spread) = (0.0, 0.0, 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            var weight = Math.Clamp(own.Sum(), 1, n - 1);
            var (a, b, within) = (0.0, 0.0, 0.0);
            for (var i = 0; i < n; i++)
            {
                a += (1 - own[i]) * numbers[i] / (n - weight);
                b += own[i] * numbers[i] / weight;
            }
            for (var i = 0; i < n; i++)
                within += (((1 - own[i]) * (numbers[i] - a) * (numbers[i] - a)) + (own[i] * (numbers[i] - b) * (numbers[i] - b))) / n;
            (two, apart, spread) = (-n / 2.0 * Math.Log(within), Math.Abs(b - a) / Math.Sqrt(within), Math.Sqrt(within));
            for (var i = 0; i < n; i++)
            {
                var logA = Math.Log((n - weight) / n) - ((numbers[i] - a) * (numbers[i] - a) / 2 / within);
                var logB = Math.Log(weight / n) - ((numbers[i] - b) * (numbers[i] - b) / 2 / within);
                var most = Math.Max(logA, logB);
                var sum = most + Math.Log(Math.Exp(logA - most) + Math.Exp(logB - most));
                own[i] = Math.Exp(logB - sum);
                two += sum;
            }
        }
        return two - one > LeastOdds && apart >= LeastApart && spread >= LeastSpread;
    }
}
