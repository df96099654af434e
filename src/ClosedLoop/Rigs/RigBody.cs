namespace ClosedLoop.Rigs;

/// <summary>The section <c>body</c>: another body than our own rat.</summary>
/// <param name="MjcfPath">The model, an MJCF file.</param>
/// <param name="AttachmentPath">Where keypoints are attached to it, in the format of stac-mjx's model files.</param>
public sealed record RigBody(string MjcfPath, string AttachmentPath);
