using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Motion;

public sealed class MotionVariationTests : IDisposable
{
    private readonly BodyModel _body = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }).Compile(KeypointLayout.Rat23);

    public void Dispose() => _body.Dispose();

    [Fact]
    public void A_varied_clip_differs_is_seeded_keeps_the_limits_and_touches_the_floor()
    {
        var clip = Standing(100);
        var (first, second, other) = (Vary(clip, 3), Vary(clip, 3), Vary(clip, 4));
        Assert.Equal(first.Qpos, second.Qpos);
        Assert.NotEqual(first.Qpos, other.Qpos);
        Assert.Equal((clip.Frames, clip.RateHz, clip.Behaviour, "varied"), (first.Frames, first.RateHz, first.Behaviour, first.Name));
        using var lowest = new LowestPoint(_body);
        var hinges = new RodentParts(_body).ReferenceHinges;
        for (var frame = 0; frame < first.Frames; frame++)
        {
            var q = first.Frame(frame);
            Assert.Equal(-0.001, lowest.Of(q), 1e-9);
            Assert.Equal(1, (q[3] * q[3]) + (q[4] * q[4]) + (q[5] * q[5]) + (q[6] * q[6]), 1e-9);
            foreach (var hinge in hinges)
                Assert.InRange(q[hinge], _body.HingeRanges[hinge - 1].Lower, _body.HingeRanges[hinge - 1].Upper);
        }
        // It is another posture, and yet that of a rat that stands.
        var knee = _body.Model.Ints("jnt_qposadr")[_body.Model.Id(ObjectType.Joint, "knee_L")];
        var change = Enumerable.Range(0, first.Frames).Average(frame => Math.Abs(first.Frame(frame)[knee] - clip.Frame(frame)[knee]));
        Assert.InRange(change, 0.001, 0.3);
    }

    [Fact]
    public void The_lowest_point_is_where_the_physics_begins_to_touch()
    {
        using var lowest = new LowestPoint(_body);
        using var data = new MujocoData(_body.Model);
        var bodies = _body.Model.Ints("geom_bodyid");
        var random = new RandomStream(5, "postures");
        for (var trial = 0; trial < 20; trial++)
        {
            // Any attitude: on the feet, the back, a side. NB: the tail is bent as it is at rest, for it does not count and might touch first.
            var qpos = RodentBody.StandingPose();
            for (var i = 3; i < 7; i++)
                qpos[i] = random.Normal();
            var norm = Math.Sqrt(qpos[3..7].Sum(x => x * x));
            for (var i = 3; i < 7; i++)
                qpos[i] /= norm;
            qpos[2] -= lowest.Of(qpos);
            Assert.Equal(0, lowest.Of(qpos), 1e-12);
            Assert.False(Touches(qpos, 0.0002), "a body whose lowest point is above the floor touches it");
            Assert.True(Touches(qpos, -0.0002), "a body whose lowest point is below the floor does not touch it");
        }

        bool Touches(double[] qpos, double lift)
        {
            qpos.CopyTo(data.Qpos.Span);
            data.Qpos[2] += lift;
            data.Forward();
            return Enumerable.Range(0, data.ContactCount).Select(data.Contact).Any(contact =>
                contact.DistanceM < 0 && (bodies[contact.Geom1] == 0 || bodies[contact.Geom2] == 0)
                && !RodentParts.IsTail(_body.Model.Name(ObjectType.XBody, Math.Max(bodies[contact.Geom1], bodies[contact.Geom2]))));
        }
    }

    private MotionClip Vary(MotionClip clip, int seed)
    {
        using var variation = new MotionVariation(_body, new(seed, "test"));
        return variation.Of(clip, "varied");
    }

    private MotionClip Standing(int frames) => new()
    {
        Name = "standing",
        Behaviour = "Rest",
        RateHz = 50,
        Frames = frames,
        Nq = _body.Model.Nq,
        Qpos = [.. Enumerable.Range(0, frames).SelectMany(_ => RodentBody.StandingPose())],
    };
}
