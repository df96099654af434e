using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// What lies between a device's thread and the reader of an <see cref="ISampleSource"/>: pooled runs of samples in a
/// bounded queue that drops the oldest where the reader does not keep up. The account is kept at the reader's end, by the
/// samples' numbers, so that a run that was dropped is a gap like any other. Allocates nothing once it is made.
/// </summary>
public sealed class SampleQueue : IDisposable
{
    private const int PollMs = 10;

    private readonly string _name;
    private readonly int _channels, _runCapacity, _queueRuns;
    private readonly double _rateHz, _microvoltsPerCount;
    private readonly Func<string> _what;
    private readonly SessionClock _clock;
    private readonly Pool<SampleRun> _pool;
    private volatile BoundedQueue<SampleRun> _queue;
    private volatile Exception? _failure;
    private volatile bool _closed;
    private long _blocks;
    private int _epoch;
    private bool _any;

    /// <summary>Makes an open queue.</summary>
    /// <param name="name">Name under which its drops are shown.</param>
    /// <param name="channels">Channels of a sample.</param>
    /// <param name="runCapacity">Most samples per channel of a run.</param>
    /// <param name="queueRuns">Runs that may wait.</param>
    /// <param name="spareRuns">Runs that may be rented beside those that wait.</param>
    /// <param name="rateHz">Samples per second and channel, of the device's time.</param>
    /// <param name="microvoltsPerCount">What a count is.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="what">Says whose samples they are, for messages.</param>
    public SampleQueue(
        string name, int channels, int runCapacity, int queueRuns, int spareRuns, double rateHz, double microvoltsPerCount, SessionClock clock, Func<string> what)
    {
        (_name, _channels, _runCapacity, _queueRuns, _rateHz, _microvoltsPerCount) = (name, channels, runCapacity, queueRuns, rateHz, microvoltsPerCount);
        (_clock, _what) = (clock, what);
        // Beside those that wait, one is in the reader's hands.
        _pool = new(queueRuns + spareRuns + 1, () => new SampleRun(channels, runCapacity));
        _queue = NewQueue();
    }

    /// <summary>What came, and what did not.</summary>
    public SampleLedger Ledger { get; } = new();

    /// <summary>What has passed through since it was opened; drops are runs that were not read in time.</summary>
    public QueueStatistics Statistics => _queue.Statistics;

    /// <summary>What the device failed of, or null.</summary>
    public Exception? Failure => _failure;

    /// <summary>Opens a queue that was closed or has ended. What waits in it is let go.</summary>
    public void Open()
    {
        _queue.Dispose();
        (_failure, _closed) = (null, false);
        _queue = NewQueue();
    }

    /// <summary>A run to write samples into; on the device's thread.</summary>
    public SampleRun Rent() => _pool.Rent();

    /// <summary>Puts a run in.</summary>
    public void Deliver(SampleRun run)
    {
        if (!_queue.Enqueue(run))
            _pool.Return(run);
    }

    /// <summary>Gives back a run that was not used.</summary>
    public void Return(SampleRun run) => _pool.Return(run);

    /// <summary>The device delivers no more; what waits can still be read.</summary>
    /// <param name="failure">What it failed of, thrown to the reader after that; null: nothing.</param>
    public void End(Exception? failure)
    {
        _failure = failure;
        _queue.Complete();
    }

    /// <summary>The source was stopped: readers return, and what waits is let go.</summary>
    public void Close()
    {
        _closed = true;
        _queue.Dispose();
    }

    /// <summary>As <see cref="ISampleSource.TryRead"/> says.</summary>
    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        block.Require(_channels, _runCapacity);
        while (!cancellation.IsCancellationRequested)
        {
            var queue = _queue;
            if (!queue.TryDequeue(out var run, PollMs))
            {
                if (!queue.IsDrained)
                    continue;
                return _failure is { } failure && !_closed
                    ? throw ClosedLoopException.Failed($"the samples of {_what()} ended: {failure.Message}", failure) : false;
            }
            var taken = Take(run, block);
            _pool.Return(run);
            if (taken)
                return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private BoundedQueue<SampleRun> NewQueue() => new(_name, _queueRuns, QueuePolicy.DropOldest, _pool.Return);

    /// <summary>Enters a run in the ledger and copies of it what is new. False: nothing is.</summary>
    private bool Take(SampleRun run, SampleBlock block)
    {
        // NB: told by the run's own epoch and not by an event beside it, which the queue might drop with its run.
        if (_any && run.Epoch != _epoch)
            Ledger.Restart();
        (_epoch, _any) = (run.Epoch, true);
        var now = _clock.Now;
        var repeated = Ledger.Enter(run.First, run.Count, now);
        if (repeated == run.Count)
            return false;
        block.Describe(_blocks++, run.First + repeated, run.Count - repeated, _rateHz, _microvoltsPerCount, run.Arrived, now);
        run.Samples.AsSpan(repeated * _channels, block.SampleCount * _channels).CopyTo(block.Samples);
        return true;
    }
}
