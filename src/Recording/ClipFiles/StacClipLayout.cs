namespace ClosedLoop.Recording;

/// <summary>The names of the data sets in stac-mjx's output, and of those that are added here, which its readers pass over.</summary>
internal static class StacClipLayout
{
    public const string Config = "config";
    public const string KeypointNames = "kp_names";
    public const string QposNames = "names_qpos";
    public const string BodyNames = "names_xpos";
    public const string Keypoints = "kp_data";
    public const string Sites = "marker_sites";
    public const string Offsets = "offsets";
    public const string Qpos = "qpos";
    public const string Qvel = "qvel";
    public const string BodyPositions = "xpos";
    public const string BodyQuaternions = "xquat";

    public const string ClipLengths = "clip_lengths";
    public const string ClipNames = "clip_names";
    public const string ClipBehaviours = "clip_behaviours";
    public const string Behaviours = "behaviours";
    public const string Rate = "rate_hz";
    public const string Scale = "scale";
    public const string Floor = "floor_height_m";
    public const string Source = "source";
}
