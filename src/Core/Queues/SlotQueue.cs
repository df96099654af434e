namespace ClosedLoop.Core;

/// <summary>
/// A bounded queue between one thread that writes and one that reads, whose items are written in place: what is copied into
/// a slot is read there. NB: without a lock, for a thread that must be in time must never wait for one that a thread of lower
/// priority holds. Allocates nothing after construction.
/// </summary>
/// <typeparam name="T">The slots.</typeparam>
public sealed class SlotQueue<T>
    where T : class
{
    private readonly T[] _slots;
    private readonly bool _waits;
    private long _written, _read, _dropped;
    private volatile bool _completed;
    private int _maxDepth;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="name">Name under which drops are shown and recorded.</param>
    /// <param name="capacity">How many items wait at most.</param>
    /// <param name="waits">Whether the writer waits for room; false: what finds none is dropped and counted.</param>
    /// <param name="create">Makes a slot.</param>
    public SlotQueue(string name, int capacity, bool waits, Func<T> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (Name, _waits) = (name, waits);
        _slots = [.. Enumerable.Range(0, capacity).Select(_ => create())];
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>What has passed through it so far; a dropped item is the one that found no room.</summary>
    public QueueStatistics Statistics
    {
        get
        {
            var (written, read) = (Volatile.Read(ref _written), Volatile.Read(ref _read));
            return new(Name, _waits ? QueuePolicy.Wait : QueuePolicy.DropOldest, _slots.Length, written, Interlocked.Read(ref _dropped), (int)Math.Max(0, written - read), Volatile.Read(ref _maxDepth));
        }
    }

    /// <summary>Whether <see cref="Complete"/> was called and nothing waits any more.</summary>
    public bool IsDrained => _completed && Volatile.Read(ref _written) == _read;

    /// <summary>The slot that the next item is written into. It counts as written with <see cref="Commit"/>, and not before.</summary>
    /// <returns>Null where there is no room, or the queue was completed.</returns>
    public T? Begin()
    {
        while (_written - Volatile.Read(ref _read) == _slots.Length && !_completed)
        {
            if (!_waits)
            {
                Interlocked.Increment(ref _dropped);
                return null;
            }
            Thread.Sleep(1);
        }
        return _completed ? null : _slots[_written % _slots.Length];
    }

    /// <summary>Hands over the slot that <see cref="Begin"/> gave.</summary>
    public void Commit()
    {
        Volatile.Write(ref _written, _written + 1);
        _maxDepth = Math.Max(_maxDepth, (int)(_written - Volatile.Read(ref _read)));
    }

    /// <summary>The oldest item, which stays where it is; null where none waits. On the reading thread.</summary>
    public T? Peek() => Volatile.Read(ref _written) > _read ? _slots[_read % _slots.Length] : null;

    /// <summary>Gives the slot of the oldest item back to the writer. On the reading thread.</summary>
    public void Release() => Volatile.Write(ref _read, _read + 1);

    /// <summary>Ends the queue: nothing is taken from now on, what waits can be read. From any thread.</summary>
    public void Complete() => _completed = true;
}
