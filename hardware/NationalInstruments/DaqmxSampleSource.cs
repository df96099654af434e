using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.NationalInstruments;

/// <summary>
/// Samples of a device of National Instruments, live. The driver calls whenever a block is there; it is fetched in that
/// call, which never throws, and waits in a bounded queue. Samples bear the driver's own numbers, counted from 0 at each
/// start: where the driver's buffer or the queue ran over, the numbers jump, and <see cref="Ledger"/> has counted what is missing.
/// </summary>
public abstract unsafe class DaqmxSampleSource : ISampleSource
{
    private readonly DaqmxTask _task;
    private readonly SessionClock _clock;
    private readonly SampleQueue _queue;
    private readonly int _bufferSamples;
    private readonly object _gate = new();
    private GCHandle _self;
    private bool _running, _ended;
    private volatile bool _started;
    private int _epoch = -1;

    private protected DaqmxSampleSource(DaqmxInputOptions options, SessionClock clock, double microvoltsPerCount, Func<DaqmxTask, IReadOnlyList<SampleChannel>> create)
    {
        options.Check();
        (_clock, BlockCapacity) = (clock, options.BlockSamples);
        _task = new(options.Channels);
        try
        {
            Channels = create(_task);
            // NB: the driver wants a buffer that is a multiple of what it calls for.
            _bufferSamples = BlockCapacity * (int)Math.Max(4, Math.Ceiling(options.BufferSeconds * options.RateHz / BlockCapacity));
            var handle = _task.Handle;
            _task.Check(DaqmxNative.DAQmxCfgSampClkTiming(handle, options.Clock, options.RateHz, DaqmxValue.Rising, DaqmxValue.ContinuousSamples, (ulong)_bufferSamples), "setting the clock of");
            _task.Check(DaqmxNative.DAQmxCfgInputBuffer(handle, (uint)_bufferSamples), "setting the buffer of");
            _task.Check(DaqmxNative.DAQmxSetReadOverWrite(handle, DaqmxValue.OverwriteUnreadSamples), "setting the reading of");
            if (options.StartTrigger is { } trigger)
                _task.Check(DaqmxNative.DAQmxCfgDigEdgeStartTrig(handle, trigger, DaqmxValue.Rising), "setting the trigger of");
            _task.Check(DaqmxNative.DAQmxGetSampClkRate(handle, out var rate), "asking for the rate of");
            RateHz = rate;
            _self = GCHandle.Alloc(this);
            var self = GCHandle.ToIntPtr(_self);
            _task.Check(DaqmxNative.DAQmxRegisterEveryNSamplesEvent(handle, DaqmxValue.AcquiredIntoBuffer, (uint)BlockCapacity, 0, &OnSamples, self), "registering for the samples of");
            _task.Check(DaqmxNative.DAQmxRegisterDoneEvent(handle, 0, &OnDone, self), "registering for the end of");
            _queue = new($"blocks of {options.Channels}", Channels.Count, BlockCapacity, options.QueueBlocks, 1, rate, microvoltsPerCount, clock, () => Description);
        }
        catch
        {
            _task.Dispose();
            if (_self.IsAllocated)
                _self.Free();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<SampleChannel> Channels { get; }

    /// <summary>Samples per second and channel that the device really takes. With a clock from outside: that which it was said to have.</summary>
    public double RateHz { get; }

    /// <inheritdoc/>
    public int BlockCapacity { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public SampleLedger Ledger => _queue.Ledger;

    /// <summary>The queue of blocks; its drops are blocks that were not read in time.</summary>
    public QueueStatistics Queue => _queue.Statistics;

    /// <summary>How often the driver's own buffer ran over before it was fetched.</summary>
    public long Overruns { get; private set; }

    private protected string TaskChannels => _task.What;

    /// <summary>Starts sampling, or sampling anew; the device counts from 0.</summary>
    /// <exception cref="ClosedLoopException">The device cannot; the message says why.</exception>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_task.IsClosed, this);
            if (_running && !_ended)
                return;
        }
        Stop();
        lock (_gate)
        {
            _queue.Open();
            _epoch++;
            (_running, _ended) = (true, false);
        }
        try
        {
            _task.Start();
        }
        catch
        {
            lock (_gate)
                _running = false;
            throw;
        }
        _started = true;
    }

    /// <summary>Stops sampling. What waits is not read any more.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (!_running)
                return;
            _running = false;
            _queue.Close();
        }
        // NB: without the lock: the driver may wait here for a call that waits for it. What it failed of was told before.
        _ = DaqmxNative.DAQmxStopTask(_task.Handle);
    }

    /// <inheritdoc/>
    /// <remarks>Starts a source that was not started. After <see cref="Stop"/> it returns false.</remarks>
    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        if (!_started && !cancellation.IsCancellationRequested)
            Start();
        return _queue.TryRead(block, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _task.Dispose();
        // NB: only now: until the task is cleared the driver may call.
        if (_self.IsAllocated)
            _self.Free();
        _queue.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Fetches samples without waiting and writes their counts; returns what the driver returned.</summary>
    private protected abstract int Fetch(nint task, int samples, out int fetched, Span<short> counts);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSamples(nint task, int type, uint samples, nint data)
    {
        Guarded(data, source => source.Take());
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnDone(nint task, int status, nint data)
    {
        Guarded(data, source => source.Done(status));
        return 0;
    }

    /// <summary>NB: on the driver's thread nobody catches what is thrown: it would end the program.</summary>
    private static void Guarded(nint data, Action<DaqmxSampleSource> act)
    {
        if (GCHandle.FromIntPtr(data).Target is not DaqmxSampleSource source)
            return;
        lock (source._gate)
        {
            if (!source._running || source._ended)
                return;
            try
            {
                act(source);
            }
#pragma warning disable CA1031 // Carried to the thread that reads, whatever it is.
            catch (Exception error)
#pragma warning restore CA1031
            {
                source._ended = true;
                source._queue.End(error);
            }
        }
    }

    private void Done(int status)
    {
        if (status < 0)
            throw DaqmxStatus.Told(status, $"sampling '{_task.What}'");
        _ended = true;
        _queue.End(null);
    }

    /// <summary>Fetches every whole block that is there: calls that came late are made up for.</summary>
    private void Take()
    {
        while (true)
        {
            var status = DaqmxNative.DAQmxGetReadAvailSampPerChan(_task.Handle, out var available);
            if (status >= 0 && available < BlockCapacity)
                return;
            var run = _queue.Rent();
            var fetched = 0;
            if (status >= 0)
                status = Fetch(_task.Handle, BlockCapacity, out fetched, run.Samples);
            if (status == DaqmxStatus.SamplesNoLongerAvailable)
            {
                Overruns++;
                status = FetchLatest(run, out fetched);
            }
            if (status < 0 || fetched == 0)
            {
                _queue.Return(run);
                _task.Check(status, "reading");
                return;
            }
            Deliver(run, fetched);
        }
    }

    /// <summary>After the driver has written over what was not fetched, goes on in the middle of its buffer, out of reach of the next.</summary>
    private int FetchLatest(SampleRun run, out int fetched)
    {
        var task = _task.Handle;
        _task.Check(DaqmxNative.DAQmxSetReadRelativeTo(task, DaqmxValue.MostRecentSample), "going on in");
        _task.Check(DaqmxNative.DAQmxSetReadOffset(task, -(_bufferSamples / 2 / BlockCapacity * BlockCapacity)), "going on in");
        var status = Fetch(task, BlockCapacity, out fetched, run.Samples);
        _task.Check(DaqmxNative.DAQmxSetReadRelativeTo(task, DaqmxValue.CurrentReadPosition), "going on in");
        _task.Check(DaqmxNative.DAQmxSetReadOffset(task, 0), "going on in");
        return status;
    }

    private void Deliver(SampleRun run, int fetched)
    {
        // NB: the number is asked for, not added up: after an overrun nobody else knows it.
        var status = DaqmxNative.DAQmxGetReadCurrReadPos(_task.Handle, out var position);
        if (status < 0)
            _queue.Return(run);
        _task.Check(status, "asking for the position of");
        (run.First, run.Count, run.Epoch, run.Arrived) = ((long)position - fetched, fetched, _epoch, _clock.Now);
        _queue.Deliver(run);
    }
}
