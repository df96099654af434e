using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics.Imitation;

/// <summary>A body and its mirror image, side by side.</summary>
public sealed class ImitationMirrorTests : IDisposable
{
    private readonly BodyModel _body = RodentBody.Describe().Compile(KeypointLayout.Rat23);

    public void Dispose() => _body.Dispose();

    // NB: contacts are solved one after the other, and on the other side in another order: on the ground the two soon drift apart.
    [Theory]
    [InlineData(0.3, 4, 1e-4)]
    [InlineData(0, 2, 0.05)]
    public void The_mirrored_body_observes_and_does_the_mirror_image(double heightM, int looks, double tolerance)
    {
        var clip = ShortMotion.Walk;
        using var one = new ImitationTask(_body, 5, new());
        using var other = new ImitationTask(_body, 5, new());
        var observation = new ImitationObservation(_body, 5);
        var image = new ImitationMirror(_body, observation);
        Assert.Contains(image.Action, pair => pair.Sign < 0);
        var motion = new ReferenceMotion(_body, clip, ShortMotion.Scale, 0.02);
        var mirrored = new ReferenceMotion(_body, clip, ShortMotion.Scale, 0.02, new PoseMirror(_body.Model));
        using var scratch = new MujocoData(_body.Model);
        var pose = new Pose(_body.Model.Nq, _body.Model.Nv, _body.Layout.Count);
        for (var frame = 0; frame <= 5; frame++)
        {
            motion.Write(frame, scratch, pose);
            one.Window.Push(pose);
            mirrored.Write(frame, scratch, pose);
            other.Window.Push(pose);
        }
        one.Place(one.Window.Present);
        other.Place(other.Window.Present);
        (one.Data.Qpos[2], other.Data.Qpos[2]) = (one.Data.Qpos[2] + heightM, other.Data.Qpos[2] + heightM);
        one.Data.Kinematics();
        other.Data.Kinematics();
        var random = new RandomStream(4, "actions");
        var (seen, imagined) = (new float[observation.Layout.Size], new float[observation.Layout.Size]);
        var (action, turned) = (new double[_body.Model.Nu], new double[_body.Model.Nu]);
        for (var step = 0; step < looks; step++)
        {
            observation.Write(one.Window, one.Data, seen);
            observation.Write(other.Window, other.Data, imagined);
            for (var i = 0; i < seen.Length; i++)
            {
                var (source, sign) = image.Observation[i];
                var expected = sign * seen[source];
                Assert.True(Math.Abs(imagined[i] - expected) <= tolerance * Math.Max(1, Math.Abs(expected)), $"step {step}, number {i}: {imagined[i]} is not {expected}");
            }
            for (var i = 0; i < action.Length; i++)
                action[i] = Math.Clamp(one.Window[0].SetPoints[i] + (0.2 * random.Normal()), -1, 1);
            for (var i = 0; i < action.Length; i++)
                turned[i] = image.Action[i].Sign * action[image.Action[i].Source];
            one.Step(action);
            other.Step(turned);
            motion.Write(step + 6, scratch, pose);
            one.Window.Push(pose);
            mirrored.Write(step + 6, scratch, pose);
            other.Window.Push(pose);
        }
    }
}
