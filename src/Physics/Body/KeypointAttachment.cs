namespace ClosedLoop.Physics;

/// <summary>Where on the body a keypoint sits, before an animal's own offsets are fitted.</summary>
/// <param name="Keypoint">Name of the keypoint.</param>
/// <param name="Body">Name of the body it moves with.</param>
/// <param name="X">Offset in the body's frame, metres, at scale 1.</param>
/// <param name="Y">Offset in the body's frame, metres, at scale 1.</param>
/// <param name="Z">Offset in the body's frame, metres, at scale 1.</param>
public sealed record KeypointAttachment(string Keypoint, string Body, double X, double Y, double Z);
