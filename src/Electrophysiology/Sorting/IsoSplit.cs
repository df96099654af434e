using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Clusters points without being told how many clusters there are or of what shape (ISO-SPLIT, Magland and Barnett 2015):
/// far too many to begin with, and then neighbours are compared two by two along the line that tells them apart best;
/// where <see cref="IsoCut"/> sees one mode they become one, where it sees two the points between are dealt out anew.
/// </summary>
/// <remarks>
/// Why this and not another: mixtures of Gaussians (KlustaKwik) take a cluster that bursts or drifts, and so has a tail,
/// for two; superparamagnetic clustering (Quian Quiroga et al. 2004) needs a temperature, a number of neighbours and a least
/// size, and a person looking at the result; learning templates from the residual (Kilosort) is made for hundreds of
/// channels, where every unit is alone on some of them, and needs the number of templates. On four wires clusters touch,
/// and whether there is a valley between two is what a person looks for too. Its limit is the same: two units whose
/// clusters have no valley between them are one, and so the space in which it looks matters (<see cref="UnitLearning"/>).
/// </remarks>
internal static class IsoSplit
{
    private const double DipThreshold = 1.0;
    private const int MostParcels = 48, LeastParcel = 12;

    /// <summary>Clusters points.</summary>
    /// <param name="points">Point by point.</param>
    /// <param name="dimensions">Numbers of a point. Noise should have a spread of about 1 in each.</param>
    /// <returns>By point its cluster, from 0 on.</returns>
    public static int[] Cluster(float[] points, int dimensions)
    {
        var n = points.Length / dimensions;
        var labels = Parcels(points, dimensions, Math.Clamp(n / 25, 1, MostParcels));
        var groups = new List<Group>();
        for (var k = 0; k <= labels.Max(); k++)
            if (Enumerable.Range(0, n).Where(i => labels[i] == k).ToList() is { Count: > 0 } members)
                groups.Add(new(members, points, dimensions));
        var compared = new HashSet<(Group, Group)>();
        for (var round = 0; round < 2000 && groups.Count > 1; round++)
        {
            // The two nearest that have not been compared as they are now.
            var (first, second, nearest) = (-1, -1, double.MaxValue);
            for (var a = 0; a < groups.Count; a++)
                for (var b = a + 1; b < groups.Count; b++)
                    if (groups[a].Distance(groups[b]) is var distance && distance < nearest && !compared.Contains((groups[a], groups[b])))
                        (first, second, nearest) = (a, b, distance);
            if (first < 0)
                break;
            var (one, other) = (groups[first], groups[second]);
            var (left, right) = Compare(one, other, points, dimensions);
            if (right is null)
            {
                groups[first] = left;
                groups.RemoveAt(second);
                continue;
            }
            // NB: groups that changed are compared with all others again, and with each other only when they change once more.
            (groups[first], groups[second]) = (left, right);
            compared.Add((left, right));
        }
        for (var k = 0; k < groups.Count; k++)
            foreach (var i in groups[k].Members)
                labels[i] = k;
        return labels;
    }

    /// <summary>One group where there is one mode; else two, of which either may be the one that was given.</summary>
    private static (Group Left, Group? Right) Compare(Group one, Group other, float[] points, int dimensions)
    {
        int[] members = [.. one.Members, .. other.Members];
        if (one.Members.Count < LeastParcel || other.Members.Count < LeastParcel)
            return (new(members, points, dimensions), null);
        var direction = one.Discriminant(other);
        var projections = new float[members.Length];
        for (var i = 0; i < members.Length; i++)
            for (var d = 0; d < dimensions; d++)
                projections[i] += (float)(direction[d] * points[(members[i] * dimensions) + d]);
        var sorted = projections.ToArray();
        Array.Sort(sorted);
        var (dip, cut) = IsoCut.Test(sorted);
        if (dip < DipThreshold)
            return (new(members, points, dimensions), null);
        int[] left = [.. members.Where((_, i) => projections[i] <= cut)], right = [.. members.Where((_, i) => projections[i] > cut)];
        if (left.Length == 0 || right.Length == 0)
            return (one, other);
        var same = left.Length == one.Members.Count && one.Members.ToHashSet().SetEquals(left);
        return same ? (one, other) : (new(left, points, dimensions), new(right, points, dimensions));
    }

    /// <summary>Many small compact groups: k-means from seeds far from one another (Arthur and Vassilvitskii 2007).</summary>
    public static int[] Parcels(float[] points, int dimensions, int count)
    {
        var n = points.Length / dimensions;
        var random = new RandomStream(1, "parcels");
        var centres = new float[count * dimensions];
        var (nearest, labels) = (new double[n], new int[n]);
        Array.Fill(nearest, double.MaxValue);
        var chosen = (int)(n * random.Uniform());
        for (var k = 0; k < count; k++)
        {
            points.AsSpan(chosen * dimensions, dimensions).CopyTo(centres.AsSpan(k * dimensions));
            var sum = 0.0;
            for (var i = 0; i < n; i++)
            {
                nearest[i] = Math.Min(nearest[i], Squared(points, i, centres, k, dimensions));
                sum += nearest[i];
            }
            var drawn = sum * random.Uniform();
            for (chosen = 0; chosen < n - 1 && (drawn -= nearest[chosen]) > 0; chosen++)
            {
            }
        }
        var (sums, counts) = (new double[centres.Length], new int[count]);
        for (var round = 0; round < 8; round++)
        {
            Array.Clear(sums);
            Array.Clear(counts);
            for (var i = 0; i < n; i++)
            {
                var (best, distance) = (0, double.MaxValue);
                for (var k = 0; k < count; k++)
                    if (Squared(points, i, centres, k, dimensions) is var found && found < distance)
                        (best, distance) = (k, found);
                labels[i] = best;
                counts[best]++;
                for (var d = 0; d < dimensions; d++)
                    sums[(best * dimensions) + d] += points[(i * dimensions) + d];
            }
            for (var k = 0; k < count; k++)
                for (var d = 0; d < dimensions && counts[k] > 0; d++)
                    centres[(k * dimensions) + d] = (float)(sums[(k * dimensions) + d] / counts[k]);
        }
        return labels;
    }

    private static double Squared(float[] a, int i, float[] b, int j, int dimensions)
    {
        var sum = 0f;
        for (var d = 0; d < dimensions; d++)
            sum += (a[(i * dimensions) + d] - b[(j * dimensions) + d]) * (a[(i * dimensions) + d] - b[(j * dimensions) + d]);
        return sum;
    }

    private sealed class Group
    {
        private readonly double[] _mean, _covariance;

        public Group(IReadOnlyList<int> members, float[] points, int dimensions)
        {
            Members = members;
            (_mean, _covariance) = (new double[dimensions], new double[dimensions * dimensions]);
            foreach (var i in members)
                for (var d = 0; d < dimensions; d++)
                    _mean[d] += points[(i * dimensions) + d] / (double)members.Count;
            foreach (var i in members)
                for (var a = 0; a < dimensions; a++)
                    for (var b = 0; b <= a; b++)
                        _covariance[(a * dimensions) + b] += (points[(i * dimensions) + a] - _mean[a]) * (points[(i * dimensions) + b] - _mean[b]);
        }

        public IReadOnlyList<int> Members { get; }

        public double Distance(Group other)
        {
            var sum = 0.0;
            for (var d = 0; d < _mean.Length; d++)
                sum += (_mean[d] - other._mean[d]) * (_mean[d] - other._mean[d]);
            return sum;
        }

        /// <summary>Fisher's direction, the covariance of both pooled, and drawn a little to that of the noise (1) where points are few.</summary>
        public double[] Discriminant(Group other)
        {
            var d = _mean.Length;
            var pooled = new double[d * d];
            const double Prior = 10;
            var count = Members.Count + other.Members.Count + Prior;
            for (var a = 0; a < d; a++)
                for (var b = 0; b <= a; b++)
                    pooled[(a * d) + b] = pooled[(b * d) + a] = (_covariance[(a * d) + b] + other._covariance[(a * d) + b] + (a == b ? Prior : 0)) / count;
            var factor = Cholesky.Factor(pooled, d) ?? throw new InvalidOperationException("a covariance and a multiple of one is positive");
            double[] difference = [.. _mean.Select((mean, i) => other._mean[i] - mean)];
            Cholesky.Solve(factor, d, difference);
            var length = Math.Sqrt(difference.Sum(x => x * x));
            return length > 0 ? [.. difference.Select(x => x / length)] : [1, .. new double[d - 1]];
        }
    }
}
