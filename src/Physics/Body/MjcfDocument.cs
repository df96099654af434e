using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// An MJCF file on its way to a compiled body: attributes of newer MuJoCo versions are taken out, the body is scaled,
/// and a free root, a floor at height 0 and the keypoint sites are put in where they are missing.
/// </summary>
internal sealed class MjcfDocument
{
    /// <summary>
    /// Attributes that MuJoCo 3 added and that change how hard a solver works, not what the model is: left out with a
    /// note. Any other attribute that the installed version does not know is refused by name.
    /// </summary>
    private static readonly string[] Harmless =
        ["ls_iterations", "ls_tolerance", "ccd_iterations", "ccd_tolerance", "sdf_iterations", "sdf_initpoints", "actuatorgroupdisable"];

    private static readonly string[] LengthAttributes = ["pos", "size", "fromto"];

    private readonly XDocument _document;
    private readonly string _name;

    public MjcfDocument(string mjcf, string name)
    {
        _name = name;
        try
        {
            _document = XDocument.Parse(mjcf, LoadOptions.SetLineInfo);
        }
        catch (XmlException e)
        {
            throw ClosedLoopException.Usage($"the body {name} is not valid XML at line {e.LineNumber}, column {e.LinePosition}: {e.Message}", e);
        }
        if (_document.Root?.Name.LocalName != "mujoco")
            throw ClosedLoopException.Usage($"the body {name} is not a MuJoCo model: its first element is <{_document.Root?.Name.LocalName}>, not <mujoco>");
    }

    /// <summary>What was changed, for a person.</summary>
    public List<string> Notes { get; } = [];

    private XElement World => _document.Root!.Element("worldbody")
        ?? throw ClosedLoopException.Usage($"the body {_name} has no <worldbody>");

    public override string ToString() => _document.ToString();

    /// <summary>Contents of the files that a model names (meshes, skins, textures), found beside the model.</summary>
    public static Dictionary<string, byte[]> ReadReferencedFiles(string mjcf, string path)
    {
        var document = new MjcfDocument(mjcf, path);
        var compiler = document._document.Root!.Element("compiler");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var files = new Dictionary<string, byte[]>();
        foreach (var attribute in document._document.Descendants().Attributes("file"))
        {
            var sub = attribute.Parent!.Name.LocalName switch
            {
                "mesh" or "skin" or "hfield" => (string?)compiler?.Attribute("meshdir") ?? "",
                "texture" => (string?)compiler?.Attribute("texturedir") ?? "",
                _ => "",
            };
            var file = Path.Combine(folder, sub, attribute.Value);
            if (!File.Exists(file))
                throw ClosedLoopException.Usage($"the body {path} names the file {attribute.Value}, which is not at {file}");
            files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        }
        return files;
    }

    /// <summary>The checksum of a model without what only eyes see.</summary>
    public static string PhysicsSha256(string mjcf)
    {
        var document = XDocument.Parse(mjcf);
        document.Descendants().Where(e => e.Name.LocalName is "skin" or "visual" or "texture" or "material" or "light" or "camera" or "statistic").Remove();
        document.DescendantNodes().OfType<XComment>().Remove();
        document.Descendants().Attributes().Where(a => a.Name.LocalName is "rgba" or "material" or "group").Remove();
        document.Root?.Attribute("model")?.Remove();
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting))));
    }

    /// <summary>Takes out attributes of newer MuJoCo versions that do no harm by their absence.</summary>
    public void LeaveOutNewerAttributes()
    {
        foreach (var attribute in _document.Descendants().Attributes().Where(a => Harmless.Contains(a.Name.LocalName)).ToList())
        {
            Notes.Add($"{attribute.Parent!.Name.LocalName} {attribute.Name.LocalName}=\"{attribute.Value}\" belongs to a newer MuJoCo than the installed {MujocoModel.LibraryVersion} and was left out");
            attribute.Remove();
        }
    }

    /// <summary>
    /// Scales every length of the body: positions, sizes and joint anchors of its elements and of the defaults.
    /// </summary>
    /// <remarks>
    /// NB: published scalers leave out joint anchors, sites or class defaults, each in its own way; a body scaled so is no
    /// longer similar to itself. Everything is scaled here, the world's own geoms (the floor) excepted.
    /// </remarks>
    public void Scale(double factor)
    {
        if (factor == 1)
            return;
        var inBody = World.Elements("body").SelectMany(body => body.DescendantsAndSelf()).ToList();
        var inDefaults = _document.Root!.Elements("default").SelectMany(d => d.Descendants())
            .Where(e => e.Name.LocalName is "joint" or "geom" or "site");
        foreach (var element in inBody.Concat(inDefaults).Where(e => e.Name.LocalName is "body" or "geom" or "joint" or "site" or "inertial" or "camera"))
            foreach (var name in LengthAttributes)
                ScaleAttribute(element, name, factor);
        foreach (var element in inBody.Where(e => e.Name.LocalName is "geom" or "inertial"))
        {
            // Explicit masses follow the volume, explicit inertias the volume times a length squared.
            ScaleAttribute(element, "mass", Math.Pow(factor, 3));
            ScaleAttribute(element, "diaginertia", Math.Pow(factor, 5));
            ScaleAttribute(element, "fullinertia", Math.Pow(factor, 5));
        }
        foreach (var skin in _document.Descendants("skin"))
        {
            ScaleAttribute(skin, "vertex", factor);
            foreach (var bone in skin.Elements("bone"))
                ScaleAttribute(bone, "bindpos", factor);
        }
        foreach (var mesh in _document.Root!.Elements("asset").Elements("mesh"))
            mesh.SetAttributeValue("scale", ScaleNumbers((string?)mesh.Attribute("scale") ?? "1 1 1", factor));
        foreach (var skin in _document.Descendants("skin").Where(s => s.Attribute("file") is not null).ToList())
        {
            Notes.Add($"the skin {skin.Attribute("file")!.Value} does not scale with the body and is not drawn");
            skin.Remove();
        }
    }

    /// <summary>Gives the body a free joint where it has none, so that it can move.</summary>
    public void EnsureFreeRoot()
    {
        var root = World.Element("body") ?? throw ClosedLoopException.Usage($"the body {_name} has no <body> in its <worldbody>");
        var free = World.Descendants().Any(e => e.Name.LocalName == "freejoint" || (e.Name.LocalName == "joint" && (string?)e.Attribute("type") == "free"));
        if (free)
            return;
        root.AddFirst(new XElement("freejoint", new XAttribute("name", "root")));
        Notes.Add($"a free joint was added to the body '{(string?)root.Attribute("name")}'");
    }

    /// <summary>Puts the floor at height 0, and makes one where there is none.</summary>
    public void EnsureFloor()
    {
        var floor = World.Elements("geom").FirstOrDefault(geom => (string?)geom.Attribute("type") == "plane");
        if (floor is null)
        {
            World.AddFirst(new XElement("geom",
                new XAttribute("name", "floor"), new XAttribute("type", "plane"), new XAttribute("size", "10 10 0.1"),
                new XAttribute("contype", "1"), new XAttribute("conaffinity", "1"), new XAttribute("rgba", "0.6 0.62 0.65 1")));
            Notes.Add("a floor was added at height 0");
            return;
        }
        var position = Numbers((string?)floor.Attribute("pos") ?? "0 0 0");
        if (position[2] == 0)
            return;
        Notes.Add($"the floor was moved from height {position[2] * 1000:0.#} mm to 0");
        position[2] = 0;
        floor.SetAttributeValue("pos", Text(position));
    }

    /// <summary>Puts a site for a keypoint onto a body. The offset is in metres at the body's present size.</summary>
    public void AddKeypointSite(string keypoint, string body, double x, double y, double z)
    {
        var bodies = World.Descendants("body").ToList();
        var parent = bodies.Find(b => (string?)b.Attribute("name") == body)
            ?? throw ClosedLoopException.Usage(
                $"the keypoint '{keypoint}' is attached to the body '{body}'{Spelling.Suggest(body, bodies.Select(b => (string?)b.Attribute("name") ?? ""))}, which {_name} does not have");
        parent.Add(new XElement("site",
            new XAttribute("name", keypoint), new XAttribute("type", "sphere"), new XAttribute("size", "0.003"), new XAttribute("group", "4"),
            new XAttribute("rgba", keypoint[^1] switch { 'L' => "0.15 0.35 0.95 1", 'R' => "0.95 0.25 0.15 1", _ => "0.95 0.95 0.95 1" }),
            new XAttribute("pos", Text([x, y, z]))));
    }

    private void ScaleAttribute(XElement element, string name, double factor)
    {
        if (element.Attribute(name) is { } attribute)
            attribute.Value = ScaleNumbers(attribute.Value, factor);
    }

    private string ScaleNumbers(string text, double factor) => Text([.. Numbers(text).Select(number => number * factor)]);

    private double[] Numbers(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[words.Length];
        for (var i = 0; i < words.Length; i++)
            if (!double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                throw ClosedLoopException.Usage($"the body {_name} has '{words[i]}' where a number is needed (in \"{text}\")");
        return numbers;
    }

    private static string Text(double[] numbers) => string.Join(' ', numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));
}
