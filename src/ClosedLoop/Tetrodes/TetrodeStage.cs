using System.Diagnostics;
using System.Reactive.Subjects;
using System.Runtime.ExceptionServices;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;

namespace ClosedLoop.Tetrodes;

/// <summary>
/// The tetrodes of a session, beside its body: samples are read on one thread and sorted on a second, and the spikes of
/// each unit counted in bins that end with the beats. The control thread only tells the beats; nothing here makes it wait.
/// </summary>
/// <remarks>
/// Where sorting is behind by <see cref="LongestWaitS"/>, the oldest block is left out of it and that is told; whoever records
/// has had it by then. A source that fails ends the samples and not the session. Both threads give way to the body's and
/// the network's. The samples of a recording are read as fast as they are sorted, all of them.
/// </remarks>
public sealed class TetrodeStage : IDisposable
{
    /// <summary>Signal that may wait to be sorted, seconds.</summary>
    public const double LongestWaitS = 4;

    private const double StallS = 1, LongestSilenceS = 2;
    private const int PollMs = 100, SorterNiceness = 3, LearnerNiceness = 5;

    private readonly ISampleSource _source;
    private readonly SessionClock _clock;
    private readonly bool _isLive, _ownsSource;
    private readonly Pool<SampleBlock> _pool;
    private readonly BoundedQueue<SampleBlock> _queue;
    private readonly BinPlan _bins;
    private readonly PulsePlan? _pulses;
    private readonly (long First, long Count)[] _leftOut;
    private readonly SortedStream _stream;
    private readonly UnitLooks _looks;
    private readonly YieldingScheduler _learner = new("unit learning", LearnerNiceness);
    private readonly CancellationTokenSource _stop = new();
    private readonly UntoldSentences _untold = new();
    private readonly Lock _reporting = new();
    private readonly Subject<SampleBlock> _samples = new();
    private readonly Subject<LfpBlock> _lfp = new();
    private readonly Subject<SpikeBatch> _spikes = new();
    private readonly Subject<SpikeCounts> _counts = new();
    private readonly Subject<SortedUnit> _units = new();
    private readonly Subject<SyncPulse> _sync = new();
    private readonly Subject<SampleFinding> _findings = new();
    private readonly LatencyHistogram _latency = new("samples_to_spikes");
    private readonly Thread _reader, _sorter;
    private volatile ExceptionDispatchInfo? _defect;
    private volatile TetrodeProgress _progress;
    private volatile string? _ended;
    private long _busyTicks, _sortedSamples, _received, _lost, _gaps, _unsorted, _nextSample = RecordStamp.None, _nextBlock = RecordStamp.None;
    private long _lookAt, _lookSamples, _lookBusy, _lookSpikes;
    private bool _started, _pulsesMissing;

    /// <summary>Puts a stage together; nothing runs yet.</summary>
    /// <param name="source">The samples; stays the caller's unless <paramref name="ownsSource"/>.</param>
    /// <param name="tetrodes">The channels of each tetrode.</param>
    /// <param name="configuration">How they are sorted and counted.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="state">Units of an earlier session to begin with, as <see cref="SorterState.Read"/> gave them; null: all are learnt.</param>
    /// <param name="replayed">The recording whose samples the source gives and whose bins are to be given out again; null: the session is live.</param>
    /// <param name="stateName">What errors call <paramref name="state"/>.</param>
    /// <param name="ownsSource">Whether the source is closed with the stage.</param>
    /// <param name="sync">The line among the samples that shows the triggers of the cameras; null: there is none, or <paramref name="replayed"/> says what it showed.</param>
    /// <exception cref="ClosedLoopException">Tetrodes, options or state do not fit the source.</exception>
    public TetrodeStage(
        ISampleSource source, IReadOnlyList<IReadOnlyList<int>> tetrodes, TetrodeConfiguration configuration, SessionClock clock, byte[]? state = null, SessionRecording? replayed = null, string stateName = "of the session's beginning", bool ownsSource = false, SyncLine? sync = null)
    {
        (_source, _ownsSource, _clock, _isLive) = (source, ownsSource, clock, replayed is null);
        Configuration = configuration with { BeganSorted = state is not null, Source = source.Description };
        State = state;
        double[] scales = [.. source.Channels.Select(channel => channel.UnitsPerCount)];
        var lfp = configuration.LfpRateHz > 0 ? new LfpBranch(scales, source.RateHz, source.BlockCapacity, configuration.LfpRateHz) : null;
        Layout = new(source.Channels, source.RateHz, source.BlockCapacity, tetrodes, SortedStream.SpikeCapacity, SortedStream.UnitCapacity(tetrodes.Count)) 
        {
            LfpRateHz = lfp?.RateHz ?? 0,
            SyncChannel = replayed is null ? sync is null ? null : source.Channels[sync.Channel].Name : replayed.Layout.Tetrodes?.SyncChannel,
        };
        _pulses = Layout.SyncChannel is null ? null : replayed is null ? new LivePulses(sync!) : new RecordedPulses(replayed);
        var chain = new SpikeSortingChain(tetrodes, scales, source.RateHz, source.BlockCapacity, configuration.Sorting, _learner);
        if (state is not null)
            SorterState.Load(stateName, state, chain);
        _stream = new(chain, configuration.BinS, () => _clock.Now, _spikes.OnNext, _counts.OnNext, lfp, lfp is null ? null : Layout.NewLfpBlock(), _lfp.OnNext, _pulses, _sync.OnNext);
        _looks = new(_stream, () => _clock.Now, _units.OnNext);
        var blocks = (int)Math.Ceiling(LongestWaitS * source.RateHz / source.BlockCapacity);
        // One being read and one being sorted beside those that wait.
        _pool = new(blocks + 2, Layout.NewSampleBlock);
        _queue = new("samples to sorter", blocks, _isLive ? QueuePolicy.DropOldest : QueuePolicy.Wait, _pool.Return);
        _bins = replayed is null ? new BeatQueue() : new RecordedBins(replayed);
        _leftOut = [.. (replayed?.SampleFindings() ?? []).Where(finding => finding.Kind == SampleFindingKind.Unsorted).Select(finding => (finding.FirstBlock, finding.Blocks))];
        Watch = new("samples", StallS);
        _progress = new(tetrodes.Count, 0, 0, 0, 0, 0, 0, 0, [], null);
        _reader = new(() => Guard(Read)) { Name = "sample source", IsBackground = true };
        _sorter = new(SortToTheEnd) { Name = "spike sorting", IsBackground = true };
    }

    /// <summary>How the samples are sorted and counted.</summary>
    public TetrodeConfiguration Configuration { get; }

    /// <summary>The units that the stage began with; null where it learnt all.</summary>
    public byte[]? State { get; }

    /// <summary>Sizes and names of what is recorded.</summary>
    public TetrodeLayout Layout { get; }

    /// <summary>What the samples come from, for a person.</summary>
    public string Description => _source.Description;

    /// <summary>Whether the samples come at their own pace.</summary>
    public bool IsLive => _isLive;

    /// <summary>Every block as it comes, also those that sorting has no time for. Lent, on the thread of the source.</summary>
    public IObservable<SampleBlock> Samples => _samples;

    /// <summary>The local field potential. Lent, on the sorting thread, as are spikes, counts and units.</summary>
    public IObservable<LfpBlock> Lfp => _lfp;

    /// <summary>Sorted spikes.</summary>
    public IObservable<SpikeBatch> Spikes => _spikes;

    /// <summary>The counts of each bin; ends when no more come.</summary>
    public IObservable<SpikeCounts> Counts => _counts;

    /// <summary>Units that are new, have changed, or stand so at the end.</summary>
    public IObservable<SortedUnit> Units => _units;

    /// <summary>Sync pulses as they are taken into account, on the sorting thread.</summary>
    public IObservable<SyncPulse> SyncPulses => _sync;

    /// <summary>What is noticed of the samples; one at a time, on either thread.</summary>
    public IObservable<SampleFinding> Findings => _findings;

    /// <summary>Watches the source for silence.</summary>
    public StreamWatch Watch { get; }

    /// <summary>The queues between source, control thread and sorting.</summary>
    public IReadOnlyList<QueueStatistics> Queues => _bins is BeatQueue beats ? [_queue.Statistics, beats.Statistics] : [_queue.Statistics];

    /// <summary>From the arrival of a block to the end of its sorting.</summary>
    public LatencyHistogram Latency => _latency;

    /// <summary>How the tetrodes stand, as of the last quarter of a second.</summary>
    public TetrodeProgress Progress => _progress;

    /// <summary>Connects a source that lies elsewhere, so that one that cannot be reached is known before the session.</summary>
    /// <exception cref="ClosedLoopException">It cannot be reached, or is not as it is said to be.</exception>
    public void Connect() => (_source as RhxSampleSource)?.Start();

    /// <summary>Begins to read and sort.</summary>
    public void Start()
    {
        _started = true;
        Watch.Begin(_clock.Now);
        _reader.Start();
        _sorter.Start();
    }

    /// <summary>Takes note of a beat, on the control thread.</summary>
    public void Beat(in ControlTick tick) => _bins.Beat(tick);

    /// <summary>Takes note of a trigger of the cameras, on their thread.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="time">Session time at which it was.</param>
    public void Triggered(long index, SessionTime time) => _pulses?.Triggered(index, time);

    /// <summary>Ends a live source, or waits for a recording's end; sorts what is there, and tells of it.</summary>
    /// <param name="cancellation">Ends the wait for a recording's end.</param>
    public void Finish(CancellationToken cancellation)
    {
        while (_started && !_isLive && !_reader.Join(PollMs) && !cancellation.IsCancellationRequested)
        {
        }
        End();
        _defect?.Throw();
    }

    /// <summary>Keeps what is known of the units, so that another session can begin with it; after <see cref="Finish"/>.</summary>
    /// <exception cref="ClosedLoopException">The file cannot be written.</exception>
    public void SaveState(string path) => SorterState.Save(path, _stream.Chain);

    /// <summary>What came of it; after <see cref="Finish"/>.</summary>
    public TetrodeResult Result() => new()
    {
        Source = Description,
        Tetrodes = Layout.Tetrodes.Count,
        Channels = Layout.Channels.Count,
        RateHz = Layout.RateHz,
        Samples = Interlocked.Read(ref _received),
        SamplesLost = Interlocked.Read(ref _lost),
        Gaps = Interlocked.Read(ref _gaps),
        BlocksUnsorted = Interlocked.Read(ref _unsorted),
        Stalls = _isLive ? Watch.Look(_clock.Now).Stalls : 0,
        Ended = _ended,
        Spikes = _stream.Spikes,
        SpikesLate = _stream.Late,
        SpikesUnexplained = _stream.Unexplained,
        SpikesVetoed = _stream.Chain.Vetoed,
        BinWidthS = Configuration.BinS,
        Bins = _stream.Bins,
        FlaggedBins = _stream.FlaggedBins,
        Load = _sortedSamples == 0 ? 0 : _busyTicks / (double)Stopwatch.Frequency / (_sortedSamples / Layout.RateHz),
        NoiseMicrovolts = Noise(),
        Clock = _stream.Next == RecordStamp.None ? new(false, double.NaN, double.NaN, double.NaN)
            : new(_stream.Clock.Synchronised, _stream.Clock.TimeOf(0).Seconds, _stream.Clock.DriftPpm, _stream.Clock.ResidualS * 1000)
            {
                Pulses = _stream.Clock.Pulses, PulsesMissed = _pulses?.Missed ?? 0, PulsesSurplus = _pulses?.Surplus ?? 0,
            },
        Units = [.. _looks.Units.Select(TetrodeUnitResult.Of)],
    };

    /// <summary>What was noticed since the last call, as one sentence; null where nothing was.</summary>
    public string? TakeSentence() => _untold.Take();

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _queue.Dispose();
        _learner.Dispose();
        foreach (var stream in new IDisposable[] { _samples, _lfp, _spikes, _counts, _units, _sync, _findings })
            stream.Dispose();
        _stop.Dispose();
        (_pulses as IDisposable)?.Dispose();
        if (_ownsSource)
            _source.Dispose();
    }

    private void End()
    {
        if (!_started)
            return;
        _stop.Cancel();
        // NB: a source may be inside a device call; it is asked to end and given time, never aborted.
        _reader.Join(TimeSpan.FromSeconds(5));
        _queue.Complete();
        _sorter.Join();
        Watch.End(_clock.Now);
    }

    private void Read()
    {
        ThreadYielding.GiveWay(1);
        try
        {
            for (var block = _pool.Rent(); TryRead(block); block = _pool.Rent())
            {
                Watch.Arrived(_clock.Now);
                Account(block);
                _samples.OnNext(block);
                if (IsLeftOut(block.Stamp.Sequence) || !_queue.Enqueue(block))
                    _pool.Return(block);
            }
        }
        finally
        {
            Watch.End(_clock.Now);
            _queue.Complete();
        }
    }

    private bool TryRead(SampleBlock block)
    {
        try
        {
            if (_source.TryRead(block, _stop.Token))
                return true;
        }
        catch (ClosedLoopException error)
        {
            _ended = error.Message;
            Report(SampleFindingKind.Failed, Math.Max(0, _nextSample), 0, 0, 0, $"SAMPLES HAVE ENDED: {error.Message}; the session goes on without them");
        }
        _pool.Return(block);
        return false;
    }

    /// <summary>Notices what is missing before a block.</summary>
    private void Account(SampleBlock block)
    {
        var first = block.Stamp.DeviceCounter;
        var missing = first - _nextSample;
        if (_nextSample != RecordStamp.None && missing != 0)
        {
            Interlocked.Increment(ref _gaps);
            if (missing > 0)
            {
                Interlocked.Add(ref _lost, missing);
                Report(SampleFindingKind.Lost, _nextSample, missing, block.Stamp.Sequence, 0, $"{missing} samples ({missing * 1000 / Layout.RateHz:F1} ms) of every channel were lost");
            }
            else
            {
                Report(SampleFindingKind.Restarted, first, 0, block.Stamp.Sequence, 0, "the acquisition system began to count its samples anew; how many are missing nobody knows");
            }
        }
        _nextSample = first + block.SampleCount;
        Interlocked.Add(ref _received, block.SampleCount);
    }

    private bool IsLeftOut(long sequence)
    {
        foreach (var (first, count) in _leftOut)
            if (sequence >= first && sequence < first + count)
                return true;
        return false;
    }

    private void SortToTheEnd()
    {
        Guard(Sort);
        _counts.OnCompleted();
    }

    private void Sort()
    {
        ThreadYielding.GiveWay(SorterNiceness);
        while (!_queue.IsDrained)
        {
            if (_queue.TryDequeue(out var block, PollMs))
            {
                Sort(block);
                _pool.Return(block);
            }
            else
            {
                GiveOutBins(all: false);
            }
        }
        // Samples may have ended before the session: its beats have their bins all the same, and these say so.
        do
            GiveOutBins(all: true);
        while (_isLive && !_stop.Token.WaitHandle.WaitOne(PollMs));
        GiveOutBins(all: true);
        _stream.Complete();
        _looks.LookAtAll();
        Look();
    }

    private void Sort(SampleBlock block)
    {
        var skipped = _nextBlock == RecordStamp.None ? 0 : block.Stamp.Sequence - _nextBlock;
        if (skipped > 0 && _isLive)
        {
            Interlocked.Add(ref _unsorted, skipped);
            Report(SampleFindingKind.Unsorted, _stream.Next, block.Stamp.DeviceCounter - _stream.Next, _nextBlock, skipped, $"sorting was behind, and {skipped} blocks of samples were not sorted");
        }
        _nextBlock = block.Stamp.Sequence + 1;
        var began = Stopwatch.GetTimestamp();
        // NB: bins that a recording gave out before its first block, or without a new one, are due before this one too.
        GiveOutBins(all: false);
        _stream.Process(block);
        GiveOutBins(all: false);
        _busyTicks += Stopwatch.GetTimestamp() - began;
        _sortedSamples += block.SampleCount;
        if (_isLive)
            _latency.Record(_clock.Now - block.Stamp.Captured);
        if (_sortedSamples < _lookAt)
            return;
        if (_isLive)
        {
            _looks.LookOn();
            LookForPulses();
        }
        Look();
        _lookAt = _sortedSamples + (long)(Layout.RateHz / 4);
    }

    private void LookForPulses()
    {
        var missing = _pulses?.MissingS > LongestSilenceS;
        if (missing && !_pulsesMissing)
            Report(SampleFindingKind.SyncMissing, _stream.Next, 0, _nextBlock, 0, $"the cameras are triggered, and for {LongestSilenceS} s no pulse of it was seen on the channel {Layout.SyncChannel} of the samples; look at its cable. {(_stream.Clock.Synchronised ? "Their clock goes on as it was fitted" : "Samples are placed by their arrival")}");
        _pulsesMissing = missing;
    }

    private void GiveOutBins(bool all)
    {
        while (_bins.TryNext(_stream.Sorted, _stream.Next, all, out var tick, out var end))
            _stream.Bin(tick, end);
    }

    /// <summary>Keeps how things stand, for whoever shows it.</summary>
    private void Look()
    {
        var seconds = (_sortedSamples - _lookSamples) / Layout.RateHz;
        var spikes = _stream.Spikes - _stream.Late;
        _progress = new(
            Layout.Tetrodes.Count, _stream.Chain.Sorters.Count(sorter => sorter.Learnt), _looks.Units.Count(), Interlocked.Read(ref _received), Interlocked.Read(ref _lost), Interlocked.Read(ref _unsorted),
            seconds > 0 ? (spikes - _lookSpikes) / seconds : 0, seconds > 0 ? (_busyTicks - _lookBusy) / (double)Stopwatch.Frequency / seconds : 0, Noise(), _ended);
        (_lookSamples, _lookSpikes, _lookBusy) = (_sortedSamples, spikes, _busyTicks);
    }

    private double[] Noise()
    {
        var noise = _stream.Chain.Noise;
        var copy = new double[noise.Length];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = noise[i];
        return copy;
    }

    private void Report(SampleFindingKind kind, long firstSample, long samples, long firstBlock, long blocks, string sentence)
    {
        _untold.Add(sentence);
        lock (_reporting)
            _findings.OnNext(new(_clock.Now, kind, firstSample, samples, firstBlock, blocks, sentence));
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // Carried to the thread that runs the session, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // The recording that has ended is said by the control thread at its own next record; whatever else it is ends the session at its end.
            _defect = ExceptionDispatchInfo.Capture(error);
            _ended ??= error.Message;
            _queue.Complete();
        }
    }
}
