using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Takes from each channel of a group the median over the group's channels, sample by sample: what all wires pick up
/// together (chewing, movement, mains) goes, and a spike on a few of them hardly moves it. (FAST does so by chips of 32
/// channels.) Allocates nothing after construction.
/// </summary>
public sealed class MedianReference
{
    private readonly int[][] _groups;
    private readonly (int Low, int High)[][] _networks;
    private readonly Vector<float>[] _work;

    /// <summary>Makes a reference.</summary>
    /// <param name="groups">The channels of each group; a channel in none is left as it is, and so is a group of fewer than three.</param>
    public MedianReference(IReadOnlyList<IReadOnlyList<int>> groups)
    {
        _groups = [.. groups.Where(group => group.Count >= 3).Select(group => group.ToArray())];
        // Places of the work, where each channel has two vectors.
        _networks = [.. _groups.Select(group => SortingNetwork.Needed(group.Length, (group.Length - 1) / 2, group.Length / 2).Select(pair => (2 * pair.Low, 2 * pair.High)).ToArray())];
        _work = new Vector<float>[2 * _groups.Select(group => group.Length).DefaultIfEmpty(0).Max()];
    }

    /// <summary>Subtracts the medians.</summary>
    /// <param name="samples">Channel by channel.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="stride">
    /// Numbers from a channel's first sample to the next channel's: a whole number of vectors, for what lies between a
    /// channel's last sample and the end of its last vector is written over.
    /// </param>
    public void Process(Span<float> samples, int count, int stride)
    {
        if (stride % Vector<float>.Count != 0)
            throw new ArgumentException($"a stride of {stride} is no whole number of vectors of {Vector<float>.Count}", nameof(stride));
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(samples);
        var (length, row) = ((count + Vector<float>.Count - 1) / Vector<float>.Count, stride / Vector<float>.Count);
        for (var g = 0; g < _groups.Length; g++)
        {
            var (group, network) = (_groups[g], _networks[g]);
            // Two vectors of samples at a time; of an odd number the last goes by itself, twice.
            for (var t = 0; t < length; t += 2)
            {
                var second = t + 1 < length ? 1 : 0;
                for (var c = 0; c < group.Length; c++)
                    (_work[2 * c], _work[(2 * c) + 1]) = (vectors[(group[c] * row) + t], vectors[(group[c] * row) + t + second]);
                Sort(network);
                var (low, high) = ((group.Length - 1) / 2, group.Length / 2);
                var (median, other) = ((_work[2 * low] + _work[2 * high]) * 0.5f, (_work[(2 * low) + 1] + _work[(2 * high) + 1]) * 0.5f);
                foreach (var channel in group)
                {
                    vectors[(channel * row) + t] -= median;
                    if (second != 0)
                        vectors[(channel * row) + t + 1] -= other;
                }
            }
        }
    }

    private void Sort((int Low, int High)[] network)
    {
        ref var work = ref MemoryMarshal.GetArrayDataReference(_work);
        foreach (var (low, high) in network)
        {
            ref var a = ref Unsafe.Add(ref work, low);
            ref var b = ref Unsafe.Add(ref work, high);
            ref var c = ref Unsafe.Add(ref a, 1);
            ref var d = ref Unsafe.Add(ref b, 1);
            (a, b, c, d) = (Vector.Min(a, b), Vector.Max(a, b), Vector.Min(c, d), Vector.Max(c, d));
        }
    }
}
