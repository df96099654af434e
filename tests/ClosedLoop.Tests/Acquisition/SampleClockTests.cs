using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Acquisition;

/// <summary>The session time of samples beside a clock of which it is known how it runs.</summary>
public sealed class SampleClockTests
{
    private const double RateHz = 30_000;
    private const double SlowPpm = 60;
    private const int Block = 128;

    [Fact]
    public void Arrivals_give_the_time_but_for_their_mean_delay()
    {
        var clock = new SampleClock(RateHz);
        var random = new RandomStream(1, "arrivals");
        for (var block = 0; block < 20_000; block++)
        {
            // 1 ms and up to 2 more; now and then the network hangs.
            var delayS = 0.001 + (0.002 * random.Uniform()) + (random.Uniform() < 0.01 ? 0.05 : 0);
            clock.Arrived(block * Block, Block, SessionTime.FromSeconds(True((block + 1) * Block) + delayS));
        }
        Assert.False(clock.Synchronised);
        Assert.InRange(clock.DriftPpm, SlowPpm - 15, SlowPpm + 15);
        Assert.InRange(Error(clock, 20_000 * Block), 0.0014, 0.0028);
        Assert.InRange(clock.ResidualS, 0.0002, 0.005);
    }

    [Fact]
    public void Pulses_give_the_time_itself()
    {
        var clock = new SampleClock(RateHz);
        clock.Arrived(0, Block, SessionTime.FromSeconds(True(Block) + 0.004));
        Assert.InRange(Error(clock, 0), 0.0035, 0.0045);
        for (var pulse = 0; pulse < 60; pulse++)
        {
            var sample = (long)(pulse * RateHz);
            clock.Pulse(sample, SessionTime.FromSeconds(True(sample)));
        }
        Assert.True(clock.Synchronised);
        Assert.Equal(60, clock.Pulses);
        Assert.InRange(clock.DriftPpm, SlowPpm - 2, SlowPpm + 2);
        // Well below a sample, also some minutes on.
        Assert.InRange(Math.Abs(Error(clock, (long)(61 * RateHz))), 0, 0.3 / RateHz);
        Assert.InRange(Math.Abs(Error(clock, (long)(180 * RateHz))), 0, 1e-4);
    }

    [Fact]
    public void It_allocates_nothing()
    {
        var clock = new SampleClock(RateHz);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var block = 0; block < 1000; block++)
            {
                clock.Arrived((attempt * 1000L + block) * Block, Block, SessionTime.FromSeconds(attempt + block));
                _ = clock.TimeOf(block);
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    /// <summary>When a sample was taken: the device began 5 s into the session and runs slow.</summary>
    private static double True(long sample) => 5 + (sample / RateHz * (1 + (SlowPpm * 1e-6)));

    private static double Error(SampleClock clock, long sample) => clock.TimeOf(sample).Seconds - True(sample);
}
