using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

public sealed class BoundedQueueTests
{
    [Fact]
    public void Items_come_out_in_the_order_they_went_in()
    {
        using var queue = new BoundedQueue<string>("q", 3, QueuePolicy.Wait);
        Assert.All(new[] { "a", "b", "c" }, item => Assert.True(queue.Enqueue(item)));
        Assert.Equal(["a", "b", "c"], Drain(queue));
    }

    [Fact]
    public void Drop_oldest_loses_the_oldest_hands_it_back_and_counts_it()
    {
        var dropped = new List<string>();
        using var queue = new BoundedQueue<string>("q", 2, QueuePolicy.DropOldest, dropped.Add);
        foreach (var item in new[] { "a", "b", "c", "d" })
            queue.Enqueue(item);
        Assert.Equal(["a", "b"], dropped);
        Assert.Equal(2, queue.Statistics.Dropped);
        Assert.Equal(4, queue.Statistics.Enqueued);
        Assert.Equal(["c", "d"], Drain(queue));
    }

    [Fact]
    public void Keep_latest_leaves_only_the_newest()
    {
        var dropped = new List<string>();
        using var queue = new BoundedQueue<string>("q", 4, QueuePolicy.KeepLatest, dropped.Add);
        foreach (var item in new[] { "a", "b", "c" })
            queue.Enqueue(item);
        Assert.Equal(["a", "b"], dropped);
        Assert.Equal(["c"], Drain(queue));
    }

    [Fact]
    public void A_waiting_producer_loses_nothing()
    {
        using var queue = new BoundedQueue<string>("q", 2, QueuePolicy.Wait);
        var items = Enumerable.Range(0, 1000).Select(i => $"{i}").ToArray();
        var producer = new Thread(() =>
        {
            foreach (var item in items)
                queue.Enqueue(item);
            queue.Complete();
        });
        producer.Start();
        var seen = new List<string>();
        while (queue.TryDequeue(out var item, timeoutMs: 5000))
            seen.Add(item);
        producer.Join();
        Assert.Equal(items, seen);
        Assert.Equal(0, queue.Statistics.Dropped);
        Assert.True(queue.Statistics.MaxDepth <= 2);
    }

    [Fact]
    public void Completing_releases_a_producer_that_waits_and_refuses_its_item()
    {
        using var queue = new BoundedQueue<string>("q", 1, QueuePolicy.Wait);
        queue.Enqueue("a");
        bool? accepted = null;
        var producer = new Thread(() => accepted = queue.Enqueue("b"));
        producer.Start();
        Thread.Sleep(20);
        queue.Complete();
        Assert.True(producer.Join(5000));
        Assert.False(accepted);
        Assert.Equal(["a"], Drain(queue));
        Assert.True(queue.IsDrained);
    }

    [Fact]
    public void Disposal_hands_back_what_still_waits()
    {
        var pool = new Pool<object>(3, () => new object());
        var queue = new BoundedQueue<object>("q", 3, QueuePolicy.Wait, pool.Return);
        for (var i = 0; i < 3; i++)
            queue.Enqueue(pool.Rent());
        queue.Dispose();
        queue.Dispose();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Passing_items_allocates_nothing()
    {
        using var queue = new BoundedQueue<string>("q", 4, QueuePolicy.DropOldest);
        void Pass()
        {
            for (var i = 0; i < 1000; i++)
            {
                queue.Enqueue("a");
                queue.TryDequeue(out _);
            }
        }

        Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static List<string> Drain(BoundedQueue<string> queue)
    {
        var items = new List<string>();
        while (queue.TryDequeue(out var item))
            items.Add(item);
        return items;
    }
}
