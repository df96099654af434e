using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>A motion clip as poses of one body: at the body's size and the control steps' rate, mirrored where wanted.</summary>
/// <remarks>
/// Lengths of the clip are those of a body of the library's scale; the root's position is scaled to this body. Between the
/// clip's frames positions are interpolated (the root's quaternion along the great circle).
/// </remarks>
public sealed class ReferenceMotion : IReferencePoses
{
    private readonly BodyModel _body;
    private readonly double[] _qpos;
    private readonly double _periodS;

    /// <summary>Fits <paramref name="clip"/> to <paramref name="body"/>.</summary>
    /// <param name="body">The body; stays the caller's.</param>
    /// <param name="clip">The clip; its joints are in the body's order (<see cref="MotionLibrary.MapTo"/>).</param>
    /// <param name="clipScale">Scale of the body that the clip's lengths belong to.</param>
    /// <param name="controlPeriodS">Seconds from one pose to the next.</param>
    /// <param name="mirror">What exchanges left and right; null: as it is.</param>
    /// <exception cref="ClosedLoopException">The clip has another number of positions than the body.</exception>
    public ReferenceMotion(BodyModel body, MotionClip clip, double clipScale, double controlPeriodS, PoseMirror? mirror = null)
    {
        var nq = body.Model.Nq;
        if (clip.Nq != nq)
            throw ClosedLoopException.Usage($"the clip '{clip.Name}' has {clip.Nq} positions a frame, and the body {body.Description.Name} has {nq}; use clips of this body");
        (_body, _periodS, Clip) = (body, controlPeriodS, clip);
        var step = clip.RateHz * controlPeriodS;
        Frames = (int)Math.Floor(((clip.Frames - 1) / step) + 1e-9) + 1;
        _qpos = new double[Frames * nq];
        for (var frame = 0; frame < Frames; frame++)
        {
            var target = _qpos.AsSpan(frame * nq, nq);
            Interpolate(clip, frame * step, target);
            for (var axis = 0; axis < 3; axis++)
                target[axis] *= body.Scale / clipScale;
            mirror?.Apply(target);
        }
    }

    /// <summary>The clip.</summary>
    public MotionClip Clip { get; }

    /// <summary>Number of poses.</summary>
    public int Frames { get; }

    /// <summary>The generalised positions of a frame.</summary>
    public ReadOnlySpan<double> Qpos(int frame) => _qpos.AsSpan(frame * _body.Model.Nq, _body.Model.Nq);

    /// <summary>What the clip says the animal does at a frame.</summary>
    public string Behaviour(int frame) => Clip.FrameBehaviours is { } each
        ? each[Math.Min(each.Count - 1, (int)Math.Round(frame * Clip.RateHz * _periodS))]
        : Clip.Behaviour;

    /// <summary>Writes a frame as a pose.</summary>
    /// <param name="frame">Which, from 0.</param>
    /// <param name="scratch">A state of the body's model to compute in.</param>
    /// <param name="pose">Receives positions, velocities (from the frame before, as a registrar has them) and keypoint sites.</param>
    public void Write(int frame, MujocoData scratch, Pose pose)
    {
        Qpos(frame).CopyTo(pose.Qpos);
        var before = Math.Max(1, frame);
        _body.Model.Differentiate(Qpos(Math.Min(before, Frames - 1) - (Frames > 1 ? 1 : 0)), Qpos(Math.Min(before, Frames - 1)), _periodS, pose.Qvel);
        pose.Qpos.CopyTo(scratch.Qpos.Span);
        scratch.Kinematics();
        for (var k = 0; k < _body.KeypointSites.Length; k++)
            scratch.SitePositions.Row(_body.KeypointSites[k]).CopyTo(pose.SitePositions.AsSpan(3 * k));
        pose.Stamp = new(frame, RecordStamp.None, RecordStamp.None, default, default);
        pose.Flags = PoseFlags.None;
    }

    private static void Interpolate(MotionClip clip, double place, Span<double> target)
    {
        var first = Math.Min((int)Math.Floor(place + 1e-9), clip.Frames - 1);
        var share = Math.Max(0, place - first);
        var a = clip.Frame(first);
        if (share < 1e-6 || first + 1 >= clip.Frames)
        {
            a.CopyTo(target);
            return;
        }
        var b = clip.Frame(first + 1);
        for (var i = 0; i < target.Length; i++)
            target[i] = a[i] + (share * (b[i] - a[i]));
        var dot = (a[3] * b[3]) + (a[4] * b[4]) + (a[5] * b[5]) + (a[6] * b[6]);
        var angle = Math.Acos(Math.Min(1, Math.Abs(dot)));
        var (one, two) = angle < 1e-6 ? (1 - share, share) : (Math.Sin((1 - share) * angle) / Math.Sin(angle), Math.Sin(share * angle) / Math.Sin(angle));
        for (var i = 3; i < 7; i++)
            target[i] = (one * a[i]) + (two * (dot < 0 ? -b[i] : b[i]));
    }
}
