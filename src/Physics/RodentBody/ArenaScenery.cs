using ClosedLoop.Core;
using static ClosedLoop.Physics.MjcfText;

namespace ClosedLoop.Physics;

/// <summary>
/// An arena as cameras see it: a painted floor, a wall of panels around it, things that stand about, lights. Colours are
/// red, green, blue, 0 to 1; lengths are metres.
/// </summary>
public sealed record ArenaScenery
{
    /// <summary>Side of the painted floor, whose middle is the arena's.</summary>
    public const double FloorSideM = 1.6;

    /// <summary>Width and height of the floor's painting, pixels.</summary>
    public const int FloorPixels = 768;

    /// <summary>
    /// The floor's painting: <see cref="FloorPixels"/> squared times 3 bytes, rows from y = +<see cref="FloorSideM"/> / 2
    /// downwards, columns from -x to +x. Applied by <see cref="Paint"/>, since MJCF holds no pictures.
    /// </summary>
    public required byte[] FloorPainting { get; init; }

    /// <summary>The ground beyond the painted floor.</summary>
    public IReadOnlyList<double> Ground { get; init; } = [0.5, 0.5, 0.5];

    /// <summary>The sky, or the room's far walls, at the top and at the horizon.</summary>
    public (IReadOnlyList<double> Top, IReadOnlyList<double> Horizon) Sky { get; init; } = ([0.72, 0.78, 0.84], [0.4, 0.45, 0.52]);

    /// <summary>Light from everywhere.</summary>
    public IReadOnlyList<double> Ambient { get; init; } = [0.32, 0.32, 0.34];

    /// <summary>Light from each camera.</summary>
    public IReadOnlyList<double> Headlight { get; init; } = [0, 0, 0];

    /// <summary>The lamps: the direction their light goes, its colour, and whether it casts shadows.</summary>
    public IReadOnlyList<(IReadOnlyList<double> Direction, IReadOnlyList<double> Colour, bool Shadows)> Lamps { get; init; } =
        [([-0.35, 0.45, -1], [0.55, 0.54, 0.5], true)];

    /// <summary>Radius of the wall; 0: no wall.</summary>
    public double WallRadiusM { get; init; }

    /// <summary>Height of the wall.</summary>
    public double WallHeightM { get; init; } = 0.05;

    /// <summary>Colour and opacity of the wall.</summary>
    public IReadOnlyList<double> Wall { get; init; } = [0.6, 0.6, 0.6, 1];

    /// <summary>Boxes that stand about: middle, half sizes, angle about the vertical (rad), colour.</summary>
    public IReadOnlyList<(IReadOnlyList<double> Middle, IReadOnlyList<double> Half, double Yaw, IReadOnlyList<double> Colour)> Boxes { get; init; } = [];

    /// <summary>How much the floor shines, 0 to 1.</summary>
    public double FloorShine { get; init; } = 0.1;

    /// <summary>Paints the floor of a model that was written with this scenery; before its first renderer is made.</summary>
    public void Paint(MujocoModel model)
    {
        var adr = model.Ints("tex_adr");
        var (width, height) = (model.Ints("tex_width"), model.Ints("tex_height"));
        if (FloorPainting.Length != 3 * FloorPixels * FloorPixels)
            throw new ArgumentException($"The floor's painting must have {FloorPixels} x {FloorPixels} pixels of 3 bytes.");
        for (var texture = 0; texture < adr.Rows; texture++)
            if (width[texture] == FloorPixels && height[texture] == FloorPixels)
            {
                FloorPainting.CopyTo(model.Bytes("tex_rgb").Span[adr[texture]..]);
                return;
            }
        throw ClosedLoopException.Failed("the model has no floor to paint; it was not written with a scenery");
    }

    internal void WriteVisual(MjcfText xml)
    {
        xml.Open("visual");
        xml.Element("headlight", "ambient", Vector([.. Ambient]), "diffuse", Vector([.. Headlight]), "specular", "0 0 0");
        xml.Element("map", "znear", "0.01", "zfar", "60", "shadowclip", "2.8");
        xml.Element("quality", "numslices", "12", "numstacks", "8", "numquads", "2");
        xml.Close();
    }

    internal void WriteAssets(MjcfText xml)
    {
        xml.Element("texture", "name", "sky", "type", "skybox", "builtin", "gradient", "rgb1", Vector([.. Sky.Top]), "rgb2", Vector([.. Sky.Horizon]),
            "width", "32", "height", "192");
        xml.Element("texture", "name", "floor", "type", "2d", "builtin", "flat", "rgb1", "0.5 0.5 0.5",
            "width", $"{FloorPixels}", "height", $"{FloorPixels}");
        xml.Element("material", "name", "floor", "texture", "floor", "texrepeat", "1 1", "specular", Number(FloorShine), "shininess", "0.3");
    }

    internal void WriteWorld(MjcfText xml, bool collides)
    {
        var half = FloorSideM / 2;
        xml.Element("geom", "name", "floor", "type", "plane", "size", Vector(half, half, 0.05), "group", "0", "material", "floor",
            "contype", "0", "conaffinity", collides ? "1" : "0", "condim", "1");
        xml.Element("geom", "name", "ground", "type", "plane", "size", "8 8 0.05", "pos", "0 0 -0.004", "group", "0", "contype", "0", "conaffinity", "0",
            "rgba", Vector([.. Ground, 1]));
        for (var i = 0; i < Lamps.Count; i++)
        {
            // NB: shadows are cast within shadowclip times the model's extent (0.2 m) of the line through a directional lamp's place.
            var d = Lamps[i].Direction;
            var length = Math.Sqrt((d[0] * d[0]) + (d[1] * d[1]) + (d[2] * d[2]));
            xml.Element("light", "name", $"lamp{i}", "directional", "true", "pos", Vector(-d[0] / length, -d[1] / length, -d[2] / length), "dir", Vector([.. d]),
                "diffuse", Vector([.. Lamps[i].Colour]), "specular", "0.3 0.3 0.3", "castshadow", Lamps[i].Shadows ? "true" : "false");
        }
        const int Panels = 24;
        for (var i = 0; i < Panels && WallRadiusM > 0; i++)
        {
            var angle = 2 * Math.PI * i / Panels;
            Box($"wall{i}", [WallRadiusM * Math.Cos(angle), WallRadiusM * Math.Sin(angle), WallHeightM / 2],
                [0.002, WallRadiusM * Math.Tan(Math.PI / Panels), WallHeightM / 2], angle, Wall);
        }
        for (var i = 0; i < Boxes.Count; i++)
            Box($"box{i}", Boxes[i].Middle, Boxes[i].Half, Boxes[i].Yaw, [.. Boxes[i].Colour, 1]);

        void Box(string name, IReadOnlyList<double> middle, IReadOnlyList<double> halves, double yaw, IReadOnlyList<double> rgba) =>
            xml.Element("geom", "name", name, "type", "box", "pos", Vector([.. middle]), "size", Vector([.. halves]), "euler", Vector(0, 0, yaw),
                "group", "0", "contype", "0", "conaffinity", "0", "rgba", Vector([.. rgba]));
    }
}
