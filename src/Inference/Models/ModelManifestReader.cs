using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Inference;

/// <summary>Reads <c>manifest.yaml</c>, strictly: a key that is unknown, missing or wrong is refused with its place.</summary>
public static class ModelManifestReader
{
    private static readonly string[] Keys =
        ["kind", "version", "description", "licence", "trained_with", "held_out", "keypoints", "body_sha256", "preprocessing", "networks"];

    /// <summary>Reads a manifest.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="path">What errors call the file.</param>
    /// <exception cref="ClosedLoopException">It does not say what a manifest must, at the line and column named.</exception>
    public static ModelManifest Read(string text, string path)
    {
        var root = YamlSection.Parse(text, path, "a model's manifest");
        root.Allow(Keys);
        var manifest = new ModelManifest
        {
            Kind = root.Text("kind"),
            Version = root.Text("version"),
            Description = root.Text("description"),
            Licence = root.Text("licence"),
            TrainedWith = root.Text("trained_with"),
            HeldOut = root.Has("held_out") ? Numbers(root.Child("held_out")) : new Dictionary<string, double>(),
            Keypoints = root.Has("keypoints") ? root.Texts("keypoints") : [],
            BodySha256 = root.Has("body_sha256") ? Sha256(root, "body_sha256") : null,
            Preprocessing = root.Has("preprocessing") ? root.Child("preprocessing") : null,
            Networks = [.. root.Children("networks").Select(Network)],
        };
        if (manifest.Networks.Count == 0)
            throw root.Wrong("networks", "must list at least one network");
        if (manifest.Keypoints.Distinct().Count() != manifest.Keypoints.Count)
            throw root.Wrong("keypoints", "must name each keypoint once");
        if (manifest.Networks.Select(network => network.File).Distinct().Count() != manifest.Networks.Count)
            throw root.Wrong("networks", "must list each file once");
        return manifest;
    }

    private static Dictionary<string, double> Numbers(YamlSection section) => section.Keys.ToDictionary(key => key, section.Number);

    private static NetworkManifest Network(YamlSection section)
    {
        section.Allow("file", "sha256", "inputs", "outputs", "samples");
        NetworkSpecification tensors = new(Tensors(section, "inputs"), Tensors(section, "outputs"));
        return new(LocalFile(section), Sha256(section, "sha256"), tensors, [.. section.Children("samples").Select(sample => Sample(sample, tensors))]);
    }

    private static TensorSpecification[] Tensors(YamlSection section, string key) =>
        [.. section.Children(key).Select(tensor =>
        {
            tensor.Allow("name", "type", "shape", "unit", "meaning");
            var type = (TensorType)TensorTypes.Words.ToList().IndexOf(tensor.OneOf("type", [.. TensorTypes.Words]));
            return new TensorSpecification(tensor.Text("name"), type, [.. tensor.Texts("shape").Select(axis => Axis(tensor, axis))],
                tensor.Text("unit"), tensor.Text("meaning"));
        })];

    /// <summary>A size, or the name of an axis whose size may vary; -1 is one without a name.</summary>
    private static TensorAxis Axis(YamlSection tensor, string text)
    {
        if (!long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var size))
            return text.Length > 0 && char.IsLetter(text[0]) ? new(-1, text) : throw tensor.Wrong("shape", "must hold sizes, and names of axes that may vary");
        return size is -1 or > 0 ? new(size, null) : throw tensor.Wrong("shape", "must hold sizes above 0, and names (or -1) for axes that may vary");
    }

    private static NetworkSample Sample(YamlSection section, NetworkSpecification tensors)
    {
        section.Allow("tolerance", "inputs", "outputs");
        return new(section.Number("tolerance", 0, double.MaxValue),
            Values(section, "inputs", tensors.Inputs), Values(section, "outputs", tensors.Outputs));
    }

    private static SampleTensor[] Values(YamlSection section, string key, IReadOnlyList<TensorSpecification> tensors)
    {
        var values = section.Children(key).Select(entry => Value(entry, tensors)).ToArray();
        var (found, expected) = (values.Select(value => value.Name), tensors.Select(tensor => tensor.Name));
        return found.Order().SequenceEqual(expected.Order())
            ? values
            : throw section.Wrong(key, $"must have one entry for each of {string.Join(", ", expected)}");
    }

    private static SampleTensor Value(YamlSection entry, IReadOnlyList<TensorSpecification> tensors)
    {
        entry.Allow("name", "file", "shape");
        var name = entry.OneOf("name", [.. tensors.Select(tensor => tensor.Name)]);
        var shape = entry.Texts("shape").Select(size => long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw entry.Wrong("shape", "must hold sizes alone")).ToArray();
        var tensor = tensors.First(tensor => tensor.Name == name);
        return tensor.Fits(shape)
            ? new(name, LocalFile(entry), shape)
            : throw entry.Wrong("shape", $"must fit {tensor.Layout}");
    }

    /// <summary>A model is one folder: it names no file outside.</summary>
    private static string LocalFile(YamlSection section)
    {
        var file = section.Text("file");
        return file.Length == 0 || Path.IsPathRooted(file) || file.Split('/', '\\').Contains("..")
            ? throw section.Wrong("file", "must be a file inside the model's folder")
            : file;
    }

    private static string Sha256(YamlSection section, string key) =>
        section.Text(key) is { Length: 64 } text && text.All(digit => char.IsAsciiHexDigitLower(digit) || char.IsAsciiDigit(digit))
            ? text
            : throw section.Wrong(key, "must be 64 lower-case hexadecimal digits, as sha256sum prints them");
}
