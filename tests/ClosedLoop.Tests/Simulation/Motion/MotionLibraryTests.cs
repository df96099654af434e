using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Motion;

/// <summary>A library of two lives of one minute, the first with all that is seldom and the second with postures, made once.</summary>
public sealed class MotionLibraryTests(MotionLibraryTests.TwoLives made) : IClassFixture<MotionLibraryTests.TwoLives>
{
    private readonly MotionLibrary _library = made.Library;

    [Fact]
    public void The_same_seed_gives_the_same_motion_bit_for_bit_whatever_the_number_of_threads()
    {
        var again = MotionLibraryGenerator.Generate(TwoLives.Options with { Threads = 1 });
        Assert.Equal(_library.Clips.Select(clip => clip.Name), again.Clips.Select(clip => clip.Name));
        Assert.All(_library.Clips.Zip(again.Clips), pair => Assert.True(
            pair.First.Qpos.AsSpan().SequenceEqual(pair.Second.Qpos), $"the clip {pair.First.Name} differs"));
    }

    [Fact]
    public void Both_the_repertoire_and_what_occurs_only_where_it_is_listed_are_there()
    {
        _library.Validate();
        var labels = _library.Clips.SelectMany(clip => clip.FrameBehaviours ?? []).ToHashSet();
        foreach (var behaviour in (Behaviour[])[Behaviour.Shake, Behaviour.Postures, Behaviour.Walk, Behaviour.Trot, Behaviour.Rear, Behaviour.Groom])
            Assert.Contains($"{behaviour}", labels);
        // Two minutes without varied copies, less what is too short for a clip; some clips have a varied copy, which has no labels of frames.
        var plain = _library.Clips.Count(clip => clip.FrameBehaviours is not null);
        Assert.InRange(plain, 16, 24);
        Assert.InRange(_library.Clips.Count - plain, 3, plain);
        Assert.Equal(_library.Clips.Count, _library.Clips.Select(clip => clip.Name).Distinct().Count());
    }

    [Fact]
    public void No_clip_holds_a_jump()
    {
        foreach (var clip in _library.Clips)
            for (var frame = 1; frame < clip.Frames; frame++)
            {
                var before = clip.Frame(frame - 1);
                var after = clip.Frame(frame);
                var (x, y, z) = (after[0] - before[0], after[1] - before[1], after[2] - before[2]);
                var metres = Math.Sqrt((x * x) + (y * y) + (z * z));
                var dot = Math.Min(1, Math.Abs((before[3] * after[3]) + (before[4] * after[4]) + (before[5] * after[5]) + (before[6] * after[6])));
                // 0.9 m/s, and what a shaking trunk turns.
                Assert.True(metres < 0.018, $"the root of {clip.Name} moves {1000 * metres:F1} mm at frame {frame}");
                Assert.True(2 * Math.Acos(dot) < 0.6, $"the root of {clip.Name} turns {2 * Math.Acos(dot):F2} rad at frame {frame}");
            }
    }

    [Fact]
    public void No_clip_holds_a_fall()
    {
        foreach (var clip in _library.Clips)
        {
            var lying = 0;
            for (var frame = 0; frame < clip.Frames; frame++)
            {
                var q = clip.Frame(frame);
                // How far the body's back and its nose point upwards: an animal that lies on its side does neither.
                var (back, nose) = (1 - (2 * ((q[4] * q[4]) + (q[5] * q[5]))), 2 * ((q[4] * q[6]) - (q[3] * q[5])));
                lying = back < 0.2 && nose < 0.5 ? lying + 1 : 0;
                Assert.True(lying < 25, $"the animal of {clip.Name} lies for half a second up to frame {frame}");
            }
        }
    }

    [Fact]
    public void All_joints_are_within_their_limits_as_far_as_the_physics_holds_them()
    {
        using var body = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }).Compile(KeypointLayout.Rat23);
        Assert.Same(_library, _library.MapTo(body.QposNames));
        foreach (var clip in _library.Clips)
            for (var frame = 0; frame < clip.Frames; frame++)
                for (var i = MotionClip.RootLength; i < clip.Nq; i++)
                {
                    var ((low, high), angle) = (body.HingeRanges[i - 1], clip.Frame(frame)[i]);
                    Assert.True(angle > low - 0.1 && angle < high + 0.1, $"{_library.QposNames[i]} of {clip.Name} is at {angle:F3} rad at frame {frame}, its limits {low:F3} to {high:F3}");
                }
    }

    [Theory]
    [InlineData(0, 250, 0.3)]
    [InlineData(1, 10, 0.3)]
    [InlineData(1, 250, 1.2)]
    public void Options_that_cannot_be_are_refused(double minutes, int frames, double postures) =>
        Assert.Equal(2, Assert.Throws<ClosedLoopException>(() => MotionLibraryGenerator.Generate(
            new() { Minutes = minutes, ClipFrames = frames, PostureShare = postures })).ExitCode);

    public sealed class TwoLives
    {
        // NB: of this seed the first life is planned and of the repertoire, and the second of postures.
        public static MotionLibraryOptions Options { get; } = new() { Minutes = 2, Seed = 6, Threads = 2, PostureShare = 0.5, SetPointShare = 0 };

        public MotionLibrary Library { get; } = MotionLibraryGenerator.Generate(Options);
    }
}
