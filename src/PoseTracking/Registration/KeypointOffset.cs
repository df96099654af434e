namespace ClosedLoop.PoseTracking;

/// <summary>Where one keypoint sits on an animal's body.</summary>
/// <param name="Keypoint">Name of the keypoint.</param>
/// <param name="X">Offset in the frame of the keypoint's body, metres, at the animal's size.</param>
/// <param name="Y">Offset in the frame of the keypoint's body, metres, at the animal's size.</param>
/// <param name="Z">Offset in the frame of the keypoint's body, metres, at the animal's size.</param>
public sealed record KeypointOffset(string Keypoint, double X, double Y, double Z);
