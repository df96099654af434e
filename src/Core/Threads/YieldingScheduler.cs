using System.Collections.Concurrent;

namespace ClosedLoop.Core;

/// <summary>
/// Runs tasks one after the other on a thread of its own that gives way to all others: for long computations beside work
/// that time does not wait for, which the thread pool would let compete with it.
/// </summary>
public sealed class YieldingScheduler : TaskScheduler, IDisposable
{
    private readonly BlockingCollection<Task> _tasks = [];
    private readonly Thread _thread;

    /// <summary>Begins to run what is queued.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="niceness">How far it gives way; see <see cref="ThreadYielding.GiveWay"/>.</param>
    public YieldingScheduler(string name, int niceness = 10)
    {
        _thread = new(() =>
        {
            ThreadYielding.GiveWay(niceness);
            foreach (var task in _tasks.GetConsumingEnumerable())
                TryExecuteTask(task);
        })
        { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Takes no more tasks; what is queued is still run.</summary>
    public void Dispose() => _tasks.CompleteAdding();

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => _tasks.Add(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
