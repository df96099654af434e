using System.Globalization;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Writes a <see cref="RigCalibrationFile"/> as YAML that a person can read; <see cref="RigCalibrationReader"/> reads it back.</summary>
internal static class RigCalibrationWriter
{
    public static void Write(RigCalibrationFile file, string path) => WholeFile.Write(path, Encoding.UTF8.GetBytes(ToYaml(file)), "calibration");

    public static string ToYaml(RigCalibrationFile file)
    {
        var text = new StringBuilder();
        text.Append("# The cameras of one rig. A point X of the arena, mm, has camera coordinates R X + t (x right, y down, z forwards);\n");
        text.Append("# pixel (0, 0) is the centre of the top left pixel; distortion is k1 k2 p1 p2 k3 in OpenCV's sense.\n");
        text.Append("kind: rig-calibration\n");
        text.Append(CultureInfo.InvariantCulture, $"version: {RigCalibrationFile.Version}\n");
        if (file.Date is { } date)
            text.Append(CultureInfo.InvariantCulture, $"date: {Quote(date)}\n");
        if (file.Board is { } board)
            text.Append(CultureInfo.InvariantCulture, $"board: {Quote(board)}\n");
        if (file.WorldFrame is { } frame)
            text.Append(CultureInfo.InvariantCulture, $"world_frame: {Quote(frame)}\n");
        if (file.RmsPx is { } rms)
            text.Append(CultureInfo.InvariantCulture, $"rms_px: {Exact(rms)}\n");
        text.Append("cameras:\n");
        for (var i = 0; i < file.Rig.Cameras.Count; i++)
        {
            var camera = file.Rig.Cameras[i];
            text.Append(CultureInfo.InvariantCulture, $"  - name: {Quote(camera.Name)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    width_px: {camera.WidthPx}\n");
            text.Append(CultureInfo.InvariantCulture, $"    height_px: {camera.HeightPx}\n");
            Numbers(text, "focal_px", [camera.FocalXPx, camera.FocalYPx]);
            Numbers(text, "centre_px", [camera.CentreXPx, camera.CentreYPx]);
            if (camera.SkewPx != 0)
                text.Append(CultureInfo.InvariantCulture, $"    skew_px: {camera.SkewPx:R}\n");
            Numbers(text, "distortion", camera.Distortion);
            Numbers(text, "rotation", camera.Rotation);
            Numbers(text, "translation_mm", camera.TranslationM.Select(m => m * 1000));
            if (file.QualityOf(i) is { } quality)
            {
                text.Append(CultureInfo.InvariantCulture, $"    rms_px: {Exact(quality.RmsPx)}\n");
                text.Append(CultureInfo.InvariantCulture, $"    views: {quality.Views}\n");
                text.Append(CultureInfo.InvariantCulture, $"    coverage: {Exact(quality.Coverage)}\n");
            }
        }
        return text.ToString();
    }

    private static void Numbers(StringBuilder text, string key, IEnumerable<double> numbers) =>
        text.Append("    ").Append(key).Append(": [").AppendJoin(", ", numbers.Select(Exact)).Append("]\n");

    /// <summary>The shortest text that reads back as the same number.</summary>
    private static string Exact(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
