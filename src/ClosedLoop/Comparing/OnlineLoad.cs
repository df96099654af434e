using System.Diagnostics;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Sessions;

namespace ClosedLoop.Comparing;

/// <summary>Measures encoding models that are learned while a session runs: many units, many classes of features, on one thread.</summary>
internal static class OnlineLoad
{
    private const int Seed = 3;

    /// <summary>Measures, as fast as it goes.</summary>
    /// <param name="units">Units.</param>
    /// <param name="classes">Classes of features.</param>
    /// <param name="featuresPerClass">Features of each.</param>
    /// <param name="bins">Bins that are measured.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static OnlineLoadResult Measure(int units, int classes, int featuresPerClass, int bins, CancellationToken cancellation)
    {
        var options = new OnlineEncodingOptions();
        var encoding = new OnlineEncoding(units, [.. Enumerable.Repeat(featuresPerClass, classes)], options);
        var random = new RandomStream(Seed, "online load");
        // Made beforehand, and more of them than any cache holds.
        var features = new float[500][];
        var counts = new int[features.Length][];
        for (var t = 0; t < features.Length; t++)
        {
            features[t] = [.. Enumerable.Range(0, encoding.Features).Select(_ => (float)random.Normal())];
            counts[t] = [.. Enumerable.Range(0, units).Select(_ => random.Uniform() < 0.2 ? 1 : 0)];
        }
        // Until all lags are judged, and code and tables are warm, those that measure among them.
        var warm = (int)(options.ScaleSeconds * 1000 / options.BinMs) + 200;
        var (took, ofThread) = (new LatencyHistogram("bin"), new LatencyHistogram("bin of a core"));
        long before = 0, used = 0, allocated = 0;
        for (var t = 0; t < warm + bins; t++)
        {
            if (t == warm)
            {
                (took, ofThread, used, allocated) = (new("bin"), new("bin of a core"), 0, 0);
                before = GC.GetTotalMemory(forceFullCollection: true);
            }
            if (t % 50 == 0)
                cancellation.ThrowIfCancellationRequested();
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var (began, thread) = (Stopwatch.GetTimestamp(), ProcessorTime.OfThreadNs);
            encoding.Take(counts[t % counts.Length], features[t % features.Length]);
            var own = ProcessorTime.OfThreadNs - thread;
            took.Record((long)(Stopwatch.GetElapsedTime(began).TotalMilliseconds * 1e6));
            ofThread.Record(own);
            used += own;
            allocated += GC.GetAllocatedBytesForCurrentThread() - bytes;
        }
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(encoding);
        GC.KeepAlive(features);
        GC.KeepAlive(counts);
        return new(
            units, classes, featuresPerClass, options.LagsMs.Count, bins, options.BinMs, used / 1e6 / bins / options.BinMs,
            LatencyResult.Of(ofThread.Summarise()), LatencyResult.Of(took.Summarise()), (double)allocated / bins, Mib(before), Mib(after));

        static double Mib(long bytes) => bytes / 1024.0 / 1024;
    }
}
