using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Events are kept in order, in eight bits of what each wire comes to.</summary>
public sealed class EventStoreTests
{
    private const int Wires = 4, Length = 80;

    [Fact]
    public void Events_come_back_within_a_step_of_their_wire_and_the_oldest_first()
    {
        var (store, random) = (new EventStore(3, Wires, Length), new RandomStream(1, "events"));
        var events = Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, Wires * Length).Select(i => (float)(random.Normal() * (1 + (30 * (i / Length))))).ToArray()).ToArray();
        // A wire without any signal is one too.
        Array.Clear(events[1], 0, Length);
        for (var i = 0; i < 3; i++)
            Assert.True(store.TryAdd(100 + i, i, events[i]));
        Assert.False(store.TryAdd(103, 3, events[3]));
        store.Remove();
        Assert.True(store.TryAdd(103, 3, events[3]));
        var copy = store.Copy();
        store.Clear();
        Assert.Equal((0, 3), (store.Count, copy.Count));
        var window = new float[Wires * Length];
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(101 + i, copy.Read(i, window));
            Assert.Equal((101L + i, 1 + i), (copy.Sample(i), copy.Unit(i)));
            for (var w = 0; w < Wires; w++)
            {
                var most = events[i + 1].AsSpan(w * Length, Length).ToArray().Max(Math.Abs);
                for (var t = 0; t < Length; t++)
                    Assert.True(Math.Abs(window[(w * Length) + t] - events[i + 1][(w * Length) + t]) <= most / 253, $"event {i}, wire {w}, sample {t}");
            }
        }
    }

    [Fact]
    public void The_oldest_goes_for_the_newest_where_it_may()
    {
        var (store, window) = (new EventStore(2, 1, 8), new float[8]);
        for (var i = 0; i < 5; i++)
            store.Add(i, i, window);
        store.Relabel(4, 7);
        Assert.Equal((2, 3L, 4L, 7), (store.Count, store.Sample(0), store.Sample(1), store.Unit(1)));
    }
}
