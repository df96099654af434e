using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

/// <summary>
/// Arrivals are planted with stamps of the past, so that what each beat decides does not depend on how fast the test runs.
/// </summary>
public sealed class ControlClockTests
{
    private const double PeriodS = 0.02;
    private readonly SessionClock _clock = new();
    private readonly Pool<Keypoints> _pool = new(16, () => new Keypoints(KeypointLayout.Rat23));

    [Fact]
    public void Every_set_that_comes_in_time_is_one_beat()
    {
        using var queue = Queue(16);
        var start = Past(1);
        for (var i = 0; i < 10; i++)
            Arrive(queue, i, start + Period(i));
        using var control = Clock(queue);
        for (var i = 0; i < 10; i++)
            Assert.Equal((i, (long?)i), Beat(control));
        Assert.Equal((0, 0), (control.Missed, control.Late));
    }

    [Fact]
    public void A_missing_set_gives_a_beat_without_and_the_next_is_in_step_again()
    {
        using var queue = Queue(16);
        var start = Past(1);
        foreach (var i in new[] { 0, 1, 3, 4 })
            Arrive(queue, i, start + Period(i));
        using var control = Clock(queue);
        Assert.Equal([(0, 0L), (1, 1L), (2, null), (3, 3L), (4, (long?)4)], Enumerable.Range(0, 5).Select(_ => Beat(control)));
        Assert.Equal(1, control.Missed);
    }

    [Fact]
    public void A_set_that_comes_after_its_beat_is_used_by_the_next_only_where_nothing_newer_is_there()
    {
        using var queue = Queue(16);
        var start = Past(1);
        Arrive(queue, 0, start);
        using var control = Clock(queue);
        Assert.Equal((0, (long?)0), Beat(control));
        Assert.Equal((1, (long?)null), Beat(control));
        // Set 1 arrives 15 ms late: after its own beat, and a quarter period before the next.
        Arrive(queue, 1, start + Period(1) + 9_500_000);
        Assert.Equal((2, (long?)1), Beat(control));
        Assert.Equal((1, 1), (control.Missed, control.Late));
    }

    [Fact]
    public void A_newer_set_replaces_a_late_one()
    {
        using var queue = Queue(16);
        var start = Past(1);
        Arrive(queue, 0, start);
        using var control = Clock(queue);
        Beat(control);
        Assert.Equal((1, (long?)null), Beat(control));
        Arrive(queue, 1, start + Period(1) + 9_500_000);
        Arrive(queue, 2, start + Period(2));
        Assert.Equal((2, (long?)2), Beat(control));
        Assert.Equal(0, control.Late);
    }

    [Fact]
    public void A_stalled_loop_catches_up_beat_by_beat_instead_of_jumping()
    {
        using var queue = Queue(1);
        var start = Past(1);
        Arrive(queue, 0, start);
        using var control = Clock(queue);
        Beat(control);
        // The loop was away for four periods: only the newest set was kept.
        for (var i = 1; i <= 4; i++)
            Arrive(queue, i, start + Period(i));
        Assert.Equal([(1, null), (2, null), (3, null), (4, (long?)4)], Enumerable.Range(0, 4).Select(_ => Beat(control)));
    }

    [Fact]
    public void A_source_that_runs_faster_than_nominal_is_followed_without_a_lost_beat()
    {
        using var queue = Queue(4000);
        var start = Past(100);
        const double Drift = 200e-6;
        for (var i = 0; i < 3000; i++)
            Arrive(queue, i, start + SessionTime.FromSeconds(i * PeriodS * (1 - Drift)).Nanoseconds);
        using var control = Clock(queue);
        for (var i = 0; i < 3000; i++)
            Assert.Equal((i, (long?)i), Beat(control));
    }

    [Fact]
    public void The_phase_of_a_source_that_came_back_is_found_again()
    {
        using var queue = Queue(4000);
        var start = Past(10);
        Arrive(queue, 0, start);
        using var control = Clock(queue);
        Beat(control);
        // From now on every set comes 9 ms later than expected, past the grace of 6 ms.
        var (missed, last) = (0, 0L);
        for (var i = 1; i < 200; i++)
            Arrive(queue, i, start + Period(i) + 9_000_000);
        for (var i = 1; i < 150; i++)
            if (Beat(control).Item2 is { } sequence)
                last = sequence;
            else
                missed++;
        Assert.Equal(0, missed);
        Assert.Equal(149, last);
    }

    [Fact]
    public void The_end_of_the_source_ends_the_beat_and_nothing_leaks()
    {
        var queue = Queue(16);
        Arrive(queue, 0, Past(1));
        queue.Complete();
        var control = Clock(queue);
        Assert.True(control.TryNext(out _, default));
        Assert.False(control.TryNext(out _, default));
        control.Dispose();
        queue.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Cancellation_ends_a_wait_for_the_first_set()
    {
        using var queue = Queue(1);
        using var control = Clock(queue);
        using var cancellation = new CancellationTokenSource(30);
        Assert.False(control.TryNext(out _, cancellation.Token));
    }

    private BoundedQueue<Keypoints> Queue(int capacity) =>
        new("arrivals", capacity, capacity == 1 ? QueuePolicy.KeepLatest : QueuePolicy.Wait, _pool.Return);

    private ControlClock Clock(BoundedQueue<Keypoints> queue) => new(_clock, queue, _pool, PeriodS, 0.006);

    /// <summary>A time so far in the past that no beat of the test has to wait.</summary>
    private SessionTime Past(double seconds) => _clock.Now + -SessionTime.FromSeconds(seconds).Nanoseconds;

    private static long Period(int count) => SessionTime.FromSeconds(count * PeriodS).Nanoseconds;

    private void Arrive(BoundedQueue<Keypoints> queue, long sequence, SessionTime at)
    {
        var keypoints = _pool.Rent();
        keypoints.Stamp = new(sequence, sequence, 0, at, at);
        queue.Enqueue(keypoints);
    }

    private static (int, long?) Beat(ControlClock control)
    {
        Assert.True(control.TryNext(out var tick, default));
        return ((int)tick.Index, tick.Keypoints?.Stamp.Sequence);
    }
}
