using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// Postures that no habit leads to: the body's servos are given random postures that drift, on the floor, and what the
/// body then does is the motion. Whatever comes out has been done by a body, however odd it looks: real animals fitted to
/// a model stand in joint angles that no table of behaviours foresees.
/// </summary>
internal sealed class SetPointMotion : IDisposable
{
    private const int SettlingFrames = 25;

    // A body below this share of its standing height, or with its back further from the vertical, lies on its side.
    private const double LowestShare = 0.75, LeastUpright = 0.8;

    private static readonly string[] s_free = ["scapula", "shoulder", "elbow", "wrist", "finger", "toe", "atl", "axis", "cervical", "mandible"];

    private readonly BodyModel _body;
    private readonly RandomStream _random;
    private readonly MujocoData _data;
    private readonly PositionServo _servo;
    private readonly LowestPoint _lowest;
    private readonly int[] _hinges;
    private readonly int[] _head;
    private readonly int[] _free;
    private readonly int[] _tail;
    private readonly double[] _standing;
    private readonly (int Place, int Twin)[] _pairs;

    public SetPointMotion(BodyModel body, RandomStream random)
    {
        (_body, _random) = (body, random);
        _data = new(body.Model);
        _servo = new(body);
        _lowest = new(body);
        _hinges = new RodentParts(body).ReferenceHinges;
        _standing = RodentBody.StandingPose(body.Scale);
        _pairs = [.. JointPairs.Of(body.Model)];
        var names = body.QposNames;
        // What does not carry the weight may be anywhere in its range.
        _free = [.. _hinges.Where(hinge => s_free.Any(part => names[hinge].Contains(part, StringComparison.Ordinal)))];
        _tail = [.. Enumerable.Range(MotionClip.RootLength, names.Count - MotionClip.RootLength).Except(_hinges)];
        _head = [.. _hinges.Where(hinge => names[hinge].Contains("cervical", StringComparison.Ordinal) || names[hinge].Contains("atl", StringComparison.Ordinal) || names[hinge].Contains("axis", StringComparison.Ordinal))];
    }

    /// <summary>One stretch of motion; null where the body fell over.</summary>
    /// <param name="frames">Its length, at 50 frames a second.</param>
    /// <param name="controlPeriodS">Seconds a frame.</param>
    public double[]? Of(int frames, double controlPeriodS)
    {
        var nq = _body.Model.Nq;
        var substeps = (int)Math.Round(controlPeriodS / _body.Model.TimestepS);
        var posture = _standing.ToArray();
        var strength = _random.Uniform(0.3, 1.1);
        var style = new double[nq];
        foreach (var hinge in _hinges)
            style[hinge] = strength * 0.13 * Width(hinge) * _random.Normal();
        var freedom = _random.Uniform();
        foreach (var hinge in _free)
        {
            var (low, high) = _body.HingeRanges[hinge - 1];
            if (double.IsFinite(high - low))
                style[hinge] = freedom * (_random.Uniform(low, high) - _standing[hinge]);
        }
        foreach (var (place, twin) in _pairs)
            style[place] = (0.7 * style[twin]) + (0.5 * style[place]);
        // A tail that nobody tracks is held by whatever a registration takes for its rest.
        var lift = 0.15 * _random.Normal();
        var swing = 0.06 * _random.Normal();
        var tail = _body.QposNames;
        foreach (var hinge in _tail)
        {
            var (low, high) = _body.HingeRanges[hinge - 1];
            posture[hinge] = Math.Clamp(_standing[hinge] + (tail[hinge].Contains("extend", StringComparison.Ordinal) ? lift : swing), low, high);
        }
        var (drift, speed) = (new double[nq], new double[nq]);
        var paceS = _random.Uniform(0.15, 0.9);
        var headPaceS = _random.Uniform(0.05, 0.4);
        var liveliness = _random.Uniform(0.3, 1.2);
        _data.Reset();
        var setPoints = new double[_body.Model.Nu];
        var result = new double[frames * nq];
        for (var frame = -SettlingFrames; frame < frames; frame++)
        {
            foreach (var hinge in _hinges)
            {
                var isHead = Array.IndexOf(_head, hinge) >= 0;
                SmoothWalk.Step(ref drift[hinge], ref speed[hinge], isHead ? headPaceS : paceS, liveliness * (isHead ? 0.12 : 0.06) * Width(hinge), controlPeriodS, _random);
                var (low, high) = _body.HingeRanges[hinge - 1];
                posture[hinge] = Math.Clamp(_standing[hinge] + style[hinge] + drift[hinge], low, high);
            }
            _servo.SetPoints(posture, setPoints);
            if (frame == -SettlingFrames)
            {
                posture.CopyTo(_data.Qpos.Span);
                _data.Qpos[2] -= _lowest.Of(posture) - 0.001;
            }
            for (var i = 0; i < setPoints.Length; i++)
            {
                _data.Ctrl[i] = Math.Clamp(setPoints[i], -1, 1);
                if (frame == -SettlingFrames)
                    _data.Act[i] = _data.Ctrl[i];
            }
            try
            {
                _data.Step(substeps);
            }
            catch (PhysicsUnstableException)
            {
                return null;
            }
            if (frame < 0)
                continue;
            _data.Kinematics();
            if (_data.Qpos[2] < LowestShare * _standing[2] || _data.BodyRotations.Row(_body.RootBody)[8] < LeastUpright)
                return null;
            _data.Qpos.Span.CopyTo(result.AsSpan(frame * nq));
        }
        return result;
    }

    public void Dispose()
    {
        _servo.Dispose();
        _lowest.Dispose();
        _data.Dispose();
    }

    private double Width(int hinge)
    {
        var (low, high) = _body.HingeRanges[hinge - 1];
        return double.IsFinite(high - low) ? high - low : 0;
    }
}
