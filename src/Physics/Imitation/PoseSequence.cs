using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Poses that are there already, as a registrar gave them, as a reference.</summary>
/// <param name="poses">The poses, one per control step; stay the caller's.</param>
public sealed class PoseSequence(IReadOnlyList<Pose> poses) : IReferencePoses
{
    /// <inheritdoc/>
    public int Frames => poses.Count;

    /// <inheritdoc/>
    public string Behaviour(int frame) => "";

    /// <inheritdoc/>
    public void Write(int frame, MujocoData scratch, Pose pose) => pose.CopyFrom(poses[frame]);
}
