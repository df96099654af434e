using System.Globalization;
using ClosedLoop.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

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
        var root = new Section(path, "an animal file", Document(text, path));
        root.Allow("name", "body", "body_sha256", "scale", "floor_height_m", "offsets_m", "segments_m", "fit", "source");
        var fit = root.Child("fit");
        fit.Allow("frames_given", "frames_used", "used_mean_mm", "unused_mean_mm", "unused_p95_mm", "floor_spread_mm", "keypoint_errors");
        var source = root.Child("source");
        source.Allow("file", "frames", "samples", "seed");
        var offsets = root.Child("offsets_m");
        var errors = fit.Child("keypoint_errors");
        var scale = root.Number("scale");
        if (!(scale is > 0.1 and < 10))
            throw root.Wrong("scale", "must lie between 0.1 and 10");
        return new()
        {
            Name = root.Text("name"),
            BodyName = root.Text("body"),
            BodySha256 = root.Text("body_sha256"),
            Scale = scale,
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

    private static YamlMappingNode Document(string text, string path)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode mapping
                ? mapping
                : throw ClosedLoopException.Usage($"{path} is not an animal file: it holds no keys");
        }
        catch (YamlException e)
        {
            throw ClosedLoopException.Usage($"{path}, line {e.Start.Line}, column {e.Start.Column}: not valid YAML: {e.Message}", e);
        }
    }

    /// <summary>One mapping of the file, which knows its place for messages.</summary>
    private sealed class Section(string path, string what, YamlMappingNode node)
    {
        public IEnumerable<string> Keys => node.Children.Keys.Select(key => key.ToString());

        public void Allow(params string[] known)
        {
            foreach (var key in node.Children.Keys)
                if (!known.Contains(key.ToString()))
                    throw ClosedLoopException.Usage(
                        $"{path}, line {key.Start.Line}, column {key.Start.Column}: there is no key '{key}'{Spelling.Suggest(key.ToString(), known)} in {what}");
        }

        public Section Child(string key) => Get(key) is YamlMappingNode mapping
            ? new(path, $"'{key}'", mapping)
            : throw Wrong(key, "must hold 'key: value' pairs");

        public IEnumerable<Section> Children(string key) => Get(key) is YamlSequenceNode list
            ? list.Children.Select(item => item is YamlMappingNode mapping ? new Section(path, $"an entry of '{key}'", mapping) : throw Wrong(key, "must be a list of 'key: value' pairs"))
            : throw Wrong(key, "must be a list");

        public string Text(string key) => Get(key) is YamlScalarNode { Value: { } text } ? text : throw Wrong(key, "must be a text");

        public string? OptionalText(string key) => node.Children.ContainsKey(new YamlScalarNode(key)) ? Text(key) : null;

        public double Number(string key) => ToNumber(Get(key)) ?? throw Wrong(key, "must be a number");

        public double Finite(string key) => Number(key) is var number && double.IsFinite(number) ? number : throw Wrong(key, "must be a finite number");

        public int Integer(string key) => int.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong(key, "must be a whole number");

        public double[] Numbers(string key, int count)
        {
            var numbers = Get(key) is YamlSequenceNode list ? list.Children.Select(item => ToNumber(item) ?? double.NaN).ToArray() : [];
            return numbers.Length == count && numbers.All(double.IsFinite) ? numbers : throw Wrong(key, $"must be a list of {count} numbers");
        }

        public ClosedLoopException Wrong(string key, string must)
        {
            var place = node.Children.Keys.First(k => k.ToString() == key).Start;
            return ClosedLoopException.Usage($"{path}, line {place.Line}, column {place.Column}: '{key}' {must}, not '{Get(key)}'");
        }

        private YamlNode Get(string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value)
            ? value
            : throw ClosedLoopException.Usage($"{path}, line {node.Start.Line}: the key '{key}' is missing in {what}");

        private static double? ToNumber(YamlNode node)
        {
            var text = (node as YamlScalarNode)?.Value;
            if (text == ".nan")
                return double.NaN;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
    }
}
