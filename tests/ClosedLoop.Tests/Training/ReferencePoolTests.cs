using ClosedLoop.Core;
using ClosedLoop.Tests.Physics.Imitation;
using ClosedLoop.Training;

namespace ClosedLoop.Tests.Training;

/// <summary>What episodes are drawn from: the seldom often enough, the rehearsed as often as was said.</summary>
public sealed class ReferencePoolTests
{
    private const int Draws = 4000;

    [Fact]
    public void Half_of_what_is_drawn_goes_by_behaviour()
    {
        var pool = new ReferencePool([Library("Rest", "Rest", "Rest", "Rest", "Rest", "Rest", "Rest", "Rest", "Rest", "Trot")], 40);
        // A tenth of the frames and half of the behaviours.
        Assert.InRange(Share(pool, "Trot"), 0.27, 0.33);
        Assert.Equal(["", "Rest", "Trot"], pool.Behaviours);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void What_is_rehearsed_has_its_share_however_long_it_is(double share)
    {
        var pool = new ReferencePool([Library("Own")], 40, Library("Rest", "Walk", "Rest", "Rest", "Rest"), share);
        Assert.InRange(Share(pool, "Own"), 1 - share - 0.03, 1 - share + 0.03);
        Assert.Equal(6, pool.Count);
    }

    [Fact]
    public void Clips_that_are_too_short_are_left_out_and_nothing_else_is_refused()
    {
        Assert.Throws<ClosedLoopException>(() => new ReferencePool([Library("Walk")], ShortMotion.Frames + 1, Library("Rest"), 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReferencePool([Library("Walk")], 40, Library("Rest"), 1.5));
    }

    private static double Share(ReferencePool pool, string behaviour)
    {
        var random = new RandomStream(1, "draws");
        return Enumerable.Range(0, Draws).Count(_ => pool.Draw(random).Clip.Behaviour == behaviour) / (double)Draws;
    }

    private static MotionLibrary Library(params string[] behaviours) => new()
    {
        QposNames = [],
        Scale = 1,
        Clips = [.. behaviours.Select((behaviour, i) => new MotionClip { Name = $"{behaviour}_{i}", Behaviour = behaviour, RateHz = 50, Frames = ShortMotion.Frames, Nq = 1, Qpos = new double[ShortMotion.Frames] })],
        Source = "made up",
    };
}
