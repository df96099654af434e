using System.Numerics;

namespace ClosedLoop.Core;

/// <summary>
/// Durations of one stage in fixed memory: buckets that are exact below 1,024 ns and at most 0.2 % wide above, up to
/// about 18 minutes (the bucketing of HdrHistogram with 512 linear steps per octave). Recording allocates nothing and
/// takes a few nanoseconds.
/// </summary>
/// <remarks>One thread records; any thread may read, and may then see a count that is one record old.</remarks>
public sealed class LatencyHistogram
{
    private const int SubBits = 10;
    private const int SubCount = 1 << SubBits;
    private const int HalfSubCount = SubCount / 2;
    private const int Octaves = 31;
    private const long LargestNs = (1L << (SubBits + Octaves - 1)) - 1;

    private readonly long[] _counts = new long[SubCount + ((Octaves - 1) * HalfSubCount)];
    private long _total;
    private long _maxNs;
    private double _sumNs;

    /// <summary>Makes an empty histogram for the stage <paramref name="name"/>.</summary>
    public LatencyHistogram(string name) => Name = name;

    /// <summary>The stage's name.</summary>
    public string Name { get; }

    /// <summary>How many durations were recorded.</summary>
    public long Count => Volatile.Read(ref _total);

    /// <summary>The longest duration, exact, nanoseconds.</summary>
    public long MaxNs => Volatile.Read(ref _maxNs);

    /// <summary>Mean duration, nanoseconds. NB: report it only beside the percentiles.</summary>
    public double MeanNs => Count == 0 ? double.NaN : _sumNs / Count;

    /// <summary>Records one duration in nanoseconds; a negative one counts as 0, one past the range as the largest.</summary>
    public void Record(long nanoseconds)
    {
        var value = Math.Clamp(nanoseconds, 0, LargestNs);
        _counts[BucketOf(value)]++;
        _sumNs += value;
        if (nanoseconds > _maxNs)
            Volatile.Write(ref _maxNs, nanoseconds);
        Volatile.Write(ref _total, _total + 1);
    }

    /// <summary>
    /// The duration in nanoseconds that a share <paramref name="quantile"/> (0 to 1) of all durations do not exceed
    /// (the upper edge of its bucket, never more than <see cref="MaxNs"/>); NaN where nothing was recorded.
    /// </summary>
    public double QuantileNs(double quantile)
    {
        var total = Count;
        if (total == 0)
            return double.NaN;
        var wanted = Math.Max(1, (long)Math.Ceiling(quantile * total));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
                return Math.Min(UpperEdge(i), MaxNs);
        }
        return MaxNs;
    }

    /// <summary>Forgets everything, as after a warm-up.</summary>
    public void Reset()
    {
        Array.Clear(_counts);
        _sumNs = 0;
        Volatile.Write(ref _maxNs, 0);
        Volatile.Write(ref _total, 0);
    }

    /// <summary>p50, p99, p99.9 and the maximum in milliseconds.</summary>
    public LatencySummary Summarise() =>
        new(Name, Count, QuantileNs(0.5) / 1e6, QuantileNs(0.99) / 1e6, QuantileNs(0.999) / 1e6, Count == 0 ? double.NaN : MaxNs / 1e6);

    private static int BucketOf(long value)
    {
        if (value < SubCount)
            return (int)value;
        var octave = BitOperations.Log2((ulong)value) - SubBits + 1;
        return SubCount + ((octave - 1) * HalfSubCount) + (int)(value >> octave) - HalfSubCount;
    }

    private static long UpperEdge(int bucket)
    {
        if (bucket < SubCount)
            return bucket;
        var octave = ((bucket - SubCount) / HalfSubCount) + 1;
        var sub = ((bucket - SubCount) % HalfSubCount) + HalfSubCount;
        return ((long)(sub + 1) << octave) - 1;
    }
}
