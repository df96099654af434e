using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Reads the file that says where keypoints are attached to a body. The format is that of stac-mjx's model files
/// (configs/model/rodent.yaml), so that a laboratory's own file reads as it is; keys that only that program uses are
/// passed over, unknown ones are refused.
/// </summary>
internal sealed record AttachmentFile(
    IReadOnlyList<KeypointAttachment> Attachments,
    string RootKeypoint,
    IReadOnlyList<string> TrunkKeypoints,
    IReadOnlyList<string> RegularisedKeypoints)
{
    private const string Bodies = "KEYPOINT_MODEL_PAIRS";
    private const string Offsets = "KEYPOINT_INITIAL_OFFSETS";
    private const string Root = "ROOT_OPTIMIZATION_KEYPOINT";
    private const string Trunk = "TRUNK_OPTIMIZATION_KEYPOINTS";
    private const string Regularised = "SITES_TO_REGULARIZE";

    private static readonly string[] PassedOver =
        ["MJCF_PATH", "FTOL", "ROOT_FTOL", "LIMB_FTOL", "N_ITERS", "N_ITER_Q", "KP_NAMES", "INDIVIDUAL_PART_OPTIMIZATION", "KEYPOINT_COLOR_PAIRS",
         "SCALE_FACTOR", "MOCAP_SCALE_FACTOR", "RENDER_FPS", "N_SAMPLE_FRAMES", "M_REG_COEF", "MARKER_SIZE", "GEOM_PREFIX", "snips_order"];

    public static AttachmentFile Read(string path)
    {
        var root = YamlSection.Parse(BodyDescription.ReadText(path, "attachment"), path, "an attachment file");
        root.Allow([Bodies, Offsets, Root, Trunk, Regularised, .. PassedOver]);
        var bodies = root.Child(Bodies);
        var offsets = root.Child(Offsets);
        var attachments = bodies.Keys.Select(keypoint =>
        {
            if (!offsets.Has(keypoint))
                throw ClosedLoopException.Usage($"{path}: the keypoint '{keypoint}' has a body but no entry in {Offsets}");
            var offsetM = offsets.Numbers(keypoint, 3);
            return new KeypointAttachment(keypoint, bodies.Text(keypoint), offsetM[0], offsetM[1], offsetM[2]);
        }).ToList();
        var names = attachments.ConvertAll(a => a.Keypoint);
        string Known(string name, string key) => names.Contains(name)
            ? name
            : throw ClosedLoopException.Usage($"{path}: {key} names the keypoint '{name}'{Spelling.Suggest(name, names)}, which has no attachment");
        IReadOnlyList<string> KnownList(string key) => root.Has(key) ? [.. root.Texts(key).Select(name => Known(name, key))] : [];
        return new(attachments, Known(root.Text(Root), Root), KnownList(Trunk), KnownList(Regularised));
    }
}
