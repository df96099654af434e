using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation;

public sealed class SimulatedAnimalTests
{
    [Fact]
    public void A_minute_of_life_has_no_fall_no_jump_and_stays_in_the_arena()
    {
        var life = SimulatedLife.Of(60);
        Assert.Equal(0, life.Falls);
        Assert.All(life.Qpos, q => Assert.All(q, x => Assert.True(double.IsFinite(x))));
        Assert.All(life.Qpos, q => Assert.True(Math.Sqrt((q[0] * q[0]) + (q[1] * q[1])) < 0.5));
        for (var i = 1; i < life.Qpos.Count; i++)
            Assert.True(Math.Abs(life.Qpos[i][0] - life.Qpos[i - 1][0]) < 0.02, $"the trunk jumps at frame {i}");
        Assert.True(life.Behaviours.Distinct().Count() >= 5, "a minute shows at least five behaviours");
    }

    [Fact]
    public void The_same_seed_gives_the_same_life_bit_for_bit_and_another_seed_another()
    {
        var first = SimulatedLife.Of(3, seed: 5);
        var second = SimulatedLife.Of(3, seed: 5);
        var other = SimulatedLife.Of(3, seed: 6);
        Assert.Equal(first.Qpos[^1], second.Qpos[^1]);
        Assert.Equal(first.Keypoints[^1], second.Keypoints[^1]);
        Assert.NotEqual(first.Keypoints[^1], other.Keypoints[^1]);
    }

    [Fact]
    public void Walking_goes_forward_on_feet_that_alternate()
    {
        var life = SimulatedLife.Of(4.5, (Behaviour.Walk, 4));
        var frames = life.During(Behaviour.Walk, 1.2);
        var (x, y) = (life.Qpos[frames[^1]][0] - life.Qpos[frames[0]][0], life.Qpos[frames[^1]][1] - life.Qpos[frames[0]][1]);
        var speed = Math.Sqrt((x * x) + (y * y)) / ((frames.Count - 1) * 0.02);
        Assert.InRange(speed, 0.04, 0.15);
        // Forward: along the heading, not sideways or back.
        var heading = frames.Average(i => Math.Cos(life.Yaw(i) - Math.Atan2(y, x)));
        Assert.True(heading > 0.9, $"the cosine between heading and way is {heading:F2}");
        // Each foot is lifted in turn: left and right heights run against each other, and both lift several times.
        foreach (var (left, right) in new[] { ("FootL", "FootR"), ("HandL", "HandR") })
        {
            var l = frames.ConvertAll(i => life.Point(i, left)[2]);
            var r = frames.ConvertAll(i => life.Point(i, right)[2]);
            Assert.True(Correlation(l, r) < 0, $"{left} and {right} are lifted together");
            foreach (var foot in new[] { l, r })
                Assert.InRange(Lifts(foot), 3, 14);
        }
    }

    [Fact]
    public void Trotting_is_twice_as_fast_as_walking_on_diagonal_feet_that_step_together()
    {
        var walk = Stride(SimulatedLife.Of(4.5, (Behaviour.Walk, 4)), Behaviour.Walk, 1.2);
        var life = SimulatedLife.InTheOpen(6, (Behaviour.Walk, 1.2), (Behaviour.Trot, 3), (Behaviour.Walk, 1.2));
        Assert.True(Stride(life, Behaviour.Trot, 0.8) > 2 * walk, $"the trot goes {100 * Stride(life, Behaviour.Trot, 0.8):F1} cm/s, the walk {100 * walk:F1} cm/s");
        Assert.Equal(0, life.Falls);
        var frames = life.During(Behaviour.Trot, 0.8);
        List<double> Height(string foot) => frames.ConvertAll(i => life.Point(i, foot)[2]);
        foreach (var (hind, diagonal, same) in new[] { ("FootL", "HandR", "HandL"), ("FootR", "HandL", "HandR") })
        {
            Assert.True(Correlation(Height(hind), Height(diagonal)) > 0.8, $"{hind} and {diagonal} step together ({Correlation(Height(hind), Height(diagonal)):F2})");
            Assert.True(Correlation(Height(hind), Height(same)) < -0.2, $"{hind} and {same} alternate ({Correlation(Height(hind), Height(same)):F2})");
            Assert.True(Height(hind).Max() - Height(hind).Min() > 0.006, $"{hind} leaves the floor");
            // About five steps a second for two seconds.
            Assert.InRange(Lifts(Height(hind)), 8, 13);
        }
    }

    [Fact]
    public void The_walk_flows_into_the_trot_and_back_without_a_stumble()
    {
        var life = SimulatedLife.InTheOpen(12, (Behaviour.Walk, 1.2), (Behaviour.Trot, 1.3));
        Assert.Equal(0, life.Falls);
        // From the first trot on the trunk neither drops nor tips: height within 12 mm, the spine's slope within 20 degrees.
        var frames = Enumerable.Range(60, life.Qpos.Count - 60).ToList();
        var heights = frames.ConvertAll(i => life.Qpos[i][2]);
        Assert.True(heights.Max() - heights.Min() < 0.012, $"the trunk's height varies by {1000 * (heights.Max() - heights.Min()):F1} mm");
        var slopes = frames.ConvertAll(i => Math.Asin((life.Point(i, "SpineF")[2] - life.Point(i, "SpineL")[2]) / life.Distance(i, "SpineF", "SpineL")));
        Assert.True(slopes.Max() - slopes.Min() < 20 * Math.PI / 180, $"the spine's slope varies by {180 / Math.PI * (slopes.Max() - slopes.Min()):F0} degrees");
    }

    // The body moves at 60 to 120 mm/s in the walk and 180 to 250 in the trot; a foot that did not hold the floor would
    // move as fast.
    [Theory]
    [InlineData(Behaviour.Walk, 0.04)]
    [InlineData(Behaviour.Trot, 0.05)]
    public void Standing_feet_slip_little(Behaviour gait, double mostMPerS)
    {
        using var animal = new SimulatedAnimal(SimulatedLife.Rat, new() { Seed = 3, ArenaRadiusM = 2, Sequence = [(gait, 4)] });
        double slipped = 0, stood = 0;
        var before = new double[animal.KeypointPositions.Length];
        string[] feet = ["FootL", "FootR", "HandL", "HandR"];
        var stands = new bool[4];
        for (var frame = 0; frame < 220; frame++)
        {
            animal.Advance();
            for (var i = 0; i < 4; i++)
            {
                var k = 3 * KeypointLayout.Rat23.IndexOf(feet[i]);
                if (frame > 60 && stands[i] && animal.Stands(i))
                {
                    slipped += Math.Sqrt(Math.Pow(animal.KeypointPositions[k] - before[k], 2) + Math.Pow(animal.KeypointPositions[k + 1] - before[k + 1], 2));
                    stood += 0.02;
                }
                stands[i] = animal.Stands(i);
            }
            animal.KeypointPositions.CopyTo(before);
        }
        Assert.True(slipped / stood < mostMPerS, $"standing feet move at {1000 * slipped / stood:F0} mm/s");
    }

    [Theory]
    [InlineData(Behaviour.TurnLeft, 1)]
    [InlineData(Behaviour.TurnRight, -1)]
    public void Turning_changes_the_heading_to_its_side(Behaviour turn, int sign)
    {
        var life = SimulatedLife.Of(2.5, (turn, 2));
        var frames = life.During(turn, 0);
        double turned = 0;
        for (var i = 1; i < frames.Count; i++)
            turned += Math.IEEERemainder(life.Yaw(frames[i]) - life.Yaw(frames[i - 1]), 2 * Math.PI);
        Assert.InRange(sign * turned, 0.7, 4);
    }

    [Fact]
    public void Rearing_lifts_the_snout_and_leaves_the_hind_feet_on_the_floor()
    {
        var life = SimulatedLife.Of(4.9, (Behaviour.Rest, 0.6), (Behaviour.Rear, 3.5));
        var standing = life.Point(40, "Snout")[2];
        var top = Enumerable.Range(0, life.Qpos.Count).MaxBy(i => life.Point(i, "Snout")[2]);
        Assert.True(life.Point(top, "Snout")[2] > standing + 0.06, $"the snout rises from {standing * 1000:F0} to {life.Point(top, "Snout")[2] * 1000:F0} mm");
        Assert.True(life.Point(top, "HandL")[2] > 0.05 && life.Point(top, "HandR")[2] > 0.05);
        Assert.True(life.Point(top, "FootL")[2] < 0.012 && life.Point(top, "FootR")[2] < 0.012);
        Assert.Equal(0, life.Falls);
        Assert.True(life.Point(life.Qpos.Count - 1, "HandL")[2] < 0.025, "it comes down again");
    }

    [Fact]
    public void Rearing_right_after_turning_does_not_fall()
    {
        // Turns leave the weight over one hind foot: the balance has to bring it back to the middle.
        var life = SimulatedLife.Of(36, 3, (Behaviour.TurnRight, 1.5), (Behaviour.Rear, 3), (Behaviour.Sniff, 0.8), (Behaviour.TurnLeft, 1.2), (Behaviour.Rear, 4), (Behaviour.Walk, 1.3));
        Assert.Equal(0, life.Falls);
        Assert.True(life.Keypoints.Count(k => k[(3 * KeypointLayout.Rat23.IndexOf("Snout")) + 2] > 0.12) > 200, "it rears for four seconds and more in all");
    }

    [Fact]
    public void Grooming_brings_both_hands_to_the_snout_and_strokes()
    {
        var life = SimulatedLife.Of(6, (Behaviour.Rest, 0.6), (Behaviour.Groom, 5));
        var frames = Enumerable.Range((int)(2.8 * 50), 50).ToList();
        foreach (var hand in new[] { "HandL", "HandR" })
        {
            Assert.True(frames.Average(i => life.Distance(i, hand, "Snout")) < 0.03, $"{hand} is {1000 * frames.Average(i => life.Distance(i, hand, "Snout")):F0} mm from the snout");
            Assert.True(frames.Average(i => life.Point(i, hand)[2]) > 0.04);
            var distances = frames.ConvertAll(i => life.Distance(i, hand, "Snout"));
            Assert.True(distances.Max() - distances.Min() > 0.003, "the hand strokes");
        }
        Assert.Equal(0, life.Falls);
    }

    [Fact]
    public void Resting_is_still_and_sniffing_bobs_the_head_at_eight_hertz()
    {
        var life = SimulatedLife.Of(8, (Behaviour.Rest, 3), (Behaviour.Sniff, 4));
        var rest = life.During(Behaviour.Rest, 1);
        for (var i = 1; i < rest.Count; i++)
            if (rest[i] == rest[i - 1] + 1)
                Assert.True(Math.Abs(life.Qpos[rest[i]][0] - life.Qpos[rest[i - 1]][0]) < 0.0012, "a resting animal moves less than 6 cm/s");
        var first = life.During(Behaviour.Rest, 0.5).Take(100).ToList();
        Assert.True(Math.Abs(life.Qpos[first[^1]][0] - life.Qpos[first[0]][0]) < 0.01);
        var sniff = life.During(Behaviour.Sniff, 0.6).Take(150).ToList();
        // The snout against the ears: the head's own movement.
        var bob = sniff.ConvertAll(i => life.Point(i, "Snout")[2] - life.Point(i, "EarL")[2]);
        var peak = Enumerable.Range(8, 232).Select(f => f / 10.0).Where(f => f is > 3 and < 20).MaxBy(f => Power(bob, f));
        Assert.InRange(peak, 7.5, 8.5);
        Assert.True(Math.Sqrt(Power(bob, 8)) > 0.0005, "the snout moves by more than half a millimetre");
    }

    [Fact]
    public void What_is_planted_is_in_the_body()
    {
        using var animal = new SimulatedAnimal(SimulatedLife.Rat, new() { Seed = 2, Scale = 1.05, MassKg = 0.35, FloorHeightM = 0.012 });
        Assert.Equal(1.05, animal.Body.Scale);
        Assert.Equal(0.35, animal.Body.Model.Doubles("body_mass").Span.ToArray().Sum(), 1e-9);
        using var plain = SimulatedLife.Rat.Compile(KeypointLayout.Rat23, 1.05);
        var shifts = Enumerable.Range(0, 23).Select(i => Math.Sqrt(Enumerable.Range(0, 3).Sum(k => Math.Pow(animal.Body.Offset(i)[k] - plain.Offset(i)[k], 2)))).ToList();
        Assert.InRange(shifts.Average(), 0.0015, 0.006);
        animal.Advance();
        Assert.InRange(animal.KeypointPositions[(3 * KeypointLayout.Rat23.IndexOf("FootL")) + 2], 0.010, 0.030);
    }

    [Fact]
    public void Living_allocates_nothing()
    {
        using var animal = new SimulatedAnimal(SimulatedLife.Rat);
        for (var i = 0; i < 30; i++)
            animal.Advance();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 150; i++)
            animal.Advance();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void An_impossible_animal_is_refused_in_one_sentence()
    {
        Assert.Equal(2, Assert.Throws<ClosedLoopException>(() => new SimulatedAnimal(SimulatedLife.Rat, new() { Scale = 3 })).ExitCode);
        var e = Assert.Throws<ClosedLoopException>(() => new SimulatedAnimal(SimulatedLife.Rat, new() { MassKg = 2 }));
        Assert.Contains("2 kg", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Mean speed over the floor during a behaviour, m/s.</summary>
    private static double Stride(SimulatedLife life, Behaviour behaviour, double after)
    {
        var frames = life.During(behaviour, after);
        var (x, y) = (life.Qpos[frames[^1]][0] - life.Qpos[frames[0]][0], life.Qpos[frames[^1]][1] - life.Qpos[frames[0]][1]);
        return Math.Sqrt((x * x) + (y * y)) / ((frames.Count - 1) * SimulatedAnimal.FramePeriodS);
    }

    private static double Correlation(List<double> a, List<double> b)
    {
        double ma = a.Average(), mb = b.Average();
        return a.Zip(b, (x, y) => (x - ma) * (y - mb)).Sum() / Math.Sqrt(a.Sum(x => (x - ma) * (x - ma)) * b.Sum(y => (y - mb) * (y - mb)));
    }

    /// <summary>How often a height rises through the middle of its range.</summary>
    private static int Lifts(List<double> heights)
    {
        var middle = (heights.Max() + heights.Min()) / 2;
        return Enumerable.Range(1, heights.Count - 1).Count(i => heights[i - 1] < middle && heights[i] >= middle);
    }

    private static double Power(List<double> signal, double frequencyHz)
    {
        var mean = signal.Average();
        double re = 0, im = 0;
        for (var i = 0; i < signal.Count; i++)
        {
            re += (signal[i] - mean) * Math.Cos(2 * Math.PI * frequencyHz * i * 0.02);
            im += (signal[i] - mean) * Math.Sin(2 * Math.PI * frequencyHz * i * 0.02);
        }
        return 4 * ((re * re) + (im * im)) / signal.Count / signal.Count;
    }
}
