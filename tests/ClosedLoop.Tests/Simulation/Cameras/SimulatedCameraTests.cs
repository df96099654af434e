using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation;

public sealed class SimulatedCameraTests
{
    private static readonly SimulatedViewOptions Small = SimulatedCameraContractTests.Small;

    [Fact]
    public void A_camera_drawn_alone_sees_what_it_sees_among_the_others()
    {
        using var alone = new SimulatedImageSequence(Small, 1, frames: 6);
        using var all = new SimulatedViews(Small);
        byte[][] images = [new byte[3 * 96 * 72], new byte[3 * 96 * 72]];
        var image = new byte[3 * 96 * 72];
        for (var frame = 0; frame < 6; frame++)
        {
            all.Next();
            all.Photograph(images);
            Assert.True(alone.TryRead(image, 3));
            Assert.Equal(images[1], image);
        }
        Assert.False(alone.TryRead(image, 3));
        // Backwards, and past images that nobody looked at.
        var last = images[1];
        alone.Seek(3);
        Assert.True(alone.TrySkip());
        Assert.True(alone.TrySkip());
        Assert.True(alone.TryRead(image, 3));
        Assert.Equal(last, image);
    }

    [Fact]
    public void Planted_losses_are_gaps_in_the_counters_and_in_nothing_else()
    {
        var clock = new SessionClock();
        using var camera = new SimulatedCamera("cam1", Small, 0, clock, new() { Frames = 40, LossProbability = 0.25 }, isPaced: false);
        camera.Start();
        var counters = new List<long>();
        while (camera.TryRead(out var frame, default))
        {
            counters.Add(frame.Stamp.DeviceCounter);
            Assert.Equal(frame.Stamp.DeviceCounter * 20_000_000, frame.Stamp.DeviceTimeNs);
            camera.Return(frame);
        }
        Assert.InRange(camera.Lost, 3, 20);
        Assert.Equal(40 - camera.Lost, counters.Count);
        Assert.Equal(counters.Order().Distinct(), counters);
    }

    [Fact]
    public void Frames_arrive_later_than_their_trigger_by_a_delay_that_jitters()
    {
        var clock = new SessionClock();
        using var camera = new SimulatedCamera("cam1", Small, 0, clock, new() { Frames = 12, DelayS = 0.012, JitterSdS = 0.003 });
        camera.Start();
        var delays = new List<double>();
        while (camera.TryRead(out var frame, default))
        {
            delays.Add((frame.Stamp.Produced - frame.Stamp.Captured) / 1e9);
            camera.Return(frame);
        }
        Assert.Equal(12, delays.Count);
        // NB: no upper bound: a busy machine may take its time.
        Assert.All(delays, delay => Assert.True(delay > 0.0005));
        Assert.True(delays.Max() - delays.Min() > 0.001);
    }
}
