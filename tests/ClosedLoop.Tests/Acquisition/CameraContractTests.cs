using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Tests.Recording;
using Xunit;

namespace ClosedLoop.Tests.Acquisition;

/// <summary>What every kind of camera promises. A kind takes part by deriving from this and making its cameras.</summary>
public abstract class CameraContractTests : IDisposable
{
    protected const int Frames = 40;

    private protected TemporaryFolder Folder { get; } = new();

    protected SessionClock Clock { get; } = new();

    /// <summary>A camera named "cam1" that delivers at least <see cref="Frames"/> frames; skips the test where there is no device.</summary>
    protected abstract ICamera Make(bool isPaced);

    /// <summary>A camera named "cam1" whose device is not there.</summary>
    protected abstract (ICamera Camera, string Device) MakeAbsent();

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void Opening_starting_stopping_and_disposing_are_idempotent()
    {
        var camera = Make(isPaced: true);
        Assert.Equal(CameraState.Closed, camera.State);
        camera.Stop();
        camera.Open();
        camera.Open();
        Assert.Equal(CameraState.Open, camera.State);
        camera.Start();
        camera.Start();
        Assert.Equal(CameraState.Running, camera.State);
        Assert.True(camera.TryRead(out var frame, default));
        camera.Return(frame);
        camera.Stop();
        camera.Stop();
        Assert.Equal(CameraState.Open, camera.State);
        Assert.False(camera.TryRead(out _, default));
        camera.Start();
        Assert.True(camera.TryRead(out frame, default));
        camera.Return(frame);
        camera.Dispose();
        camera.Dispose();
        Assert.Equal(CameraState.Closed, camera.State);
        Assert.Equal(0, camera.OutstandingFrames);
    }

    [SkippableFact]
    public void Counters_and_times_rise_as_the_capabilities_claim_and_the_account_agrees()
    {
        using var camera = Make(isPaced: true);
        camera.Start();
        Assert.True(camera.Format.RateHz > 0);
        RecordStamp? last = null;
        for (var i = 0; i < 10; i++)
        {
            Assert.True(camera.TryRead(out var frame, default));
            var stamp = frame.Stamp;
            Assert.Equal(camera.Format, frame.Format);
            Assert.Equal(camera.Format.ByteCount, frame.ByteCount);
            Assert.Equal(camera.Format.ByteCount, frame.Pixels.Length);
            Assert.Equal(FrameDefect.None, frame.Defect);
            Assert.Equal(i, stamp.Sequence);
            Assert.Equal(camera.Capabilities.HasDeviceCounter, stamp.DeviceCounter >= 0);
            Assert.Equal(camera.Capabilities.HasDeviceTime, stamp.DeviceTimeNs >= 0);
            Assert.True(stamp.Captured <= stamp.Produced && stamp.Produced <= Clock.Now);
            if (last is { } before)
            {
                Assert.True(stamp.Captured > before.Captured && stamp.Produced >= before.Produced);
                Assert.True(!camera.Capabilities.HasDeviceCounter || stamp.DeviceCounter > before.DeviceCounter);
                Assert.True(!camera.Capabilities.HasDeviceTime || stamp.DeviceTimeNs > before.DeviceTimeNs);
            }
            last = stamp;
            camera.Return(frame);
        }
        var account = camera.Statistics;
        Assert.Equal(("cam1", 10, 0, 0, 0), (account.Name, account.Delivered, account.Repeated, account.Short, account.DecodeErrors));
        Assert.Equal(last!.Value.Produced, account.LastArrival);
    }

    [SkippableFact]
    public void What_can_be_configured_is_and_what_cannot_is_refused_by_name()
    {
        using var camera = Make(isPaced: true);
        camera.Open();
        var format = camera.Format;
        if (camera.Capabilities.CanSetChannels)
        {
            camera.Configure(new() { Channels = 1 });
            Assert.Equal(format with { Channels = 1 }, camera.Format);
            camera.Start();
            Assert.True(camera.TryRead(out var frame, default));
            Assert.Equal(format.WidthPx * format.HeightPx, frame.Pixels.Length);
            camera.Return(frame);
            AssertRefused(camera, new() { RateHz = format.RateHz });
            camera.Stop();
        }
        else
        {
            AssertRefused(camera, new() { Channels = 4 - format.Channels });
        }
        if (camera.Capabilities.CanSetRate)
        {
            camera.Configure(new() { RateHz = format.RateHz / 2 });
            Assert.Equal(format.RateHz / 2, camera.Format.RateHz, 0.01);
        }
        else
        {
            AssertRefused(camera, new() { RateHz = format.RateHz / 2 });
        }
        if (!camera.Capabilities.CanSetSize)
            AssertRefused(camera, new() { WidthPx = format.WidthPx / 2, HeightPx = format.HeightPx / 2 });
        AssertRefused(camera, new() { WidthPx = format.WidthPx / 2 });
        AssertRefused(camera, new() { Channels = 2 });
        AssertRefused(camera, new() { RateHz = -1 });
        camera.Configure(new());
    }

    [SkippableFact]
    public void Frames_come_to_an_end_where_that_is_claimed()
    {
        using var camera = Make(isPaced: false);
        Skip.IfNot(camera.Capabilities.HasEnd, "this kind of camera has no end");
        camera.Start();
        var count = 0;
        while (camera.TryRead(out var frame, default))
        {
            count++;
            camera.Return(frame);
        }
        Assert.Equal(Frames, count);
        Assert.False(camera.TryRead(out _, default));
        Assert.Equal(0, camera.OutstandingFrames);
    }

    [SkippableFact]
    public void Cancellation_and_stop_each_end_a_waiting_read()
    {
        using var camera = Make(isPaced: true);
        camera.Open();
        // Where the rate can be chosen the next frame is due in a quarter of an hour: that the reads end at all is the proof.
        if (camera.Capabilities.CanSetRate && camera.Capabilities.HasEnd)
            camera.Configure(new() { RateHz = 0.001 });
        camera.Start();
        Assert.True(camera.TryRead(out var frame, default));
        camera.Return(frame);
        using var cancellation = new CancellationTokenSource(50);
        while (camera.TryRead(out frame, cancellation.Token))
            camera.Return(frame);
        using var stop = new Timer(_ => camera.Stop(), null, 50, Timeout.Infinite);
        while (camera.TryRead(out frame, default))
            camera.Return(frame);
        Assert.Equal(0, camera.OutstandingFrames);
    }

    [SkippableFact]
    public void A_cancelled_read_loses_no_frame()
    {
        using var camera = Make(isPaced: true);
        camera.Start();
        Assert.True(camera.TryRead(out var frame, default));
        var last = frame.Stamp;
        camera.Return(frame);
        using var cancellation = new CancellationTokenSource(25);
        while (camera.TryRead(out frame, cancellation.Token))
        {
            last = frame.Stamp;
            camera.Return(frame);
        }
        if (!camera.TryRead(out frame, default))
            return; // a busy machine let a short file run to its end first
        Assert.Equal(last.Sequence + 1, frame.Stamp.Sequence);
        if (camera.Capabilities.HasDeviceCounter)
            Assert.Equal(last.DeviceCounter + 1, frame.Stamp.DeviceCounter);
        camera.Return(frame);
    }

    [SkippableFact]
    public void Nothing_is_allocated_per_frame_and_nothing_leaks()
    {
        using var camera = Make(isPaced: false);
        camera.Start();
        CameraFrame? frame;
        for (var i = 0; i < 10; i++)
        {
            Assert.True(camera.TryRead(out frame, default));
            camera.Return(frame);
        }
        // NB: what the runtime allocates once falls into one window at most; what a frame allocates would be in all three.
        var least = long.MaxValue;
        for (var window = 0; window < 3; window++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 9; i++)
            {
                camera.TryRead(out frame, default);
                camera.Return(frame!);
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        camera.Stop();
        Assert.Equal(0, camera.OutstandingFrames);
        // Nor does the thread that fetches keep one, or one that nobody read.
        if (camera is CameraBase fetching)
            Assert.Equal(0, fetching.FramesInUse);
    }

    [Fact]
    public void A_device_that_is_not_there_is_named()
    {
        var (camera, device) = MakeAbsent();
        var error = Assert.Throws<ClosedLoopException>(camera.Open);
        Assert.Contains(device, error.Message);
        Assert.Equal(CameraState.Closed, camera.State);
        Assert.Throws<ClosedLoopException>(camera.Start);
        camera.Dispose();
    }

    [SkippableFact]
    public void Reading_before_the_start_is_refused_by_name()
    {
        using var camera = Make(isPaced: true);
        Assert.Contains("'cam1'", Assert.Throws<ClosedLoopException>(() => camera.TryRead(out _, default)).Message);
    }

    private static void AssertRefused(ICamera camera, CameraSettings settings)
    {
        var error = Assert.Throws<ClosedLoopException>(() => camera.Configure(settings));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("'cam1'", error.Message);
    }
}
