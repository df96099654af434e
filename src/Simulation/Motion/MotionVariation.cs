using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// Varies a clip as animals, marker fits and trackers do: other joint angles that drift slowly, another pace, jitter from
/// frame to frame. What results is not what a body did, but what a reference may look like; the lowest part touches the floor.
/// </summary>
internal sealed class MotionVariation : IDisposable
{
    private readonly RandomStream _random;
    private readonly int[] _hinges;
    private readonly (int Place, int Twin)[] _pairs;
    private readonly (double Lower, double Upper)[] _ranges;
    private readonly LowestPoint _lowest;

    public MotionVariation(BodyModel body, RandomStream random)
    {
        _random = random;
        _hinges = new RodentParts(body).ReferenceHinges;
        _ranges = body.HingeRanges;
        _lowest = new(body);
        _pairs = [.. JointPairs.Of(body.Model)];
    }

    public MotionClip Of(MotionClip clip, string name)
    {
        var nq = clip.Nq;
        var pace = _random.Uniform(0.75, 1.35);
        var strength = _random.Uniform(0.3, 1);
        var jitter = _random.Uniform() < 0.4 ? _random.Uniform(0.2, 1) : 0;
        var style = new double[nq];
        foreach (var hinge in _hinges)
            style[hinge] = strength * 0.025 * Width(hinge) * _random.Normal();
        foreach (var (place, twin) in _pairs)
            style[place] = (0.8 * style[twin]) + (0.3 * style[place]);
        var drift = new double[nq];
        var (speed, sway) = (new double[nq], new double[3]);
        var timeS = _random.Uniform(0.2, 0.8);
        var qpos = new double[clip.Qpos.Length];
        for (var frame = 0; frame < clip.Frames; frame++)
        {
            // Beyond its end a faster clip is walked backwards.
            var place = frame * pace % (2.0 * (clip.Frames - 1));
            var source = clip.Frame((int)Math.Round(place > clip.Frames - 1 ? (2.0 * (clip.Frames - 1)) - place : place));
            var target = qpos.AsSpan(frame * nq, nq);
            source.CopyTo(target);
            foreach (var hinge in _hinges)
            {
                // A second-order process: smooth in position and of the strength asked for.
                SmoothWalk.Step(ref drift[hinge], ref speed[hinge], timeS, strength * 0.015 * Width(hinge), SimulatedAnimal.FramePeriodS, _random);
                var (low, high) = _ranges[hinge - 1];
                target[hinge] = Math.Clamp(target[hinge] + style[hinge] + drift[hinge] + (jitter * 0.008 * _random.Normal()), low, high);
            }
            for (var axis = 0; axis < 3; axis++)
            {
                var still = speed[axis];
                SmoothWalk.Step(ref sway[axis], ref still, timeS, axis == 2 ? 0 : strength * 0.02, SimulatedAnimal.FramePeriodS, _random);
                speed[axis] = still;
            }
            Tilt(target.Slice(3, 4), sway[0], sway[1]);
            for (var axis = 0; axis < 3; axis++)
                target[axis] += jitter * 0.0005 * _random.Normal();
            target[2] -= _lowest.Of(target) + 0.001;
        }
        return new() { Name = name, Behaviour = clip.Behaviour, RateHz = clip.RateHz, Frames = clip.Frames, Nq = nq, Qpos = qpos, FrameBehaviours = null };
    }

    public void Dispose() => _lowest.Dispose();

    private double Width(int hinge)
    {
        var (low, high) = _ranges[hinge - 1];
        return double.IsFinite(high - low) ? high - low : 0;
    }

    /// <summary>Turns a quaternion by small angles about its own x and y axes.</summary>
    private static void Tilt(Span<double> q, double roll, double pitch)
    {
        var (x, y) = (roll / 2, pitch / 2);
        var w = Math.Sqrt(Math.Max(0, 1 - (x * x) - (y * y)));
        var (a, b, c, d) = (q[0], q[1], q[2], q[3]);
        q[0] = (a * w) - (b * x) - (c * y);
        q[1] = (a * x) + (b * w) - (d * y);
        q[2] = (a * y) + (c * w) + (d * x);
        q[3] = (d * w) + (b * y) - (c * x);
    }
}
