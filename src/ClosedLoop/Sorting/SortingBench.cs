using System.Diagnostics;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;

namespace ClosedLoop.Sorting;

/// <summary>
/// Measures the whole way from samples to sorted spikes on simulated tetrodes: first as fast as it goes, for how much of
/// a core it takes, what it allocates and whether memory grows; then, with the units that were learnt, at real-time pace,
/// for how long a spike is under way.
/// </summary>
internal sealed class SortingBench : ISortedSpikeSink, IDisposable
{
    private const int Seed = 1;
    private const double MinuteS = 60;

    /// <summary>Minutes below which units may not be learnt, and memory not be compared.</summary>
    public const double LeastMinutes = 6;

    private readonly SimulatedTetrodeSource _source;
    private readonly SpikeSortingChain _chain;
    private readonly SampleBlock _block;
    private readonly LatencyHistogram _spikes = new("spike"), _blocks = new("block");
    private readonly CancellationToken _cancellation;
    private SessionClock? _clock;
    private SessionTime _began;
    private long _first, _next;

    private SortingBench(int tetrodes, CancellationToken cancellation)
    {
        _source = new(new() { Tetrodes = tetrodes, Seed = Seed });
        _chain = new(_source.Tetrodes, [.. _source.Channels.Select(channel => channel.UnitsPerCount)], _source.RateHz, _source.BlockCapacity);
        _block = new(_source.Channels.Count, _source.BlockCapacity);
        _cancellation = cancellation;
    }

    /// <summary>Measures.</summary>
    /// <param name="tetrodes">Simulated tetrodes.</param>
    /// <param name="minutes">Minutes of signal as fast as possible, <see cref="LeastMinutes"/> at least.</param>
    /// <param name="pacedS">Seconds at real-time pace.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    /// <exception cref="ClosedLoopException">The units were not learnt in the time given.</exception>
    public static SortingBenchResult Measure(int tetrodes, double minutes, double pacedS, IProgress<string> progress, CancellationToken cancellation)
    {
        using var bench = new SortingBench(tetrodes, cancellation);
        var result = bench.AsFastAsPossible(tetrodes, minutes * MinuteS, progress);
        progress.Report($"sorting at real-time pace for {pacedS:F0} s");
        bench.AtRealTime(pacedS);
        return result with { PacedS = pacedS, SpikeLatencyMs = LatencyResult.Of(bench._spikes.Summarise()), BlockMs = LatencyResult.Of(bench._blocks.Summarise()) };
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <inheritdoc/>
    void ISortedSpikeSink.Take(in SortedSpike spike)
    {
        if (_clock is null || spike.Late || spike.Unit == 0)
            return;
        var taken = _began + (long)((spike.Sample - _first) / _source.RateHz * SessionTime.NanosecondsPerSecond);
        // NB: a spike just before the pace began was never waited for.
        if (spike.Sample >= _first)
            _spikes.Record(_clock.Now - taken);
    }

    private SortingBenchResult AsFastAsPossible(int tetrodes, double seconds, IProgress<string> progress)
    {
        var (samples, report) = ((long)(seconds * _source.RateHz), (long)(10 * _source.RateHz));
        long simulatingNs = 0, sortingNs = 0, learntNs = 0, learntSamples = 0, quietBytes = 0, learningBytes = 0, quiet = 0, learnings = 0;
        (long At, double Managed, double Resident)? learnt = null;
        var began = ProcessorTime.OfProcessNs;
        while (_next < samples)
        {
            _cancellation.ThrowIfCancellationRequested();
            var start = ProcessorTime.OfThreadNs;
            Read();
            var read = ProcessorTime.OfThreadNs;
            var (before, bytes) = (learnt is null ? 0 : Learnings(), GC.GetAllocatedBytesForCurrentThread());
            _chain.Process(_block, this);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            var sorted = ProcessorTime.OfThreadNs - read;
            (simulatingNs, sortingNs) = (simulatingNs + read - start, sortingNs + sorted);
            if (learnt is null)
            {
                if (_chain.Learnt)
                    learnt = Memory();
            }
            else
            {
                (learntNs, learntSamples) = (learntNs + sorted, learntSamples + _block.SampleCount);
                var changes = Learnings() - before;
                learnings += changes;
                if (changes > 0)
                    learningBytes += bytes;
                else
                    (quiet, quietBytes) = (quiet + 1, quietBytes + bytes);
            }
            if (_next % report < _block.SampleCount)
                progress.Report($"sorting, as fast as possible: {_next / _source.RateHz:F0} of {seconds:F0} s");
        }
        var processorS = (ProcessorTime.OfProcessNs - began - simulatingNs) / 1e9;
        if (learnt is not { } first)
            throw ClosedLoopException.Failed($"units were not learnt within {seconds:F0} s of signal; give the tetrodes {LeastMinutes:F0} minutes or more");
        var last = Memory();
        double Minutes(long at) => at / _source.RateHz / MinuteS;
        return new(
            tetrodes, _source.Channels.Count, _source.RateHz, _source.BlockCapacity, seconds, processorS, sortingNs / 1e9, seconds / processorS, learntSamples / _source.RateHz / (learntNs / 1e9),
            _chain.Sorters.Sum(sorter => sorter.Units.Count), (int)learnings, quietBytes / (double)Math.Max(1, quiet), learningBytes / (double)Math.Max(1, learnings),
            new(Minutes(first.At), Minutes(last.At), first.Managed, last.ManagedMib, first.Resident, last.ResidentMib), 0, LatencyResult.Of(_spikes.Summarise()), LatencyResult.Of(_blocks.Summarise()));
    }

    /// <summary>Hands each block over when its last sample would have been taken.</summary>
    private void AtRealTime(double seconds)
    {
        var clock = new SessionClock();
        (_first, _began, _clock) = (_next, clock.Now, clock);
        for (var end = _next + (long)(seconds * _source.RateHz); _next < end;)
        {
            Read();
            var due = _began + (long)((_next - _first) / _source.RateHz * SessionTime.NanosecondsPerSecond);
            if (!clock.WaitUntil(due, _cancellation))
                _cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            _chain.Process(_block, this);
            _blocks.Record((long)Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        _clock = null;
    }

    private void Read()
    {
        if (!_source.TryRead(_block, _cancellation))
            throw new OperationCanceledException(_cancellation);
        _next = _block.Stamp.DeviceCounter + _block.SampleCount;
    }

    /// <summary>Beginnings and ends of searches for units so far.</summary>
    private int Learnings()
    {
        var sum = 0;
        foreach (var sorter in _chain.Sorters)
            sum += sorter.Learnings.Begun + sorter.Learnings.Adopted;
        return sum;
    }

    private (long At, double ManagedMib, double ResidentMib) Memory()
    {
        const double Mib = 1 << 20;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return (_next, GC.GetTotalMemory(forceFullCollection: false) / Mib, Environment.WorkingSet / Mib);
    }
}
