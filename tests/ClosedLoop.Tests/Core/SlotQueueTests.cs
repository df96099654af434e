using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

public sealed class SlotQueueTests
{
    [Fact]
    public void Items_come_out_as_they_went_in_and_what_finds_no_room_is_counted()
    {
        var queue = new SlotQueue<int[]>("numbers", 3, waits: false, () => new int[1]);
        Assert.Null(queue.Peek());
        for (var i = 0; i < 5; i++)
            if (queue.Begin() is { } slot)
            {
                slot[0] = i;
                queue.Commit();
            }
        Assert.Equal(new QueueStatistics("numbers", QueuePolicy.DropOldest, 3, 3, 2, 3, 3), queue.Statistics);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(i, queue.Peek()![0]);
            queue.Release();
        }
        Assert.Null(queue.Peek());
        queue.Begin()![0] = 7;
        Assert.Null(queue.Peek());
        queue.Commit();
        queue.Complete();
        Assert.False(queue.IsDrained);
        Assert.Null(queue.Begin());
        Assert.Equal(7, queue.Peek()![0]);
        queue.Release();
        Assert.True(queue.IsDrained);
    }

    [Fact]
    public void A_writer_that_waits_loses_nothing_beside_a_slow_reader_and_is_freed_where_it_ends()
    {
        const int Items = 300;
        var queue = new SlotQueue<int[]>("numbers", 2, waits: true, () => new int[2]);
        var writer = new Thread(() =>
        {
            for (var i = 0; i < Items; i++)
            {
                var slot = queue.Begin()!;
                (slot[0], slot[1]) = (i, -i);
                queue.Commit();
            }
        });
        writer.Start();
        for (var i = 0; i < Items;)
            if (queue.Peek() is { } slot)
            {
                Assert.Equal((i, -i), (slot[0], slot[1]));
                queue.Release();
                i++;
            }
        writer.Join();
        Assert.Equal((Items, 0), (queue.Statistics.Enqueued, queue.Statistics.Dropped));

        queue.Begin();
        queue.Commit();
        queue.Begin();
        queue.Commit();
        var refused = false;
        writer = new(() => refused = queue.Begin() is null);
        writer.Start();
        queue.Complete();
        Assert.True(writer.Join(TimeSpan.FromSeconds(20)));
        Assert.True(refused);
    }
}
