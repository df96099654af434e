using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>Spike counts as regressions read them: panels of eight units, bin by bin. Units that fill up the last panel have no spikes.</summary>
internal sealed unsafe class CountPanels : IDisposable
{
    // NB: single precision holds every count below 16 million exactly.
    private const double MostCount = 1 << 24;

    private float* _counts;

    /// <summary>Takes a table.</summary>
    /// <param name="counts">Rows are bins, columns are units.</param>
    /// <param name="names">Of the units, for errors; null: their numbers.</param>
    /// <exception cref="ClosedLoopException">A count is not finite, negative, or beyond 2^24.</exception>
    public CountPanels(Matrix counts, IReadOnlyList<string>? names = null)
    {
        (Bins, Units, Panels) = (counts.Rows, counts.Columns, BlockProducts.Padded(counts.Columns) / BlockProducts.Panel);
        var length = (nuint)Math.Max(1, (long)Panels * Bins * BlockProducts.Panel) * sizeof(float);
        _counts = (float*)NativeMemory.AlignedAlloc(length, 64);
        NativeMemory.Clear(_counts, length);
        for (var t = 0; t < Bins; t++)
        {
            var row = counts.Row(t);
            for (var unit = 0; unit < Units; unit++)
            {
                if (!(row[unit] >= 0 && row[unit] < MostCount))
                    throw ClosedLoopException.Failed(FormattableString.Invariant($"the count of unit '{names?[unit] ?? $"{unit}"}' in bin {t} is {row[unit]}; counts are finite and not negative"));
                Bin(unit / BlockProducts.Panel, t)[unit % BlockProducts.Panel] = (float)row[unit];
            }
        }
    }

    /// <summary>Gives the memory back.</summary>
    ~CountPanels() => NativeMemory.AlignedFree(_counts);

    /// <summary>Number of bins.</summary>
    public int Bins { get; }

    /// <summary>Number of units.</summary>
    public int Units { get; }

    /// <summary>Number of panels.</summary>
    public int Panels { get; }

    /// <summary>The eight counts of a panel in a bin.</summary>
    public float* Bin(int panel, int bin) => _counts + ((((long)panel * Bins) + bin) * BlockProducts.Panel);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_counts);
        _counts = null;
        GC.SuppressFinalize(this);
    }
}
