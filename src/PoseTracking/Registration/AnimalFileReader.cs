using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Reads an <see cref="AnimalFile"/> strictly: a key that is unknown, missing or of the wrong kind is refused with its place.</summary>
internal static class AnimalFileReader
{
    public static AnimalFile Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage(
                $"the animal file {path} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file; 'register' makes one" : e.Message)}", e);
        }
        return Parse(text, path);
    }

    public static AnimalFile Parse(string text, string path)
    {
        var root = YamlSection.Parse(text, path, "an animal file");
        root.Allow("name", "body", "body_sha256", "scale", "floor_height_m", "offsets_m", "segments_m", "fit", "source");
        var fit = root.Child("fit");
        fit.Allow("frames_given", "frames_used", "used_mean_mm", "unused_mean_mm", "unused_p95_mm", "floor_spread_mm", "keypoint_errors");
        var source = root.Child("source");
        source.Allow("file", "frames", "samples", "seed");
        var offsets = root.Child("offsets_m");
        var errors = fit.Child("keypoint_errors");
        return new()
        {
            Name = root.Text("name"),
            BodyName = root.Text("body"),
            BodySha256 = root.Text("body_sha256"),
            Scale = root.Number("scale", 0.1, 10),
            FloorHeightM = root.Finite("floor_height_m"),
            Offsets = [.. offsets.Keys.Select(keypoint =>
            {
                var numbers = offsets.Numbers(keypoint, 3);
                return new KeypointOffset(keypoint, numbers[0], numbers[1], numbers[2]);
            })],
            Segments = [.. root.Children("segments_m").Select(segment =>
            {
                segment.Allow("from", "to", "median_m", "spread_m");
                return new SegmentLength(segment.Text("from"), segment.Text("to"), segment.Number("median_m"), segment.Number("spread_m"));
            })],
            Statistics = new(
                fit.Integer("frames_given"), fit.Integer("frames_used"), fit.Number("used_mean_mm"), fit.Number("unused_mean_mm"),
                fit.Number("unused_p95_mm"), fit.Number("floor_spread_mm"),
                [.. errors.Keys.Select(keypoint =>
                {
                    var error = errors.Child(keypoint);
                    error.Allow("mean_mm", "p95_mm");
                    return new KeypointFitError(keypoint, error.Number("mean_mm"), error.Number("p95_mm"));
                })]),
            SourceFile = source.OptionalText("file"),
            SourceFrames = source.OptionalText("frames"),
            Samples = source.Integer("samples"),
            Seed = source.Integer("seed"),
        };
    }
}
