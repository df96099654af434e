namespace ClosedLoop.Physics;

/// <summary>Threads that share out numbered pieces of work, again and again, without allocating. The caller works too.</summary>
internal sealed class PlanTeam : IDisposable
{
    private readonly Action<int, int> _work;
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _begin = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private volatile bool _ends;
    private volatile Exception? _failure;
    private int _next, _count;

    /// <param name="threads">How many, the caller included.</param>
    /// <param name="work">Given the number of the worker and that of the piece.</param>
    public PlanTeam(int threads, Action<int, int> work)
    {
        _work = work;
        _threads = [.. Enumerable.Range(1, threads - 1).Select(worker => new Thread(() => Loop(worker)) { IsBackground = true, Name = $"planner {worker}" })];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>Does the pieces from 0 to <paramref name="count"/>; returns when all are done.</summary>
    public void Run(int count)
    {
        (_next, _count, _failure) = (-1, count, null);
        if (_threads.Length > 0)
            _begin.Release(_threads.Length);
        Share(0);
        for (var i = 0; i < _threads.Length; i++)
            _done.Wait();
        if (_failure is { } failure)
            throw new InvalidOperationException("a planner's thread failed", failure);
    }

    public void Dispose()
    {
        _ends = true;
        if (_threads.Length > 0)
            _begin.Release(_threads.Length);
        foreach (var thread in _threads)
            thread.Join();
        _begin.Dispose();
        _done.Dispose();
    }

    private void Loop(int worker)
    {
        while (true)
        {
            _begin.Wait();
            if (_ends)
                return;
            Share(worker);
            _done.Release();
        }
    }

    private void Share(int worker)
    {
        try
        {
            for (int piece; (piece = Interlocked.Increment(ref _next)) < _count;)
                _work(worker, piece);
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }
}
