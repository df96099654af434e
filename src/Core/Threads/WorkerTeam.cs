using System.Runtime.ExceptionServices;

namespace ClosedLoop.Core;

/// <summary>
/// Divides pieces of work over a few threads that stay. Which thread takes which piece must not matter to what comes out:
/// every piece writes to a place of its own. Allocates nothing per call.
/// </summary>
public sealed class WorkerTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _begin = new(0);
    private readonly SemaphoreSlim _end = new(0);
    private Action<int>? _work;
    private int _count;
    private int _next;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stop;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads at work, the caller's own among them; 1 makes none.</param>
    public WorkerTeam(int threads)
    {
        _threads = new Thread[Math.Max(0, threads - 1)];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new(Serve) { Name = $"worker {i + 2}", IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>Threads at work, the caller's own among them.</summary>
    public int Count => _threads.Length + 1;

    /// <summary>Calls <paramref name="work"/> with 0 to <paramref name="count"/> - 1, and returns when all are done.</summary>
    /// <param name="work">Keep one delegate and hand it over again: a new one is an allocation.</param>
    /// <param name="count">How many pieces.</param>
    public void For(Action<int> work, int count)
    {
        if (_threads.Length == 0 || count < 2)
        {
            for (var i = 0; i < count; i++)
                work(i);
            return;
        }
        (_work, _count, _next, _failure) = (work, count, -1, null);
        _begin.Release(_threads.Length);
        TakePieces();
        // NB: every thread answers every call: one that comes late finds nothing left, and is not there for the next.
        for (var i = 0; i < _threads.Length; i++)
            _end.Wait();
        _failure?.Throw();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_stop)
            return;
        _stop = true;
        if (_threads.Length > 0)
            _begin.Release(_threads.Length);
        foreach (var thread in _threads)
            thread.Join();
        _begin.Dispose();
        _end.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            _begin.Wait();
            if (_stop)
                return;
            TakePieces();
            _end.Release();
        }
    }

    private void TakePieces()
    {
        try
        {
            for (var i = Interlocked.Increment(ref _next); i < _count; i = Interlocked.Increment(ref _next))
                _work!(i);
        }
#pragma warning disable CA1031 // Thrown again on the caller's thread.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
        }
    }
}
