namespace ClosedLoop.Core;

/// <summary>
/// What follows from a motion library's poses for the body: where its parts and keypoint sites are at each frame. All
/// frames of all clips, one after the other in the library's order; N of them.
/// </summary>
public sealed class MotionKinematics
{
    /// <summary>What the body is called.</summary>
    public required string Body { get; init; }

    /// <summary>Names of the body's parts, B of them, the world first.</summary>
    public required IReadOnlyList<string> BodyNames { get; init; }

    /// <summary>N x B x 3: positions of the parts, metres.</summary>
    public required double[] BodyPositions { get; init; }

    /// <summary>N x B x 4: rotations of the parts, quaternions w, x, y, z.</summary>
    public required double[] BodyQuaternions { get; init; }

    /// <summary>
    /// N x nv generalised velocities in MuJoCo's order: root linear (m/s, world), root angular (rad/s, body), joints
    /// (rad/s). From a frame to the next over the true time between them; those of a clip's last frame are those before.
    /// </summary>
    public required double[] Qvel { get; init; }

    /// <summary>Names of the keypoints, K of them.</summary>
    public required IReadOnlyList<string> KeypointNames { get; init; }

    /// <summary>The part of the body that each keypoint's site moves with.</summary>
    public required IReadOnlyList<string> KeypointBodies { get; init; }

    /// <summary>K x 3: place of each keypoint's site on its part of the body, metres.</summary>
    public required double[] Offsets { get; init; }

    /// <summary>N x K x 3: where the keypoints' sites are, metres.</summary>
    public required double[] SitePositions { get; init; }

    /// <summary>
    /// N x K x 3: the keypoints that the poses were registered to, metres, NaN where one was not seen; the sites themselves
    /// where the motion does not come from keypoints.
    /// </summary>
    public required double[] Keypoints { get; init; }
}
