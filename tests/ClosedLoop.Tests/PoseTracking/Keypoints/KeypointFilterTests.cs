using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>That the filter calms, that its delay is what it says, and what it makes of gaps.</summary>
public sealed class KeypointFilterTests
{
    private const double PeriodS = 0.02;

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void A_steady_movement_lags_by_the_stated_delay(double speed)
    {
        var filter = new KeypointFilter(KeypointLayout.Rat23, PeriodS);
        Keypoints calm = null!;
        for (var i = 0; i < 500; i++)
            calm = filter.Process(Set(i, i * PeriodS * speed));
        Assert.Equal((499 * PeriodS) - filter.DelayS(speed), calm.Position(4)[0] / speed, 1e-6);
        Assert.True(filter.DelayS(0) < 0.035 && filter.DelayS(1) < 0.005);
    }

    [Fact]
    public void A_point_at_rest_becomes_calmer()
    {
        var random = new RandomStream(1, "rest");
        var filter = new KeypointFilter(KeypointLayout.Rat23, PeriodS);
        var (raw, calm) = (0.0, 0.0);
        for (var i = 0; i < 2000; i++)
        {
            var x = 0.001 * random.Normal();
            var filtered = filter.Process(Set(i, x)).Position(4)[0];
            raw += x * x;
            calm += filtered * filtered;
        }
        Assert.InRange(Math.Sqrt(calm / raw), 0.3, 0.75);
    }

    [Fact]
    public void Missing_stays_missing_and_a_long_gap_begins_anew()
    {
        var filter = new KeypointFilter(KeypointLayout.Rat23, PeriodS);
        for (var i = 0; i < 50; i++)
            _ = filter.Process(Set(i, 0));
        Assert.False(filter.Process(Set(50, double.NaN)).IsPresent(4));
        var soon = filter.Process(Set(51, 0.01)).Position(4)[0];
        Assert.InRange(soon, 0.0001, 0.0099);
        Assert.Equal(0.05, filter.Process(Set(80, 0.05)).Position(4)[0]);
        var set = Set(81, 0.05);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var calm = filter.Process(set);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(81, calm.Stamp.Sequence);
    }

    private static Keypoints Set(int index, double x)
    {
        var keypoints = new Keypoints(KeypointLayout.Rat23) { Stamp = new(index, -1, -1, SessionTime.FromSeconds(index * PeriodS), default) };
        for (var k = 0; k < 23; k++)
            new[] { x, 0.1, 0.02 }.CopyTo(keypoints.Position(k));
        return keypoints;
    }
}
