using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Which part of the body each keypoint belongs to, by the keypoints' names.</summary>
public sealed class KeypointParts
{
    private static readonly string[] s_fore = ["Shoulder", "Elbow", "Wrist", "Hand"];
    private static readonly string[] s_hind = ["Hip", "Knee", "Ankle", "Foot"];

    /// <summary>Sorts the keypoints of <paramref name="layout"/> into parts.</summary>
    public KeypointParts(KeypointLayout layout)
    {
        var parts = layout.Names.Select(PartOf).ToArray();
        Names = [.. parts.Distinct()];
        Keypoints = [.. Names.Select(name => Enumerable.Range(0, parts.Length).Where(k => parts[k] == name).ToArray())];
    }

    /// <summary>Names of the parts that this layout has, in the order of their first keypoints.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Indices of the keypoints of each part.</summary>
    public IReadOnlyList<int[]> Keypoints { get; }

    /// <summary>The part that a keypoint belongs to; "other" for one that is none of the rat's.</summary>
    public static string PartOf(string keypoint)
    {
        if (keypoint == "Snout" || keypoint.StartsWith("Ear", StringComparison.Ordinal))
            return "head";
        if (keypoint == "TailBase" || keypoint.StartsWith("Spine", StringComparison.Ordinal))
            return "spine";
        var side = keypoint.Length > 0 ? keypoint[^1] switch { 'L' => "_left", 'R' => "_right", _ => "" } : "";
        if (s_fore.Any(name => keypoint.StartsWith(name, StringComparison.Ordinal)))
            return "forelimb" + side;
        return s_hind.Any(name => keypoint.StartsWith(name, StringComparison.Ordinal)) ? "hindlimb" + side : "other";
    }
}
