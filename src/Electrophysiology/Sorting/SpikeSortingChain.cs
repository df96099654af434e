using System.Numerics;
using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// From samples to sorted spikes: band-pass, common reference, noise, artefact veto, detection, and a
/// <see cref="TetrodeSorter"/> for each tetrode. One thread; the same blocks give the same spikes. Allocates nothing per
/// block once it has learnt.
/// </summary>
public sealed class SpikeSortingChain : ISpikeSink
{
    private readonly int[][] _tetrodes;
    private readonly FilterBank _filter;
    private readonly MedianReference _reference;
    private readonly NoiseLevel _noise;
    private readonly SpikeDetector _detector;
    private readonly TetrodeSorter[] _sorters;
    private readonly float[] _filtered;
    private readonly int _stride, _channels;
    private long _expected = long.MinValue;
    private ISortedSpikeSink? _sink;

    /// <summary>Makes a chain that knows nothing yet.</summary>
    /// <param name="tetrodes">The channels of each tetrode (any number of wires).</param>
    /// <param name="microvoltsPerCount">By channel, what a count is.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="blockCapacity">Most samples per channel of a block.</param>
    /// <param name="options">How samples become spikes.</param>
    /// <param name="learning">What units are learnt on beside the stream; null: the thread pool, as many tetrodes at a time as the options say.</param>
    /// <exception cref="ClosedLoopException">A tetrode names a channel that is not there, or that another has; or an option cannot be.</exception>
    public SpikeSortingChain(
        IReadOnlyList<IReadOnlyList<int>> tetrodes, IReadOnlyList<double> microvoltsPerCount, double rateHz, int blockCapacity, SortingChainOptions? options = null, TaskScheduler? learning = null)
    {
        options ??= new();
        options.Sorting.Check();
        (Options, RateHz) = (options, rateHz);
        _tetrodes = [.. tetrodes.Select(wires => wires.ToArray())];
        _channels = microvoltsPerCount.Count;
        Check();
        _stride = (blockCapacity + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        // NB: rows of a power of two of bytes, as blocks of 128 make, fall on the same few lines of the cache.
        if (_stride % 64 == 0)
            _stride += 16;
        _filtered = new float[_channels * _stride];
        _filter = new(options.Band(rateHz), microvoltsPerCount);
        _reference = new(options.ReferenceGroups ?? (_tetrodes.Length < 4 ? [] : [.. _tetrodes.Chunk(8).Select(chunk => chunk.SelectMany(wires => wires).ToArray())]));
        _noise = new(_channels, rateHz);
        Veto = new(_tetrodes, _channels, blockCapacity, rateHz, options.Veto);
        _detector = new(_tetrodes, _channels, blockCapacity, options.Sorting.Detector);
        var scheduler = learning ?? new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, options.Sorting.LearningThreads).ConcurrentScheduler;
        _sorters = [.. _tetrodes.Select((wires, i) => new TetrodeSorter(i, wires.Length, rateHz, options.Sorting, scheduler))];
    }

    /// <summary>How samples become spikes.</summary>
    public SortingChainOptions Options { get; }

    /// <summary>Samples per second.</summary>
    public double RateHz { get; }

    /// <summary>The channels of each tetrode.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Tetrodes => _tetrodes;

    /// <summary>The sorter of each tetrode.</summary>
    public IReadOnlyList<TetrodeSorter> Sorters => _sorters;

    /// <summary>What was no spike.</summary>
    public ArtefactVeto Veto { get; }

    /// <summary>Spikes that an artefact covered.</summary>
    public long Vetoed { get; private set; }

    /// <summary>Standard deviation of each channel's noise in microvolts; NaN until half a second has been seen.</summary>
    public ReadOnlySpan<float> Noise => _noise.Levels;

    /// <summary>Whether every tetrode has learnt its units.</summary>
    public bool Learnt => _sorters.All(sorter => sorter.Learnt);

    /// <summary>Sorts a block.</summary>
    /// <param name="block">Of the channels that the chain was made for.</param>
    /// <param name="sink">Told of the spikes, tetrode after tetrode.</param>
    public void Process(SampleBlock block, ISortedSpikeSink sink)
    {
        var (first, count) = (block.Stamp.DeviceCounter, block.SampleCount);
        if (first != _expected)
        {
            // NB: at the first block too: the filters begin at zero, and the electrodes do not.
            _filter.Reset();
            Veto.Restart(first);
            foreach (var sorter in _sorters)
                sorter.Break();
        }
        _expected = first + count;
        Veto.ObserveCounts(block.Samples, count, first);
        _filter.Process(block.Samples, count, _filtered, _stride);
        _reference.Process(_filtered, count, _stride);
        Veto.Observe(_filtered, count, _stride, first, _noise.Levels);
        _noise.Observe(_filtered, count, _stride, Veto.Vetoed);
        if (!_noise.Known)
            return;
        for (var i = 0; i < _sorters.Length; i++)
            _sorters[i].ObserveNoise(_filtered, count, _stride, _tetrodes[i], _noise.Levels, Veto.Vetoed);
        _sink = sink;
        _detector.Process(_filtered, count, _stride, first, _noise.Levels, this);
        foreach (var sorter in _sorters)
            sorter.Advance(_expected, count, sink);
        _sink = null;
    }

    /// <summary>Sorts all that a source gives, to its end.</summary>
    /// <param name="source">Of the channels that the chain was made for.</param>
    /// <param name="sink">Told of the spikes.</param>
    /// <param name="begin">Told of the number of the first sample, before it is sorted; null: nobody is.</param>
    /// <param name="progress">Told of the samples that were sorted; null: nobody is.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public void ProcessAll(ISampleSource source, ISortedSpikeSink sink, Action<long>? begin, Action<long>? progress, CancellationToken cancellation)
    {
        var block = new SampleBlock(source.Channels.Count, source.BlockCapacity);
        for (var samples = 0L; source.TryRead(block, cancellation); samples += block.SampleCount)
        {
            if (samples == 0)
                begin?.Invoke(block.Stamp.DeviceCounter);
            Process(block, sink);
            progress?.Invoke(samples);
        }
        cancellation.ThrowIfCancellationRequested();
        Complete(sink);
    }

    /// <summary>The stream has ended: tells of all that still waits for its units, which are learnt from what there is.</summary>
    public void Complete(ISortedSpikeSink sink)
    {
        foreach (var sorter in _sorters)
            sorter.Complete(sink);
    }

    /// <inheritdoc/>
    void ISpikeSink.Take(int tetrode, long sample, ReadOnlySpan<float> snippet)
    {
        if (Veto.Covers(tetrode, sample))
            Vetoed++;
        else
            _sorters[tetrode].Take(sample, snippet, _sink!);
    }

    private void Check()
    {
        var owner = new int[_channels];
        for (var i = 0; i < _tetrodes.Length; i++)
            foreach (var wire in _tetrodes[i])
            {
                if (wire < 0 || wire >= _channels)
                    throw ClosedLoopException.Usage($"tetrode {i} names channel {wire}, and there are {_channels}, from 0 on; mend the list of tetrodes");
                if (owner[wire] != 0)
                    throw ClosedLoopException.Usage($"channel {wire} is named by tetrode {owner[wire] - 1} and by tetrode {i}; mend the list of tetrodes");
                owner[wire] = i + 1;
            }
        if (_tetrodes.Length == 0 || _tetrodes.Any(wires => wires.Length == 0))
            throw ClosedLoopException.Usage("there is no tetrode to sort, or one without wires; mend the list of tetrodes");
    }
}
