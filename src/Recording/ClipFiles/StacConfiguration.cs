using System.Globalization;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Writes the configuration that stac-mjx keeps in its output, as YAML.</summary>
internal static class StacConfiguration
{
    public static string ToYaml(MotionLibrary library, MotionKinematics kinematics)
    {
        var clips = library.Clips;
        var keypoints = kinematics.KeypointNames;
        var text = new StringBuilder();
        text.Append("model:\n");
        text.Append(CultureInfo.InvariantCulture, $"  MJCF_PATH: {Quote(kinematics.Body + ".xml")}\n");
        // NB: stac-mjx's reader insists on the settings of its own solver, which solved none of these poses.
        text.Append("  FTOL: 0.0\n  ROOT_FTOL: 0.0\n  LIMB_FTOL: 0.0\n  N_ITERS: 0\n  N_ITER_Q: 0\n");
        List(text, "KP_NAMES", keypoints);
        Map(text, "KEYPOINT_MODEL_PAIRS", keypoints, k => kinematics.KeypointBodies[k]);
        Map(text, "KEYPOINT_INITIAL_OFFSETS", keypoints, k => string.Join(' ', Enumerable.Range(3 * k, 3).Select(i => kinematics.Offsets[i].ToString("R", CultureInfo.InvariantCulture))));
        text.Append("  ROOT_OPTIMIZATION_KEYPOINT: ''\n  TRUNK_OPTIMIZATION_KEYPOINTS: []\n  INDIVIDUAL_PART_OPTIMIZATION: {}\n");
        Map(text, "KEYPOINT_COLOR_PAIRS", keypoints, _ => "0 0 0.8 1");
        text.Append(CultureInfo.InvariantCulture, $"  SCALE_FACTOR: {library.Scale:R}\n  MOCAP_SCALE_FACTOR: 1.0\n  SITES_TO_REGULARIZE: []\n");
        text.Append(CultureInfo.InvariantCulture, $"  RENDER_FPS: {Math.Round(clips[0].RateHz):0}\n  N_SAMPLE_FRAMES: 0\n  M_REG_COEF: 0.0\n  MARKER_SIZE: 0.005\n");
        List(text, "snips_order", [.. clips.Select((clip, i) => $"{LettersOf(clip.Behaviour)}_{i}.p")]);
        text.Append("stac:\n  fit_offsets_path: ''\n  ik_only_path: ''\n");
        text.Append(CultureInfo.InvariantCulture, $"  data_path: {Quote(library.Source)}\n  num_clips: {clips.Count}\n  n_fit_frames: 0\n");
        text.Append(CultureInfo.InvariantCulture, $"  skip_fit_offsets: true\n  skip_ik_only: true\n  infer_qvels: true\n  n_frames_per_clip: {clips[0].Frames}\n");
        text.Append("  mujoco:\n    solver: newton\n    iterations: 0\n    ls_iterations: 0\n  continuous: false\n");
        return text.ToString();
    }

    // NB: readers take the behaviour from the letters before the last "_N".
    private static string LettersOf(string behaviour) => string.Concat(behaviour.Where(char.IsAsciiLetter)) is { Length: > 0 } letters ? letters : "Unknown";

    private static void List(StringBuilder text, string key, IReadOnlyList<string> values)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {key}:{(values.Count == 0 ? " []" : "")}\n");
        foreach (var value in values)
            text.Append(CultureInfo.InvariantCulture, $"  - {Quote(value)}\n");
    }

    private static void Map(StringBuilder text, string key, IReadOnlyList<string> names, Func<int, string> value)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {key}:{(names.Count == 0 ? " {}" : "")}\n");
        for (var i = 0; i < names.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"    {Quote(names[i])}: {Quote(value(i))}\n");
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal).Replace('\n', ' ')}'";
}
