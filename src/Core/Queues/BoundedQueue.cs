namespace ClosedLoop.Core;

/// <summary>
/// A bounded queue between two threads, with a name, a policy and counted drops. Items are owned by the queue while
/// they wait; dropped ones are handed to <c>onDropped</c>, so that pooled buffers go back to their pool.
/// Allocates nothing after construction. Any number of producers and consumers.
/// </summary>
public sealed class BoundedQueue<T> : IDisposable
    where T : class
{
    private readonly T?[] _items;
    private readonly Action<T>? _onDropped;
    private readonly object _gate = new();
    private int _head;
    private int _count;
    private int _maxDepth;
    private long _enqueued;
    private long _dropped;
    private bool _completed;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="name">Name under which drops are shown and recorded.</param>
    /// <param name="capacity">How many items wait at most.</param>
    /// <param name="policy">What happens when it is full.</param>
    /// <param name="onDropped">Takes the items that were dropped, or that were still waiting at disposal.</param>
    public BoundedQueue(string name, int capacity, QueuePolicy policy, Action<T>? onDropped = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Name = name;
        Policy = policy;
        _items = new T?[capacity];
        _onDropped = onDropped;
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>What it does when full.</summary>
    public QueuePolicy Policy { get; }

    /// <summary>What has passed through it so far.</summary>
    public QueueStatistics Statistics
    {
        get
        {
            lock (_gate)
                return new(Name, Policy, _items.Length, _enqueued, _dropped, _count, _maxDepth);
        }
    }

    /// <summary>
    /// Puts <paramref name="item"/> in, by the queue's policy. With <see cref="QueuePolicy.Wait"/> this waits for room.
    /// </summary>
    /// <returns>False where the queue had been completed: the item was not taken and still belongs to the caller.</returns>
    public bool Enqueue(T item)
    {
        lock (_gate)
        {
            while (Policy == QueuePolicy.Wait && _count == _items.Length && !_completed)
                Monitor.Wait(_gate);
            if (_completed)
                return false;
            if (Policy == QueuePolicy.KeepLatest)
                while (_count > 0)
                    Drop();
            else if (_count == _items.Length)
                Drop();
            _items[(_head + _count) % _items.Length] = item;
            _count++;
            _enqueued++;
            _maxDepth = Math.Max(_maxDepth, _count);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Takes the oldest item, waiting up to <paramref name="timeoutMs"/> for one (-1: without limit).</summary>
    /// <returns>False where none came in time, or the queue is complete and empty.</returns>
    public bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item, int timeoutMs = 0)
    {
        lock (_gate)
        {
            var deadline = timeoutMs < 0 ? long.MaxValue : Environment.TickCount64 + timeoutMs;
            while (_count == 0 && !_completed)
            {
                var remaining = timeoutMs < 0 ? -1 : (int)(deadline - Environment.TickCount64);
                if (timeoutMs >= 0 && remaining <= 0)
                    break;
                Monitor.Wait(_gate, remaining);
            }
            if (_count == 0)
            {
                item = null;
                return false;
            }
            item = _items[_head]!;
            RemoveHead();
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Waits up to <paramref name="timeoutMs"/> for an item to be there, without taking it.</summary>
    /// <returns>Whether one is there.</returns>
    public bool WaitForItem(int timeoutMs)
    {
        lock (_gate)
        {
            if (_count == 0 && !_completed && timeoutMs > 0)
                Monitor.Wait(_gate, timeoutMs);
            return _count > 0;
        }
    }

    /// <summary>Ends the queue: producers are refused from now on, consumers drain what waits. Idempotent.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Whether <see cref="Complete"/> was called and nothing waits any more.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_gate)
                return _completed && _count == 0;
        }
    }

    /// <summary>Ends the queue and hands every waiting item to <c>onDropped</c>, uncounted. Idempotent.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _completed = true;
            while (_count > 0)
            {
                var item = _items[_head]!;
                RemoveHead();
                _onDropped?.Invoke(item);
            }
            Monitor.PulseAll(_gate);
        }
    }

    private void Drop()
    {
        var item = _items[_head]!;
        RemoveHead();
        _dropped++;
        _onDropped?.Invoke(item);
    }

    private void RemoveHead()
    {
        _items[_head] = null;
        _head = (_head + 1) % _items.Length;
        _count--;
    }
}
