using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using Xunit;

namespace ClosedLoop.Tests.Acquisition;

/// <summary>Grouping with planted faults, in made-up time: what comes, when, and what must be said of it.</summary>
public class FrameGrouperTests
{
    private const int Cameras = 6;
    private const long PeriodNs = 20_000_000;
    private static readonly CameraFormat Format = new(4, 2, 1, 50);

    private readonly List<CameraFinding> _findings = [];
    private readonly List<(long Trigger, string Present, SessionTime Time)> _sets = [];

    [Fact]
    public void Sets_are_complete_and_in_order_whatever_the_order_of_arrival()
    {
        var random = new Random(5);
        var frames = Plan(100, (camera, _) => random.NextDouble() * 0.02);
        var grouper = Run(frames);
        Assert.Equal(100, _sets.Count);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), _sets.Select(set => set.Trigger));
        Assert.All(_sets, set => Assert.Equal("111111", set.Present));
        Assert.Empty(_findings);
        Assert.Equal((100, 0), (grouper.Statistics.Sets, grouper.Statistics.IncompleteSets));
        Assert.Equal(0, grouper.OutstandingSets);
    }

    [Fact]
    public void A_camera_that_stops_is_named_within_a_fifth_of_a_second_and_sets_go_on_at_once_without_it()
    {
        var frames = Plan(100).Where(frame => !(frame.Camera == 3 && frame.Counter is >= 40 and < 80)).ToList();
        var grouper = Run(frames);
        var stopped = Assert.Single(_findings, finding => finding.Kind == CameraFindingKind.Stopped);
        Assert.Equal("cam4", stopped.Camera);
        Assert.InRange((stopped.Time - new SessionTime(39 * PeriodNs)) / 1e9, 0.05, 0.2);
        Assert.Contains("cam4 has stopped", stopped.Sentence);
        Assert.Equal(1, Assert.Single(_findings, finding => finding.Kind == CameraFindingKind.Resumed).Count);
        Assert.Equal(40, Assert.Single(_findings, finding => finding.Kind == CameraFindingKind.Skipped).Count);
        Assert.Equal(3, _findings.Count);
        Assert.Equal(100, _sets.Count);
        Assert.All(_sets, set => Assert.Equal(set.Trigger is >= 40 and < 80 ? "111011" : "111111", set.Present));
        // Once the camera is known to have stopped, nothing waits for it.
        Assert.All(_sets.Where(set => set.Trigger is >= 50 and < 80), set => Assert.Equal(set.Trigger * PeriodNs, set.Time.Nanoseconds));
        var account = grouper.Statistics.Cameras[3];
        Assert.Equal((60, 40, 40, 1), (account.Grouped, account.Missing, account.Skipped, account.Stops));
    }

    [Fact]
    public void Skipped_repeated_short_undecodable_and_late_frames_are_named_and_counted_and_no_image_is_guessed()
    {
        var frames = Plan(100);
        frames.RemoveAll(frame => frame is { Camera: 0, Counter: 20 or 21 or 22 });
        var again = frames.Single(frame => frame.Camera == 1 && frame.Counter == 30);
        frames.Add(again with { TimeNs = again.TimeNs + 1_000_000 });
        frames.Add(again with { TimeNs = again.TimeNs + 2_000_000 });
        Change(frames, 2, 40, frame => frame with { Defect = FrameDefect.Short });
        Change(frames, 4, 50, frame => frame with { Defect = FrameDefect.Undecodable });
        Change(frames, 5, 60, frame => frame with { TimeNs = frame.TimeNs + 50_000_000 });
        Change(frames, 5, 61, frame => frame with { TimeNs = frame.TimeNs + 40_000_000 });
        Change(frames, 5, 62, frame => frame with { TimeNs = frame.TimeNs + 20_000_000 });
        var grouper = Run(frames);

        Assert.Equal(100, _sets.Count);
        Assert.Equal("cam1 3 of Skipped", Found(CameraFindingKind.Skipped));
        Assert.Equal("cam2 2 of Repeated", Found(CameraFindingKind.Repeated));
        Assert.Equal("cam3 1 of Short", Found(CameraFindingKind.Short));
        Assert.Equal("cam5 1 of Undecodable", Found(CameraFindingKind.Undecodable));
        Assert.Equal("cam6 2 of Late", Found(CameraFindingKind.Late));
        Assert.Equal(3 + 0 + 1 + 1 + 2, grouper.Statistics.IncompleteSets);
        foreach (var set in _sets)
            Assert.Equal(
                set.Trigger switch { 20 or 21 or 22 => "011111", 40 => "110111", 50 => "111101", 60 or 61 => "111110", _ => "111111" },
                set.Present);
        // Each was named at the arrival that showed it.
        Assert.Equal(23 * PeriodNs, _findings.Single(finding => finding.Kind == CameraFindingKind.Skipped).Time.Nanoseconds);
        Assert.Equal(40 * PeriodNs, _findings.Single(finding => finding.Kind == CameraFindingKind.Short).Time.Nanoseconds);
    }

    [Fact]
    public void A_counter_that_leaps_or_begins_anew_does_not_take_the_others_with_it()
    {
        var frames = Plan(200);
        for (var i = 100; i < 200; i++)
            Change(frames, 2, i, frame => frame with { Counter = frame.Counter + 1_000_000 });
        Run(frames);
        Assert.Equal("cam3 100 of OutOfStep", Found(CameraFindingKind.OutOfStep));
        Assert.Equal(200, _sets.Count);
        Assert.All(_sets, set => Assert.Equal(set.Trigger < 100 ? "111111" : "110111", set.Present));
    }

    [Fact]
    public void A_camera_that_never_begins_is_named_when_patience_ends()
    {
        Run(Plan(200).Where(frame => frame.Camera != 1).ToList());
        var stopped = Assert.Single(_findings);
        Assert.Equal(("cam2", CameraFindingKind.Stopped), (stopped.Camera, stopped.Kind));
        Assert.InRange(stopped.Time.Seconds, 2, 2.2);
        Assert.Equal(200, _sets.Count);
    }

    [Fact]
    public void Without_a_common_counter_fitted_clocks_group_frames_and_tell_drift_and_residual()
    {
        // Six clocks with offsets of days, drifts of up to 80 ppm, arrivals 3 ms late with jitter and now and then a hiccup.
        var random = new Random(8);
        double[] drifts = [0, 40, -60, 80, -20, 10];
        const int Count = 3000;
        var frames = new List<Frame>();
        for (var camera = 0; camera < Cameras; camera++)
            for (var i = 0; i < Count; i++)
            {
                var exposed = i * PeriodNs;
                var delay = 0.003 + (0.0005 * random.NextDouble()) + (random.Next(100) == 0 ? 0.006 : 0);
                var device = (1000L * (camera + 1) * 86_400_000_000) + (long)(exposed * (1 - (drifts[camera] * 1e-6)));
                frames.Add(new(camera, RecordStamp.None, device, exposed + (long)(delay * 1e9), i));
            }
        frames.RemoveAll(frame => frame is { Camera: 4, Truth: >= 1500 and < 1503 });
        var grouper = Run(frames, new() { Mode = GroupingMode.DeviceTime });
        Assert.Equal(Count, _sets.Count);
        Assert.All(_sets, set => Assert.Equal(set.Trigger is >= 1500 and < 1503 ? "111101" : "111111", set.Present));
        Assert.Equal("cam5 3 of Skipped", Found(CameraFindingKind.Skipped));
        for (var camera = 0; camera < Cameras; camera++)
        {
            Assert.InRange(grouper.Statistics.Cameras[camera].ClockDriftPpm - drifts[camera], -6, 6);
            Assert.InRange(grouper.Statistics.Cameras[camera].ClockResidualS, 0.0001, 0.0015);
        }
    }

    [Fact]
    public void Nothing_is_allocated_per_set()
    {
        var grouper = new FrameGrouper(["a", "b"], [Format, Format], default);
        var frames = new[] { new CameraFrame(Format), new CameraFrame(Format) };
        grouper.Found += _ => _findings.Capacity = 4;
        Deliver(0, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Deliver(100, 300);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, grouper.OutstandingSets);

        void Deliver(int from, int to)
        {
            for (var i = from; i < to; i++)
                for (var camera = 0; camera < 2; camera++)
                {
                    if (camera == 1 && i % 5 == 0)
                        continue;
                    var now = new SessionTime(i * PeriodNs);
                    frames[camera].ByteCount = Format.ByteCount;
                    frames[camera].Stamp = new(i, i, i * PeriodNs, now, now);
                    grouper.Add(camera, frames[camera], now);
                    while (grouper.TryRelease(now, out var set))
                        grouper.Return(set);
                }
        }
    }

    private sealed record Frame(int Camera, long Counter, long DeviceNs, long TimeNs, long Truth, FrameDefect Defect = FrameDefect.None);

    private static List<Frame> Plan(int triggers, Func<int, int, double>? delayS = null) =>
    [
        .. from i in Enumerable.Range(0, triggers) from camera in Enumerable.Range(0, Cameras)
           select new Frame(camera, i, i * PeriodNs, (i * PeriodNs) + (long)(1e9 * (delayS?.Invoke(camera, i) ?? 0)), i),
    ];

    private static void Change(List<Frame> frames, int camera, int counter, Func<Frame, Frame> change)
    {
        var at = frames.FindIndex(frame => frame.Camera == camera && frame.Truth == counter);
        frames[at] = change(frames[at]);
    }

    private string Found(CameraFindingKind kind)
    {
        var found = _findings.Where(finding => finding.Kind == kind).ToList();
        return $"{string.Join(' ', found.Select(finding => finding.Camera).Distinct())} {found.Sum(finding => finding.Count)} of {kind}";
    }

    /// <summary>Runs frames in the order of their times, with a look at the clock every 10 ms; each image carries its camera and trigger.</summary>
    private FrameGrouper Run(List<Frame> frames, FrameGrouperOptions? options = null)
    {
        var grouper = new FrameGrouper([.. Enumerable.Range(1, Cameras).Select(i => $"cam{i}")], [.. Enumerable.Repeat(Format, Cameras)], default, options);
        grouper.Found += _findings.Add;
        var lent = Enumerable.Range(0, Cameras).Select(_ => new CameraFrame(Format)).ToArray();
        // A camera keeps its own order: what it sends late holds up what follows.
        var ordered = frames.OrderBy(frame => frame.TimeNs).ThenBy(frame => frame.Camera).ToList();
        var looked = 0L;
        foreach (var frame in ordered)
        {
            for (; looked < frame.TimeNs; looked += 10_000_000)
                Release(grouper, new(looked));
            var camera = lent[frame.Camera];
            Array.Fill(camera.Pixels, (byte)((frame.Truth * Cameras) + frame.Camera));
            (camera.Defect, camera.ByteCount) = (frame.Defect, frame.Defect == FrameDefect.None ? Format.ByteCount : Format.ByteCount / 2);
            camera.Stamp = new(0, frame.Counter, frame.DeviceNs, new(frame.TimeNs), new(frame.TimeNs));
            grouper.Add(frame.Camera, camera, new(frame.TimeNs));
            Release(grouper, new(frame.TimeNs));
        }
        for (var camera = 0; camera < Cameras; camera++)
            grouper.End(camera, new(looked), failed: false);
        Release(grouper, new(looked));
        Assert.True(grouper.IsEmpty);
        return grouper;
    }

    private void Release(FrameGrouper grouper, SessionTime now)
    {
        while (grouper.TryRelease(now, out var set))
        {
            Assert.Equal(_sets.Count, set.Stamp.Sequence);
            for (var camera = 0; camera < Cameras; camera++)
                if (set.Present[camera] && set.Pixels[camera].AsSpan().ContainsAnyExcept((byte)((set.Stamp.DeviceCounter * Cameras) + camera)))
                    Assert.Fail($"the image of camera {camera} in set {set.Stamp.DeviceCounter} is of another trigger");
            _sets.Add((set.Stamp.DeviceCounter, string.Concat(set.Present.Select(present => present ? '1' : '0')), now));
            grouper.Return(set);
        }
    }
}
