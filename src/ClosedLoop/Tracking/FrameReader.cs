using ClosedLoop.Core;

namespace ClosedLoop.Tracking;

/// <summary>
/// Reads sets ahead on a thread of its own, so that decoding and estimating go on side by side. Nothing is dropped: the
/// reader waits where the estimation is slower.
/// </summary>
internal sealed class FrameReader : IDisposable
{
    private const int Ahead = 4;

    private readonly IFrameSource _source;
    private readonly Pool<FrameSet> _pool;
    private readonly BoundedQueue<FrameSet> _queue;
    private readonly CancellationTokenSource _stop;
    private readonly Thread _thread;
    private volatile Exception? _failure;

    public FrameReader(IFrameSource source, CancellationToken cancellation)
    {
        _source = source;
        // One being decoded, one being looked at, beside those that wait.
        _pool = new(Ahead + 2, () => new FrameSet(source.Cameras));
        _queue = new("decoded sets", Ahead, QueuePolicy.Wait, _pool.Return);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _thread = new(Read) { Name = "video reader", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The next set, to be handed to <see cref="Return"/>; null at the end, or when the reading was cancelled.</summary>
    /// <exception cref="ClosedLoopException">The source failed.</exception>
    public FrameSet? Next()
    {
        FrameSet? set;
        while (!_queue.TryDequeue(out set, 50))
            if (_queue.IsDrained)
                return _failure is null ? null : throw ClosedLoopException.Failed(_failure.Message, _failure);
        return set;
    }

    public void Return(FrameSet set) => _pool.Return(set);

    public void Dispose()
    {
        _stop.Cancel();
        _queue.Dispose();
        _thread.Join();
        _stop.Dispose();
    }

    private void Read()
    {
        FrameSet? set = null;
        try
        {
            while (true)
            {
                set = _pool.Rent();
                if (!_source.TryRead(set, _stop.Token) || !_queue.Enqueue(set))
                    break;
                set = null;
            }
        }
#pragma warning disable CA1031 // Carried to the thread that waits, whatever it is.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = failure;
        }
        if (set is not null)
            _pool.Return(set);
        _queue.Complete();
    }
}
