using System.Numerics;
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
        _networks = [.. _groups.Select(group => SortingNetwork.Needed(group.Length, (group.Length - 1) / 2, group.Length / 2))];
        _work = new Vector<float>[_groups.Select(group => group.Length).DefaultIfEmpty(0).Max()];
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
            for (var t = 0; t < length; t++)
            {
                for (var c = 0; c < group.Length; c++)
                    _work[c] = vectors[(group[c] * row) + t];
                foreach (var (low, high) in network)
                {
                    var (a, b) = (_work[low], _work[high]);
                    (_work[low], _work[high]) = (Vector.Min(a, b), Vector.Max(a, b));
                }
                var median = (_work[(group.Length - 1) / 2] + _work[group.Length / 2]) * 0.5f;
                foreach (var channel in group)
                    vectors[(channel * row) + t] -= median;
            }
        }
    }
}
