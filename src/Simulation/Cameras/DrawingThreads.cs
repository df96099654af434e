using System.Runtime.ExceptionServices;

namespace ClosedLoop.Simulation;

/// <summary>Threads of their own for drawing: a renderer belongs to the thread that made it.</summary>
public static class DrawingThreads
{
    /// <summary>Runs the work on so many threads and waits for all of them.</summary>
    /// <param name="count">How many threads.</param>
    /// <param name="work">What each does: its number, and a token that is cancelled when one of the others failed.</param>
    /// <param name="cancellation">Cancels that token.</param>
    /// <exception cref="Exception">What the first thread that failed threw.</exception>
    public static void Run(int count, Action<int, CancellationToken> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? failure = null;
        var threads = Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                work(i, stop.Token);
            }
#pragma warning disable CA1031 // It is thrown again below.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref failure, e, null);
                stop.Cancel();
            }
        })
        { IsBackground = true, Name = $"views {i}" }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
