using ClosedLoop.Core;

namespace ClosedLoop.Motion;

/// <summary>Clips that were registered to keypoints.</summary>
/// <param name="Library">The clips.</param>
/// <param name="Kinematics">What the animal's body does in them, with the keypoints they were registered to.</param>
/// <param name="Summary">What came of it.</param>
internal sealed record RegisteredClips(MotionLibrary Library, MotionKinematics Kinematics, ClipSummary Summary);
