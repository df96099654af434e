using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

/// <summary>A rigid animal on a circle, and steps of a controller whose layers say which pose they led to.</summary>
internal sealed class MovingBody
{
    public const double RateHz = 50, SpeedMPerS = 0.2, TurningRadPerS = 1.5;

    public static readonly ActivationLayout Layers = new([("encoder_0", 4), ("latent", 2)]);

    public static readonly KeypointLayout Keypoints = new(["Snout", "HandL", "HandR", "FootL", "FootR", "Tail"], []);

    // Where the keypoints are in the root's axes.
    private static readonly double[,] s_places = { { 0.08, 0, 0.01 }, { 0.03, 0.02, -0.05 }, { 0.03, -0.02, -0.05 }, { -0.04, 0.03, -0.05 }, { -0.04, -0.03, -0.05 }, { -0.06, 0, 0 } };

    private readonly Pose _pose = new(9, 8, Keypoints.Count);
    private readonly ControlStep _step = new(9, 8, 3, Keypoints.Count, Layers);

    /// <summary>The pose of a beat: heading, place and two joints follow from it.</summary>
    public Pose PoseAt(long beat, PoseFlags flags = PoseFlags.None, double heading0 = 0.3, double x0 = 0)
    {
        var time = beat / RateHz;
        var heading = heading0 + (TurningRadPerS * time);
        var radius = SpeedMPerS / TurningRadPerS;
        var (cosine, sine) = (Math.Cos(heading), Math.Sin(heading));
        double[] root = [x0 + (radius * sine), -radius * cosine, 0.06];
        double[] qpos = [.. root, Math.Cos(heading / 2), 0, 0, Math.Sin(heading / 2), 0.1 * Math.Sin(time), -0.2];
        double[] qvel = [SpeedMPerS * cosine, SpeedMPerS * sine, 0, 0, 0, TurningRadPerS, 0.1 * Math.Cos(time), 0];
        qpos.CopyTo(_pose.Qpos, 0);
        qvel.CopyTo(_pose.Qvel, 0);
        for (var k = 0; k < Keypoints.Count; k++)
        {
            var (x, y, z) = (s_places[k, 0], s_places[k, 1], s_places[k, 2]);
            _pose.SitePositions[3 * k] = root[0] + (cosine * x) - (sine * y);
            _pose.SitePositions[(3 * k) + 1] = root[1] + (sine * x) + (cosine * y);
            _pose.SitePositions[(3 * k) + 2] = root[2] + z;
        }
        _pose.Stamp = new(beat, RecordStamp.None, RecordStamp.None, SessionTime.FromSeconds(time), SessionTime.FromSeconds(time));
        _pose.Flags = flags;
        return _pose;
    }

    /// <summary>The step of a beat towards a pose; the layers and the action hold the number of that pose.</summary>
    public ControlStep StepAt(long beat, long reference, ControlFlags flags = ControlFlags.None, ReferenceMode mode = ReferenceMode.Delay)
    {
        _step.Stamp = new(beat, RecordStamp.None, RecordStamp.None, default, default);
        (_step.ReferenceSequence, _step.Flags, _step.ReferenceMode) = (reference, flags, mode);
        var target = mode == ReferenceMode.Delay ? reference : beat + 1;
        for (var i = 0; i < _step.Activations.Length; i++)
            _step.Activations[i] = target + (i / 100f);
        Array.Fill(_step.Action, target / 1000.0);
        return _step;
    }

    public static double Place(int keypoint, int axis) => s_places[keypoint, axis];
}
