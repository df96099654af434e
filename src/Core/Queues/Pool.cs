namespace ClosedLoop.Core;

/// <summary>
/// A fixed set of reusable records. One owner at a time: whoever rents a record returns it, or hands it on to one who
/// will. <see cref="Outstanding"/> is zero when everything came back; tests assert it.
/// </summary>
public sealed class Pool<T>
    where T : class
{
    private readonly Func<T> _create;
    private readonly T?[] _free;
    private readonly object _gate = new();
    private int _freeCount;
    private int _outstanding;
    private long _grown;

    /// <summary>Makes a pool and fills it with <paramref name="size"/> records at once, so that renting allocates nothing.</summary>
    public Pool(int size, Func<T> create)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        _create = create;
        _free = new T?[size];
        for (; _freeCount < size; _freeCount++)
            _free[_freeCount] = create();
    }

    /// <summary>Records rented and not yet returned.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
                return _outstanding;
        }
    }

    /// <summary>How often a record had to be made because all were out: not zero means the pool was sized too small.</summary>
    public long Grown
    {
        get
        {
            lock (_gate)
                return _grown;
        }
    }

    /// <summary>Takes a record. Its content is that of its last use.</summary>
    public T Rent()
    {
        lock (_gate)
        {
            _outstanding++;
            if (_freeCount > 0)
            {
                var item = _free[--_freeCount]!;
                _free[_freeCount] = null;
                return item;
            }
            _grown++;
        }
        return _create();
    }

    /// <summary>Gives a record back.</summary>
    /// <exception cref="InvalidOperationException">More records came back than were rented: one was returned twice.</exception>
    public void Return(T item)
    {
        lock (_gate)
        {
            for (var i = 0; i < _freeCount; i++)
                if (ReferenceEquals(_free[i], item))
                    throw new InvalidOperationException($"A {typeof(T).Name} was returned to its pool twice.");
            if (_outstanding == 0)
                throw new InvalidOperationException($"A {typeof(T).Name} was returned to a pool that had lent none.");
            _outstanding--;
            if (_freeCount < _free.Length)
                _free[_freeCount++] = item;
        }
    }
}
