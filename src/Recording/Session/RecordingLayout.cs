using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The sizes and names of the records of one session; it stands in the recording with the channels.</summary>
/// <param name="Keypoints">Names and edges of the keypoints.</param>
/// <param name="KeypointRateHz">Keypoint sets per second of the animal's time.</param>
/// <param name="PositionCount">Generalised positions of the body.</param>
/// <param name="VelocityCount">Generalised velocities of the body.</param>
/// <param name="ActionCount">Actuators of the body.</param>
/// <param name="Activations">The controller's layers.</param>
public sealed record RecordingLayout(
    KeypointLayout Keypoints, double KeypointRateHz, int PositionCount, int VelocityCount, int ActionCount, ActivationLayout Activations)
{
    /// <summary>The cameras whose images are recorded; null where none are.</summary>
    public FrameLayout? Frames { get; init; }

    /// <summary>The tetrodes whose samples are recorded; null where none are.</summary>
    public TetrodeLayout? Tetrodes { get; init; }

    /// <summary>What is compared while the session runs; null where nothing is.</summary>
    public ComparisonLayout? Comparison { get; init; }

    /// <summary>An empty keypoint set of this layout.</summary>
    public Keypoints NewKeypoints() => new(Keypoints);

    /// <summary>An empty pose of this layout.</summary>
    public Pose NewPose() => new(PositionCount, VelocityCount, Keypoints.Count);

    /// <summary>An empty control step of this layout.</summary>
    public ControlStep NewControlStep() => new(PositionCount, VelocityCount, ActionCount, Keypoints.Count, Activations);

    /// <summary>
    /// About how many bytes a second of the animal's time takes in a recording, for predictions of room on a disk:
    /// every record with its frame in the file, and a share of chunks, indices and telemetry.
    /// </summary>
    public double EstimateBytesPerSecond()
    {
        // A message's frame in MCAP is 31 bytes, its entry in the index 16; chunks, their indices and telemetry come
        // to about 5 kB a second whatever the body.
        const double PerMessage = 31 + 16, PerSecond = 5000;
        var records = RecordTables.Keypoints.Size(NewKeypoints()) + RecordTables.Pose.Size(NewPose())
            + RecordTables.ControlStep.Size(NewControlStep()) + RecordTables.Tick.Size(new());
        return (KeypointRateHz * (records + (4 * PerMessage))) + PerSecond + (Frames?.EstimateBytesPerSecond() ?? 0) + (Tetrodes?.EstimateBytesPerSecond() ?? 0);
    }

    internal Dictionary<string, string> DescribeKeypoints() => DescribeKeypoints(Keypoints, KeypointRateHz);

    internal static Dictionary<string, string> DescribeKeypoints(KeypointLayout keypoints, double rateHz) => new()
    {
        ["keypoints"] = string.Join(',', keypoints.Names),
        ["edges"] = string.Join(',', keypoints.Edges.Select(edge => $"{edge.From}-{edge.To}")),
        ["rate_hz"] = rateHz.ToString("R", CultureInfo.InvariantCulture),
    };

    internal Dictionary<string, string> DescribePose() => new()
    {
        ["keypoints"] = string.Join(',', Keypoints.Names),
        ["qpos"] = Text(PositionCount),
        ["qvel"] = Text(VelocityCount),
        ["flags"] = Flags<PoseFlags>(),
    };

    internal Dictionary<string, string> DescribeControl() => new()
    {
        ["keypoints"] = string.Join(',', Keypoints.Names),
        ["qpos"] = Text(PositionCount),
        ["qvel"] = Text(VelocityCount),
        ["action"] = Text(ActionCount),
        ["activations"] = string.Join(',', Activations.Layers.Select(layer => $"{layer.Name}:{layer.Size}")),
        ["flags"] = Flags<ControlFlags>(),
        ["reference_mode"] = Flags<ReferenceMode>(),
    };

    /// <summary>Keypoints and their rate back from what their channel says.</summary>
    /// <exception cref="FormatException">It does not say it.</exception>
    internal static (KeypointLayout Keypoints, double RateHz) ParseKeypoints(IReadOnlyDictionary<string, string> keypoints)
    {
        var names = Of(keypoints, "keypoints").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var edges = Of(keypoints, "edges").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(edge => edge.Split('-') is [var from, var to] ? (Number(from), Number(to)) : throw new FormatException($"'{edge}' is no edge"));
        return (new(names, [.. edges]), double.Parse(Of(keypoints, "rate_hz"), CultureInfo.InvariantCulture));
    }

    /// <summary>The layout back from what the channels say.</summary>
    /// <exception cref="FormatException">They do not say it.</exception>
    internal static RecordingLayout Parse(IReadOnlyDictionary<string, string> keypoints, IReadOnlyDictionary<string, string> control)
    {
        var (layout, rateHz) = ParseKeypoints(keypoints);
        var layers = Of(control, "activations").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(layer => (layer[..Math.Max(0, layer.LastIndexOf(':'))], Number(layer[(layer.LastIndexOf(':') + 1)..])));
        return new(
            layout, rateHz, Number(Of(control, "qpos")), Number(Of(control, "qvel")), Number(Of(control, "action")), new([.. layers]));
    }

    internal static string Of(IReadOnlyDictionary<string, string> map, string key) =>
        map.TryGetValue(key, out var value) ? value : throw new FormatException($"'{key}' is not stated");

    // Sizes come from a file: no larger than any body or network, or a damaged one would exhaust the memory.
    internal static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < 10_000_000
            ? value : throw new FormatException($"'{text}' is no size");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    internal static string Flags<TEnum>()
        where TEnum : struct, Enum =>
        string.Join(',', Enum.GetValues<TEnum>().Select(value => $"{value}={Convert.ToInt32(value, CultureInfo.InvariantCulture)}"));
}
