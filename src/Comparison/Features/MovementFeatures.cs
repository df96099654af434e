using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// What can be measured of the movement, from poses one after the other: those classes of a <see cref="FeatureLayout"/>
/// that are representational. Causal: a pose's features follow from it and the one before. Allocates nothing after
/// construction.
/// </summary>
public sealed class MovementFeatures
{
    /// <summary>Poses that were carried forward: nobody measured them.</summary>
    private const PoseFlags Unmeasured = PoseFlags.Held | PoseFlags.Extrapolated | PoseFlags.TooFewKeypoints;

    private const int RootPositions = 7, RootVelocities = 6;

    private readonly FeatureLayout _layout;
    private readonly FeatureGroup _allocentric, _egocentric, _root, _heading, _speed, _acceleration;
    private readonly FeatureGroup? _angles, _velocities, _appendages;
    private readonly double[] _rotation = new double[9];
    private readonly double[] _lastVelocity = new double[3];
    private long _last = RecordStamp.None;
    private double _cosine = 1, _sine;

    /// <summary>Makes them for a layout.</summary>
    public MovementFeatures(FeatureLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _layout = layout;
        (_allocentric, _egocentric) = (layout[FeatureLayout.KeypointsAllocentric], layout[FeatureLayout.KeypointsEgocentric]);
        (_root, _heading) = (layout[FeatureLayout.RootKinematics], layout[FeatureLayout.Heading]);
        (_speed, _acceleration) = (layout[FeatureLayout.Speed], layout[FeatureLayout.Acceleration]);
        if (layout.JointNames.Count > 0)
            (_angles, _velocities) = (layout[FeatureLayout.JointAngles], layout[FeatureLayout.JointVelocities]);
        _appendages = layout.AppendageKeypoints.Length > 0 ? layout[FeatureLayout.Appendages] : null;
    }

    /// <summary>Whether a pose was measured.</summary>
    public static bool IsMeasured(Pose pose)
    {
        ArgumentNullException.ThrowIfNull(pose);
        return (pose.Flags & Unmeasured) == 0;
    }

    /// <summary>Writes the features of a pose; NaN where it was not measured. Acceleration is NaN where the pose of the beat before is not known.</summary>
    /// <param name="pose">The pose; its <see cref="RecordStamp.Sequence"/> tells whether it follows the last one.</param>
    /// <param name="row">As long as the layout, or as its movement.</param>
    /// <returns>Whether it was measured.</returns>
    public bool Write(Pose pose, Span<float> row)
    {
        ArgumentNullException.ThrowIfNull(pose);
        if (!IsMeasured(pose))
        {
            row[.._layout.MovementCount].Fill(float.NaN);
            _last = RecordStamp.None;
            return false;
        }
        Rotation(pose.Qpos);
        // Where the long axis stands upright there is no heading: the last one is kept.
        var level = Math.Sqrt((_rotation[0] * _rotation[0]) + (_rotation[3] * _rotation[3]));
        if (level > 1e-6)
            (_cosine, _sine) = (_rotation[0] / level, _rotation[3] / level);
        WriteKeypoints(pose, row);
        WriteJoints(pose, row);
        WriteRoot(pose, row);
        return true;
    }

    private void WriteKeypoints(Pose pose, Span<float> row)
    {
        var allocentric = _allocentric.Of(row);
        var egocentric = _egocentric.Of(row);
        var (root, sites) = (pose.Qpos, pose.SitePositions);
        for (var k = 0; k < sites.Length; k += 3)
        {
            for (var i = 0; i < 3; i++)
                allocentric[k + i] = (float)sites[k + i];
            var (x, y, z) = (sites[k] - root[0], sites[k + 1] - root[1], sites[k + 2] - root[2]);
            egocentric[k] = (float)((_cosine * x) + (_sine * y));
            egocentric[k + 1] = (float)((_cosine * y) - (_sine * x));
            egocentric[k + 2] = (float)z;
        }
        if (_appendages is null)
            return;
        var appendages = _appendages.Of(row);
        for (var (i, to) = (0, 0); i < _layout.AppendageKeypoints.Length; i++, to += 3)
        {
            var k = 3 * _layout.AppendageKeypoints[i];
            var (x, y, z) = (sites[k] - root[0], sites[k + 1] - root[1], sites[k + 2] - root[2]);
            for (var axis = 0; axis < 3; axis++)
                appendages[to + axis] = (float)((_rotation[axis] * x) + (_rotation[3 + axis] * y) + (_rotation[6 + axis] * z));
        }
    }

    private void WriteJoints(Pose pose, Span<float> row)
    {
        if (_angles is null || _velocities is null)
            return;
        var angles = _angles.Of(row);
        var velocities = _velocities.Of(row);
        for (var j = 0; j < angles.Length; j++)
        {
            angles[j] = (float)pose.Qpos[RootPositions + j];
            velocities[j] = (float)pose.Qvel[RootVelocities + j];
        }
    }

    private void WriteRoot(Pose pose, Span<float> row)
    {
        var (x, y, z) = (pose.Qvel[0], pose.Qvel[1], pose.Qvel[2]);
        var root = _root.Of(row);
        root[0] = (float)((_cosine * x) + (_sine * y));
        root[1] = (float)((_cosine * y) - (_sine * x));
        root[2] = (float)z;
        for (var i = 0; i < 3; i++)
        {
            root[3 + i] = (float)pose.Qvel[3 + i];
            root[7 + i] = (float)_rotation[6 + i];
        }
        root[6] = (float)pose.Qpos[2];
        var heading = _heading.Of(row);
        (heading[0], heading[1]) = ((float)_sine, (float)_cosine);
        // The angular velocity's share about the arena's vertical.
        heading[2] = (float)((_rotation[6] * pose.Qvel[3]) + (_rotation[7] * pose.Qvel[4]) + (_rotation[8] * pose.Qvel[5]));
        _speed.Of(row)[0] = (float)Math.Sqrt((x * x) + (y * y));
        var acceleration = _acceleration.Of(row);
        if (_last != RecordStamp.None && pose.Stamp.Sequence == _last + 1)
        {
            var (ax, ay, az) = ((x - _lastVelocity[0]) * _layout.RateHz, (y - _lastVelocity[1]) * _layout.RateHz, (z - _lastVelocity[2]) * _layout.RateHz);
            (acceleration[0], acceleration[1], acceleration[2]) = ((float)((_cosine * ax) + (_sine * ay)), (float)((_cosine * ay) - (_sine * ax)), (float)az);
        }
        else
        {
            acceleration.Fill(float.NaN);
        }
        _last = pose.Stamp.Sequence;
        (_lastVelocity[0], _lastVelocity[1], _lastVelocity[2]) = (x, y, z);
    }

    /// <summary>The root's rotation, row-major: its columns are the root's axes in the arena.</summary>
    private void Rotation(double[] qpos)
    {
        var (w, x, y, z) = (qpos[3], qpos[4], qpos[5], qpos[6]);
        var scale = 2 / ((w * w) + (x * x) + (y * y) + (z * z));
        (_rotation[0], _rotation[1], _rotation[2]) = (1 - (scale * ((y * y) + (z * z))), scale * ((x * y) - (w * z)), scale * ((x * z) + (w * y)));
        (_rotation[3], _rotation[4], _rotation[5]) = (scale * ((x * y) + (w * z)), 1 - (scale * ((x * x) + (z * z))), scale * ((y * z) - (w * x)));
        (_rotation[6], _rotation[7], _rotation[8]) = (scale * ((x * z) - (w * y)), scale * ((y * z) + (w * x)), 1 - (scale * ((x * x) + (y * y))));
    }
}
