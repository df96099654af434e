using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

public sealed class StreamWatchTests
{
    private static SessionTime At(double seconds) => SessionTime.FromSeconds(seconds);

    [Fact]
    public void A_regular_stream_never_stalls()
    {
        var watch = new StreamWatch("keypoints", 1);
        watch.Begin(At(10));
        for (var i = 1; i <= 100; i++)
        {
            watch.Arrived(At(10 + (0.5 * i)));
            Assert.False(watch.Look(At(10 + (0.5 * i) + 0.4)).IsStalled);
        }
        watch.End(At(60.5));
        var end = watch.Look(At(1000));
        Assert.Equal((100, 0), (end.Received, end.Stalls));
        Assert.Equal(0.5, end.LongestSilenceS, 9);
        Assert.True(double.IsNaN(end.SilenceS));
    }

    [Fact]
    public void A_silence_is_a_stall_while_it_lasts_and_counted_once_when_it_is_over()
    {
        var watch = new StreamWatch("keypoints", 1);
        watch.Begin(At(0));
        watch.Arrived(At(0.1));
        Assert.False(watch.Look(At(1.05)).IsStalled);
        var during = watch.Look(At(3.1));
        Assert.True(during.IsStalled);
        Assert.Equal(1, during.Stalls);
        Assert.Equal(3, during.SilenceS, 9);
        watch.Arrived(At(4.1));
        var after = watch.Look(At(4.2));
        Assert.False(after.IsStalled);
        Assert.Equal(1, after.Stalls);
        Assert.Equal(4, after.LongestSilenceS, 9);
        watch.Arrived(At(6));
        Assert.Equal(2, watch.Look(At(6.1)).Stalls);
    }

    [Fact]
    public void A_stream_that_never_begins_has_stalled()
    {
        var watch = new StreamWatch("keypoints", 1);
        Assert.False(watch.Look(At(100)).IsStalled);
        watch.Begin(At(100));
        Assert.Equal(new("keypoints", 0, 1, true, 2, 2), watch.Look(At(102)));
        watch.End(At(103));
        watch.End(At(200));
        Assert.Equal(new("keypoints", 0, 1, false, double.NaN, 3), watch.Look(At(300)));
    }
}
