namespace ClosedLoop.Core;

/// <summary>
/// The registered body: what joint angles and root make the body's keypoint sites meet the animal's keypoints.
/// Lent for the duration of a call, as <see cref="Keypoints"/> are.
/// </summary>
public sealed class Pose
{
    /// <summary>Makes a pose of <paramref name="positionCount"/> generalised positions and <paramref name="velocityCount"/> velocities.</summary>
    public Pose(int positionCount, int velocityCount, int keypointCount)
    {
        Qpos = new double[positionCount];
        Qvel = new double[velocityCount];
        SitePositions = new double[3 * keypointCount];
    }

    /// <summary>Origin and times; <see cref="RecordStamp.Sequence"/> is the control tick this pose belongs to.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Sequence of the keypoints this pose was solved from; <see cref="RecordStamp.None"/> where there were none at this tick.</summary>
    public long KeypointsSequence { get; set; } = RecordStamp.None;

    /// <summary>What is noteworthy about this pose.</summary>
    public PoseFlags Flags { get; set; }

    /// <summary>Generalised positions in MuJoCo's order: root x, y, z (m), root quaternion w, x, y, z, hinge angles (rad).</summary>
    public double[] Qpos { get; }

    /// <summary>Generalised velocities in MuJoCo's order: root linear (m/s, world), root angular (rad/s, body), hinges (rad/s).</summary>
    public double[] Qvel { get; }

    /// <summary>Where the body's keypoint sites are at this pose: x, y, z per keypoint, metres.</summary>
    public double[] SitePositions { get; }

    /// <summary>Mean distance between the keypoints that were used and their sites, metres; NaN where none was used.</summary>
    public double MeanMarkerErrorM { get; set; } = double.NaN;

    /// <summary>How many keypoints entered the solve.</summary>
    public int KeypointsUsed { get; set; }

    /// <summary>Iterations of the solve.</summary>
    public int Iterations { get; set; }

    /// <summary>Copies everything from <paramref name="other"/>, which belongs to the same body.</summary>
    public void CopyFrom(Pose other)
    {
        Stamp = other.Stamp;
        KeypointsSequence = other.KeypointsSequence;
        Flags = other.Flags;
        other.Qpos.CopyTo(Qpos, 0);
        other.Qvel.CopyTo(Qvel, 0);
        other.SitePositions.CopyTo(SitePositions, 0);
        MeanMarkerErrorM = other.MeanMarkerErrorM;
        KeypointsUsed = other.KeypointsUsed;
        Iterations = other.Iterations;
    }
}
