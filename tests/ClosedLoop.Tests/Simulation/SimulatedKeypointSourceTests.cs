using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation;

public sealed class SimulatedKeypointSourceTests
{
    private static readonly KeypointLayout Layout = KeypointLayout.Rat23;

    // Errors do not depend on the animal, so that their statistics are taken over a cheap one.
    private static readonly Lazy<(List<Keypoints> Seen, List<SimulatedTruth> True)> Statistics = new(ReadErrors);

    [Fact]
    public void The_same_seeds_give_the_same_keypoints_bit_for_bit()
    {
        Assert.Equal(Read(), Read());

        static List<double> Read()
        {
            using var source = new SimulatedKeypointSource(SimulatedLife.Rat, durationS: 1);
            var keypoints = new Keypoints(source.Layout);
            var all = new List<double>();
            while (source.TryRead(keypoints, default))
            {
                all.AddRange(keypoints.Positions);
                all.Add(keypoints.Stamp.Produced.Nanoseconds);
            }
            Assert.Equal(50 * 70, all.Count);
            return all;
        }
    }

    [Fact]
    public void Without_a_clock_times_are_synthetic_and_the_device_clock_drifts_as_planted()
    {
        using var source = new SimulatedKeypointSource(SimulatedLife.Rat, vision: new() { ClockDriftPpm = 200, ClockOffsetNs = 5_000 }, durationS: 2);
        var keypoints = new Keypoints(source.Layout);
        var last = default(RecordStamp);
        for (var i = 0; source.TryRead(keypoints, default); i++)
        {
            last = keypoints.Stamp;
            Assert.Equal(i, last.Sequence);
            Assert.Equal(i, last.DeviceCounter);
            Assert.Equal(5_000 + (20_000_000L * i), last.DeviceTimeNs);
            Assert.InRange(last.LatencyNs, 1_000_000, 60_000_000);
        }
        var (device, session) = (last.DeviceTimeNs - 5_000, last.Captured.Nanoseconds);
        Assert.Equal(200e-6, (device / (double)session) - 1, 1e-8);
    }

    [Fact]
    public void With_a_clock_a_set_comes_when_it_is_due_and_what_it_holds_is_the_same()
    {
        var clock = new SessionClock();
        using var live = new SimulatedKeypointSource(SimulatedLife.Rat, clock: clock, durationS: 0.5);
        using var offline = new SimulatedKeypointSource(SimulatedLife.Rat, durationS: 0.5);
        Keypoints a = new(Layout), b = new(Layout);
        var first = SessionTime.Zero;
        var count = 0;
        while (live.TryRead(a, default))
        {
            Assert.True(offline.TryRead(b, default));
            Assert.Equal(b.Positions, a.Positions);
            if (count == 0)
                first = a.Stamp.Captured;
            Assert.Equal(b.Stamp.Captured.Nanoseconds, a.Stamp.Captured - first);
            // Never before it is due; by how much later is the machine's affair.
            Assert.True(a.Stamp.LatencyNs >= b.Stamp.LatencyNs);
            Assert.True(clock.Now >= a.Stamp.Produced);
            count++;
        }
        Assert.Equal(25, count);
        Assert.False(offline.TryRead(b, default));
    }

    [Fact]
    public void A_cancelled_read_returns_at_once_and_disposal_ends_the_producer()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var source = new SimulatedKeypointSource(SimulatedLife.Rat, clock: new());
        Assert.False(source.TryRead(new(Layout), cancelled.Token));
        source.Dispose();
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var source = new SimulatedKeypointSource(SimulatedLife.Rat, truthFrames: 10);
        var keypoints = new Keypoints(source.Layout);
        for (var i = 0; i < 30; i++)
            source.TryRead(keypoints, default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            source.TryRead(keypoints, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Reading_at_real_time_allocates_nothing_on_the_readers_thread()
    {
        using var source = new SimulatedKeypointSource(SimulatedLife.Rat, clock: new(), truthFrames: 10);
        var keypoints = new Keypoints(source.Layout);
        for (var i = 0; i < 30; i++)
            Assert.True(source.TryRead(keypoints, default));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
            source.TryRead(keypoints, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Truth_is_kept_by_frame_until_it_is_overwritten()
    {
        using var source = new SimulatedKeypointSource(SimulatedLife.Rat, truthFrames: 5, durationS: 0.4);
        var keypoints = new Keypoints(source.Layout);
        var truth = new SimulatedTruth(source.AnimalBody.Model.Nq, source.Layout);
        Assert.False(source.Truth.TryGet(0, truth));
        while (source.TryRead(keypoints, default))
        {
            Assert.True(source.Truth.TryGet(keypoints.Stamp.DeviceCounter, truth));
            Assert.Equal(keypoints.Stamp.Captured, truth.Captured);
        }
        Assert.Equal(19, source.Truth.NewestFrame);
        Assert.False(source.Truth.TryGet(14, truth));
        Assert.True(source.Truth.TryGet(15, truth));
        // The truth's pose, put into the animal's own body, gives the truth's keypoints.
        using var data = new MujocoData(source.AnimalBody.Model);
        truth.Qpos.CopyTo(data.Qpos.Span);
        data.Kinematics();
        for (var k = 0; k < Layout.Count; k++)
            for (var axis = 0; axis < 3; axis++)
                Assert.Equal(truth.KeypointPositions[(3 * k) + axis], data.SitePositions.Row(source.AnimalBody.KeypointSites[k])[axis], 1e-9);
    }

    [Theory]
    [InlineData("SpineM", 0.001)]
    [InlineData("KneeL", 0.0018)]
    [InlineData("HandR", 0.003)]
    public void Noise_has_the_asked_size(string keypoint, double sdM)
    {
        var k = Layout.IndexOf(keypoint);
        var errors = Errors(k).ToList();
        Assert.InRange(Math.Sqrt(errors.Average(e => e * e)), 0.9 * sdM, 1.1 * sdM);
        Assert.InRange(errors.Average(), -0.1 * sdM, 0.1 * sdM);
    }

    [Fact]
    public void Confidence_tells_the_size_of_the_error()
    {
        var (seen, truth) = Statistics.Value;
        var standardised = new List<double>();
        for (var i = 0; i < seen.Count; i++)
            for (var k = 0; k < Layout.Count; k++)
                if (!truth[i].Missing[k] && !truth[i].Swapped[k])
                    standardised.Add((seen[i].Positions[3 * k] - truth[i].KeypointPositions[3 * k]) / KeypointConfidence.ToSd(seen[i].Confidence[k]));
        Assert.InRange(Math.Sqrt(standardised.Average(e => e * e)), 0.97, 1.03);
        Assert.Equal(0.0023, KeypointConfidence.ToSd(KeypointConfidence.FromSd(0.0023)), 1e-12);
    }

    [Fact]
    public void Losses_come_in_bursts_as_often_as_asked()
    {
        var (seen, truth) = Statistics.Value;
        var hand = Layout.IndexOf("FootL");
        var other = Layout.IndexOf("FootR");
        double share = 0.5 * (truth.Average(t => t.Missing[hand] ? 1.0 : 0) + truth.Average(t => t.Missing[other] ? 1.0 : 0));
        Assert.InRange(share, 0.02, 0.04);
        var begun = Enumerable.Range(1, truth.Count - 1).Count(i => truth[i].Missing[hand] && !truth[i - 1].Missing[hand]);
        Assert.InRange(truth.Count(t => t.Missing[hand]) / (double)begun, 3, 8);
        for (var i = 0; i < seen.Count; i++)
            for (var k = 0; k < Layout.Count; k++)
                Assert.Equal(truth[i].Missing[k], !seen[i].IsPresent(k) && seen[i].Confidence[k] == 0);
    }

    [Fact]
    public void Swaps_are_rare_listed_and_real()
    {
        var (seen, truth) = Statistics.Value;
        var mirror = Layout.MirrorIndices();
        var begun = 0;
        for (var i = 1; i < truth.Count; i++)
        {
            if (truth[i].Swapped.Contains(true) && !truth[i - 1].Swapped.Contains(true))
                begun++;
            for (var k = 0; k < Layout.Count; k++)
            {
                Assert.Equal(truth[i].Swapped[k], truth[i].Swapped[mirror[k]]);
                if (!truth[i].Swapped[k] || truth[i].Missing[k])
                    continue;
                double own = 0, counterpart = 0;
                for (var axis = 0; axis < 3; axis++)
                {
                    own += Math.Pow(seen[i].Positions[(3 * k) + axis] - truth[i].KeypointPositions[(3 * k) + axis], 2);
                    counterpart += Math.Pow(seen[i].Positions[(3 * k) + axis] - truth[i].KeypointPositions[(3 * mirror[k]) + axis], 2);
                }
                Assert.True(counterpart < own, $"frame {i}: {Layout.Names[k]} is nearer its own place");
            }
        }
        // One a minute over 400 s of 50 Hz: between one and sixteen but for a few in a hundred thousand seeds.
        Assert.InRange(begun, 1, 16);
    }

    private static IEnumerable<double> Errors(int k)
    {
        var (seen, truth) = Statistics.Value;
        for (var i = 0; i < seen.Count; i++)
            if (!truth[i].Missing[k] && !truth[i].Swapped[k])
                for (var axis = 0; axis < 3; axis++)
                    yield return seen[i].Positions[(3 * k) + axis] - truth[i].KeypointPositions[(3 * k) + axis];
    }

    private static (List<Keypoints> Seen, List<SimulatedTruth> True) ReadErrors()
    {
        using var animal = new SimulatedAnimal(SimulatedLife.Rat);
        var errors = new VisionErrors(Layout, new() { Seed = 4 });
        var (seen, truths) = (new List<Keypoints>(), new List<SimulatedTruth>());
        for (var i = 0; i < 20_000; i++)
        {
            var truth = new SimulatedTruth(animal.Qpos.Length, Layout) { Frame = i };
            animal.KeypointPositions.CopyTo(truth.KeypointPositions);
            var keypoints = new Keypoints(Layout);
            errors.Apply(truth, keypoints, SimulatedAnimal.FramePeriodS);
            seen.Add(keypoints);
            truths.Add(truth);
        }
        return (seen, truths);
    }
}
