using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Finds keypoints of the left and right side that were exchanged, limb by limb and then pair by pair, by whether the
/// exchange brings them much nearer to where the body is expected to be, and puts them back.
/// </summary>
internal sealed class SideSwap
{
    private const double LimbRatio = 0.5;
    private const double PairRatio = 0.4;
    private const double PairGain = 1.5;

    private readonly (int Left, int Right)[] _pairs;
    private readonly int[] _limb;
    private readonly int _limbs;
    private readonly int[] _mirror;

    public SideSwap(KeypointLayout layout)
    {
        _mirror = layout.MirrorIndices();
        _pairs = [.. Enumerable.Range(0, layout.Count).Where(k => layout.Names[k][^1] == 'L' && _mirror[k] != k).Select(k => (k, _mirror[k]))];
        // Limbs are what the skeleton's edges join on the left side alone.
        _limb = [.. Enumerable.Range(0, _pairs.Length)];
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var (from, to) in layout.Edges)
            {
                var (a, b) = (Array.FindIndex(_pairs, p => p.Left == from), Array.FindIndex(_pairs, p => p.Left == to));
                if (a < 0 || b < 0 || _limb[a] == _limb[b])
                    continue;
                (_limb[a], _limb[b]) = (Math.Min(_limb[a], _limb[b]), Math.Min(_limb[a], _limb[b]));
                changed = true;
            }
        }
        _limbs = _pairs.Length;
    }

    /// <summary>Exchanges back what was exchanged.</summary>
    /// <param name="keypoints">x, y, z per keypoint.</param>
    /// <param name="weights">Weight per keypoint, 0 where it is missing.</param>
    /// <param name="expected">Where the sites are expected.</param>
    /// <param name="gainM">By how much the exchange must bring a limb's keypoints nearer on average, metres.</param>
    /// <returns>Whether anything was exchanged.</returns>
    public bool Undo(Span<double> keypoints, Span<double> weights, ReadOnlySpan<double> expected, double gainM)
    {
        var found = false;
        for (var limb = 0; limb < _limbs; limb++)
        {
            if (!IsBetter(limb, false, keypoints, weights, expected, gainM, LimbRatio))
                continue;
            for (var p = 0; p < _pairs.Length; p++)
                if (_limb[p] == limb)
                    Exchange(p, keypoints, weights);
            found = true;
        }
        for (var p = 0; p < _pairs.Length; p++)
            if (IsBetter(p, true, keypoints, weights, expected, PairGain * gainM, PairRatio))
            {
                Exchange(p, keypoints, weights);
                found = true;
            }
        return found;
    }

    /// <summary>Exchanges all pairs.</summary>
    public void ExchangeAll(Span<double> keypoints, Span<double> weights)
    {
        for (var p = 0; p < _pairs.Length; p++)
            Exchange(p, keypoints, weights);
    }

    /// <summary>
    /// Writes how far the middle of each pair, and each keypoint of the midline, lies from where it is expected: measures
    /// that an exchange of sides leaves as they are.
    /// </summary>
    /// <returns>How many were written.</returns>
    public int Displacements(ReadOnlySpan<double> keypoints, ReadOnlySpan<double> weights, ReadOnlySpan<double> expected, Span<double> distances)
    {
        var count = 0;
        for (var k = 0; k < _mirror.Length; k++)
        {
            var m = _mirror[k];
            if (m < k || weights[k] == 0 || weights[m] == 0)
                continue;
            var sum = 0.0;
            for (var i = 0; i < 3; i++)
            {
                var d = (keypoints[(3 * k) + i] + keypoints[(3 * m) + i] - expected[(3 * k) + i] - expected[(3 * m) + i]) / 2;
                sum += d * d;
            }
            distances[count++] = Math.Sqrt(sum);
        }
        return count;
    }

    private bool IsBetter(int index, bool onePair, ReadOnlySpan<double> keypoints, ReadOnlySpan<double> weights, ReadOnlySpan<double> expected, double gainM, double ratio)
    {
        var (asIs, exchanged, count) = (0.0, 0.0, 0);
        for (var p = 0; p < _pairs.Length; p++)
        {
            var (left, right) = _pairs[p];
            if ((onePair ? p : _limb[p]) != index || weights[left] == 0 || weights[right] == 0)
                continue;
            asIs += Distance(keypoints, left, expected, left) + Distance(keypoints, right, expected, right);
            exchanged += Distance(keypoints, left, expected, right) + Distance(keypoints, right, expected, left);
            count += 2;
        }
        return count > 0 && asIs - exchanged > gainM * count && exchanged < ratio * asIs;
    }

    private void Exchange(int pair, Span<double> keypoints, Span<double> weights)
    {
        var (left, right) = _pairs[pair];
        for (var i = 0; i < 3; i++)
            (keypoints[(3 * left) + i], keypoints[(3 * right) + i]) = (keypoints[(3 * right) + i], keypoints[(3 * left) + i]);
        (weights[left], weights[right]) = (weights[right], weights[left]);
    }

    private static double Distance(ReadOnlySpan<double> a, int i, ReadOnlySpan<double> b, int j)
    {
        var (x, y, z) = (a[3 * i] - b[3 * j], a[(3 * i) + 1] - b[(3 * j) + 1], a[(3 * i) + 2] - b[(3 * j) + 2]);
        return Math.Sqrt((x * x) + (y * y) + (z * z));
    }
}
