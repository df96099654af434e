using System.Diagnostics;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Sorting;

/// <summary>Sorts a recording as a session would, and, where it is wanted, a second time with all of it known.</summary>
public sealed class SortingRun
{
    private const int BlockSamples = 128;

    /// <summary>The recording: what <see cref="SampleRecordings.Open"/> takes.</summary>
    public required string Path { get; init; }

    /// <summary>Which stream of an Open Ephys recording; null: the only one.</summary>
    public string? Stream { get; init; }

    /// <summary>Wires of a tetrode, where the recording does not say which channels belong together: those that follow each other.</summary>
    public int Wires { get; init; } = 4;

    /// <summary>Whether the second pass is left out.</summary>
    public bool OnlineOnly { get; init; }

    /// <summary>Units of an earlier session that the first pass begins with, and where those that it ends with are kept; null: neither.</summary>
    public string? State { get; init; }

    /// <summary>What a person decided about the units of <see cref="State"/>; null: nothing.</summary>
    public string? Decisions { get; init; }

    /// <summary>What came of a run.</summary>
    /// <param name="Channels">Channels of the recording.</param>
    /// <param name="RateHz">Samples per second.</param>
    /// <param name="FirstSample">The device's number of the first sample.</param>
    /// <param name="Samples">Samples per channel.</param>
    /// <param name="Lost">Samples per channel that the recording lacks.</param>
    /// <param name="OnlineS">How long the first pass took, seconds.</param>
    /// <param name="Online">Spikes of the first pass.</param>
    /// <param name="OnlineChain">The chain of the first pass at its end.</param>
    /// <param name="Second">Spikes of the second pass; null where there was none.</param>
    /// <param name="SecondChain">Its chain.</param>
    public sealed record Outcome(
        int Channels, double RateHz, long FirstSample, long Samples, long Lost, double OnlineS, SortedUnits Online, SpikeSortingChain OnlineChain, SortedUnits? Second, SpikeSortingChain? SecondChain);

    /// <summary>Sorts.</summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">The recording cannot be read or has no electrodes; the state or the decisions do not fit it.</exception>
    public Outcome Run(IProgress<string> progress, CancellationToken cancellation)
    {
        using var file = SampleRecordings.Open(Path, BlockSamples, stream: Stream);
        var tetrodes = file.Tetrodes ?? SampleRecordings.Neighbours(file.Source, Wires, Path);
        var options = new SortingChainOptions { Sorting = new() { LearningThreads = Environment.ProcessorCount } };
        // NB: asked for while the recording is open: a session's counts them by its blocks.
        var samples = file.Source.SampleCount;
        var (seconds, rate, capacity) = (samples / file.Source.RateHz, file.Source.RateHz, file.Source.BlockCapacity);
        double[] scales = [.. file.Source.Channels.Select(channel => channel.UnitsPerCount)];
        var (online, second, watch, onlineS) = (new SortedUnits(), new SortedUnits(), Stopwatch.StartNew(), 0.0);
        var reported = 0L;
        void Progress(int pass, long done)
        {
            if (pass == 2 && onlineS == 0)
                onlineS = watch.Elapsed.TotalSeconds;
            if (done - reported is > 0 and < 300_000)
                return;
            reported = done;
            progress.Report($"pass {pass}: {done / rate:F0} of {seconds:F0} s");
        }
        // NB: each pass of an offline sorter reads the recording by a source of its own, and that one keeps the account.
        var read = file.Source;
        SpikeSortingChain first;
        SpikeSortingChain? again = null;
        if (OnlineOnly)
        {
            first = new(tetrodes, scales, rate, capacity, options);
            if (State is not null && File.Exists(State))
                SorterState.Load(State, first);
            if (Decisions is not null)
                SortingDecisions.Read(Decisions).Apply(first);
            first.ProcessAll(file.Source, online, begin: null, done => Progress(1, done), cancellation);
            if (State is not null)
                SorterState.Save(State, first);
        }
        else
        {
            (first, again) = new OfflineSorter(tetrodes, options).Sort(() => read = SampleRecordings.Open(Path, BlockSamples, stream: Stream).Source, online, second, Progress, cancellation);
        }
        if (onlineS == 0)
            onlineS = watch.Elapsed.TotalSeconds;
        return new(scales.Length, rate, read.Ledger.Next - read.Ledger.Received - read.Ledger.Lost, samples, read.Ledger.Lost, onlineS, online, first, again is null ? null : second, again);
    }
}
