using System.Globalization;
using ClosedLoop.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

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
    private static readonly string[] Used =
        ["KEYPOINT_MODEL_PAIRS", "KEYPOINT_INITIAL_OFFSETS", "ROOT_OPTIMIZATION_KEYPOINT", "TRUNK_OPTIMIZATION_KEYPOINTS", "SITES_TO_REGULARIZE"];

    private static readonly string[] PassedOver =
        ["MJCF_PATH", "FTOL", "ROOT_FTOL", "LIMB_FTOL", "N_ITERS", "N_ITER_Q", "KP_NAMES", "INDIVIDUAL_PART_OPTIMIZATION", "KEYPOINT_COLOR_PAIRS",
         "SCALE_FACTOR", "MOCAP_SCALE_FACTOR", "RENDER_FPS", "N_SAMPLE_FRAMES", "M_REG_COEF", "MARKER_SIZE", "GEOM_PREFIX", "snips_order"];

    public static AttachmentFile Read(string path)
    {
        var text = BodyDescription.ReadText(path, "attachment");
        var root = Parse(text, path);
        foreach (var key in root.Children.Keys)
        {
            var name = key.ToString();
            if (!Used.Contains(name) && !PassedOver.Contains(name))
                throw ClosedLoopException.Usage(
                    $"{path}, line {key.Start.Line}: there is no key '{name}'{Spelling.Suggest(name, Used.Concat(PassedOver))} in an attachment file");
        }
        var pairs = Mapping(root, "KEYPOINT_MODEL_PAIRS", path);
        var offsets = Mapping(root, "KEYPOINT_INITIAL_OFFSETS", path);
        var attachments = pairs.Children.Select(pair =>
        {
            var keypoint = pair.Key.ToString();
            if (!offsets.Children.TryGetValue(new YamlScalarNode(keypoint), out var offset))
                throw ClosedLoopException.Usage($"{path}: the keypoint '{keypoint}' has a body but no entry in KEYPOINT_INITIAL_OFFSETS");
            var numbers = Numbers(offset, path, keypoint);
            return new KeypointAttachment(keypoint, pair.Value.ToString(), numbers[0], numbers[1], numbers[2]);
        }).ToList();
        var names = attachments.ConvertAll(a => a.Keypoint);
        string Known(string name, string key) => names.Contains(name)
            ? name
            : throw ClosedLoopException.Usage($"{path}: {key} names the keypoint '{name}'{Spelling.Suggest(name, names)}, which has no attachment");
        return new(
            attachments,
            Known(Scalar(root, "ROOT_OPTIMIZATION_KEYPOINT", path), "ROOT_OPTIMIZATION_KEYPOINT"),
            [.. List(root, "TRUNK_OPTIMIZATION_KEYPOINTS").Select(name => Known(name, "TRUNK_OPTIMIZATION_KEYPOINTS"))],
            [.. List(root, "SITES_TO_REGULARIZE").Select(name => Known(name, "SITES_TO_REGULARIZE"))]);
    }

    private static YamlMappingNode Parse(string text, string path)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode mapping
                ? mapping
                : throw ClosedLoopException.Usage($"{path} is not an attachment file: it holds no keys");
        }
        catch (YamlException e)
        {
            throw ClosedLoopException.Usage($"{path}, line {e.Start.Line}, column {e.Start.Column}: not valid YAML: {e.Message}", e);
        }
    }

    private static YamlNode Child(YamlMappingNode root, string key, string path) =>
        root.Children.TryGetValue(new YamlScalarNode(key), out var child)
            ? child
            : throw ClosedLoopException.Usage($"{path} is not a complete attachment file: the key {key} is missing");

    private static YamlMappingNode Mapping(YamlMappingNode root, string key, string path) =>
        Child(root, key, path) as YamlMappingNode
        ?? throw ClosedLoopException.Usage($"{path}: {key} must list one 'keypoint: value' per line");

    private static string Scalar(YamlMappingNode root, string key, string path) => Child(root, key, path).ToString();

    private static IEnumerable<string> List(YamlMappingNode root, string key) =>
        root.Children.TryGetValue(new YamlScalarNode(key), out var child) && child is YamlSequenceNode list
            ? list.Children.Select(item => item.ToString())
            : [];

    private static double[] Numbers(YamlNode node, string path, string keypoint)
    {
        var words = node is YamlSequenceNode list
            ? list.Children.Select(item => item.ToString()).ToArray()
            : node.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = words.Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
        return numbers.Length == 3 && numbers.All(double.IsFinite)
            ? numbers
            : throw ClosedLoopException.Usage($"{path}, line {node.Start.Line}: the offset of '{keypoint}' must be three numbers in metres, not '{node}'");
    }
}
