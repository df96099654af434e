using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Spikes counted in the bins of the control loop's beats.</summary>
public sealed class SpikeBinnerTests
{
    private readonly List<(long Tick, double StartS, int[] Counts)> _given = [];

    [Fact]
    public void Each_spike_is_counted_once_where_it_fired_and_a_bin_waits_for_its_samples()
    {
        var binner = Make(widthS: 0.02, mostOpen: 8);
        var random = new RandomStream(2, "spikes");
        var truth = new int[20];
        var spikes = Enumerable.Range(0, 300).Select(_ => 0.4 * random.Uniform()).Order().ToArray();
        foreach (var s in spikes)
            truth[(int)(s / 0.02)]++;
        // Sorting is 45 ms behind the beats: two bins and a half wait.
        var next = 0;
        for (var tick = 1; tick <= 25; tick++)
        {
            if (tick <= 20)
                binner.Open(tick, At(0.02 * tick));
            var sortedS = (0.02 * tick) - 0.045;
            for (; next < spikes.Length && spikes[next] < sortedS; next++)
                binner.Add(next % 3, At(spikes[next]));
            binner.Advance(At(sortedS), At(0.02 * tick));
            Assert.All(_given, bin => Assert.True(bin.StartS + 0.02 <= sortedS + 1e-9));
        }
        Assert.Equal(Enumerable.Range(1, 20).Select(tick => (long)tick), _given.Select(bin => bin.Tick));
        Assert.Equal(truth, _given.Select(bin => bin.Counts.Sum()));
        Assert.Equal((0L, 0L), (binner.Late, binner.Incomplete));
    }

    [Fact]
    public void Wide_bins_overlap()
    {
        var binner = Make(widthS: 0.05, mostOpen: 8);
        for (var tick = 1; tick <= 4; tick++)
            binner.Open(tick, At(0.02 * tick));
        binner.Add(1, At(0.035));
        binner.Advance(At(0.2), At(0.2));
        // [-30, 20), [-10, 40), [10, 60), [30, 80) ms.
        Assert.Equal([0, 1, 1, 1], _given.Select(bin => bin.Counts[1]));
    }

    [Fact]
    public void Late_spikes_and_bins_that_cannot_wait_are_counted()
    {
        var binner = Make(widthS: 0.02, mostOpen: 2);
        for (var tick = 1; tick <= 3; tick++)
            binner.Open(tick, At(0.02 * tick));
        Assert.Equal(1, binner.Incomplete);
        Assert.Single(_given);
        binner.Add(0, At(0.01));
        Assert.Equal(1, binner.Late);
        binner.Advance(At(1), At(1));
        Assert.Equal(3, _given.Count);
        Assert.Equal(0, _given.Sum(bin => bin.Counts.Sum()));
    }

    [Fact]
    public void It_allocates_nothing_and_refuses_no_width()
    {
        var counted = 0;
        var binner = new SpikeBinner(100, 0.02, 4, _ => counted++);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var tick = 0; tick < 100; tick++)
            {
                var endS = (attempt * 10) + (0.02 * tick);
                binner.Open(tick, At(endS));
                binner.Add(tick, At(endS - 0.01));
                binner.Advance(At(endS), At(endS));
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.Equal(300, counted);
        Assert.Throws<ClosedLoopException>(() => new SpikeBinner(1, 0, 4, _ => { }));
    }

    private SpikeBinner Make(double widthS, int mostOpen) =>
        new(3, widthS, mostOpen, bin => _given.Add((bin.Stamp.Sequence, bin.Start.Seconds, [.. bin.Counts.Take(bin.UnitCount)])));

    private static SessionTime At(double seconds) => SessionTime.FromSeconds(seconds);
}
