using System.Globalization;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Writes an <see cref="AnimalFile"/> as YAML that a person can read; <see cref="AnimalFileReader"/> reads it back exactly.</summary>
internal static class AnimalFileWriter
{
    public static void Write(AnimalFile animal, string path) => WholeFile.Write(path, Encoding.UTF8.GetBytes(ToYaml(animal)), "animal file");

    public static string ToYaml(AnimalFile animal)
    {
        var s = animal.Statistics;
        var text = new StringBuilder();
        text.Append("# An animal as registration fitted it. Offsets are in the frames of the body's parts, at the animal's size.\n");
        Line(text, "name", Quote(animal.Name));
        Line(text, "body", Quote(animal.BodyName));
        Line(text, "body_sha256", animal.BodySha256);
        Line(text, "scale", Exact(animal.Scale));
        Line(text, "floor_height_m", Exact(animal.FloorHeightM));
        text.Append("offsets_m:\n");
        foreach (var o in animal.Offsets)
            text.Append(CultureInfo.InvariantCulture, $"  {Quote(o.Keypoint)}: [{Exact(o.X)}, {Exact(o.Y)}, {Exact(o.Z)}]\n");
        text.Append("segments_m:\n");
        foreach (var segment in animal.Segments)
            text.Append(CultureInfo.InvariantCulture, $"  - {{from: {Quote(segment.From)}, to: {Quote(segment.To)}, median_m: {Exact(segment.MedianM)}, spread_m: {Exact(segment.SpreadM)}}}\n");
        text.Append("fit:\n");
        Line(text, "  frames_given", s.FramesGiven.ToString(CultureInfo.InvariantCulture));
        Line(text, "  frames_used", s.FramesUsed.ToString(CultureInfo.InvariantCulture));
        Line(text, "  used_mean_mm", Exact(s.UsedMeanMm));
        Line(text, "  unused_mean_mm", Exact(s.UnusedMeanMm));
        Line(text, "  unused_p95_mm", Exact(s.UnusedP95Mm));
        Line(text, "  floor_spread_mm", Exact(s.FloorSpreadMm));
        text.Append("  keypoint_errors:\n");
        foreach (var k in s.Keypoints)
            text.Append(CultureInfo.InvariantCulture, $"    {Quote(k.Keypoint)}: {{mean_mm: {Exact(k.MeanMm)}, p95_mm: {Exact(k.P95Mm)}}}\n");
        text.Append("source:\n");
        if (animal.SourceFile is { } file)
            Line(text, "  file", Quote(file));
        if (animal.SourceFrames is { } frames)
            Line(text, "  frames", Quote(frames));
        Line(text, "  samples", animal.Samples.ToString(CultureInfo.InvariantCulture));
        Line(text, "  seed", animal.Seed.ToString(CultureInfo.InvariantCulture));
        return text.ToString();
    }

    private static void Line(StringBuilder text, string key, string value) => text.Append(key).Append(": ").Append(value).Append('\n');

    /// <summary>The shortest text that reads back as the same number, in YAML's words for those that are none.</summary>
    private static string Exact(double number) => double.IsNaN(number) ? ".nan" : number.ToString("R", CultureInfo.InvariantCulture);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
