using System.Globalization;
using System.Numerics;
using System.Text;
using static ClosedLoop.Physics.MjcfText;

namespace ClosedLoop.Physics;

/// <summary>
/// The rat's skins: fur polygonised from the flesh of models/rodent/appearance.yaml, bare paws and tail, ears, eyes and
/// whiskers. Made once; the same on every run.
/// </summary>
internal sealed class RodentSkin
{
    private static readonly Lazy<RodentSkin> RatOnce = new(() => new RodentSkin(Anatomy.Rat, Anatomy.Read<AppearanceTable>("appearance.yaml")));

    private readonly AppearanceTable table;
    private readonly Dictionary<string, NeutralFrame> frames;

    private RodentSkin(Anatomy anatomy, AppearanceTable table)
    {
        this.table = table;
        frames = NeutralFrame.Of(anatomy);
        Fur = SurfaceNets.Polygonise(new Flesh(table.Flesh, frames), table.Flesh.CellMm);
        Bare = Paired(table.Tubes.Rows.Select(row => (row.Body, Tube(row))));
        Bare.Append(Tail(anatomy, table.Tubes));
        foreach (var nose in table.Blobs.Where(blob => blob.Colour == "skin"))
            Bare.Append(SkinParts.Blob(nose, frames[nose.Body]));
        Ears = Blobs("ear");
        Eyes = Blobs("eye");
        Whiskers = Paired(table.Whiskers.Rows.Select(row =>
            ("_L", SkinParts.Whisker(row, table.Whiskers.LengthMm, table.Whiskers.RadiusMm, frames[row.Body]))));
    }

    public static RodentSkin Rat => RatOnce.Value;

    public SkinMesh Fur { get; }

    public SkinMesh Bare { get; }

    public SkinMesh Ears { get; }

    public SkinMesh Eyes { get; }

    public SkinMesh Whiskers { get; }

    /// <summary>Writes textures, materials and skins; to be called inside asset. Without a coat: the table's.</summary>
    public void Write(MjcfText xml, string prefix, double scale, RodentCoat? coat = null)
    {
        coat ??= TableCoat;
        // A radial gradient: texture coordinate (0.5 + r/2, 0.5) looks up the colour at r between its two ends.
        xml.Element("texture", "name", prefix + "coat", "type", "2d", "builtin", "gradient", "rgb1", Vector([.. coat.Dark]), "rgb2", Vector([.. coat.Light]),
            "width", "256", "height", "256");
        xml.Element("material", "name", prefix + "coat", "texture", prefix + "coat", "specular", "0.12", "shininess", "0.25");
        Material("skin", coat.Skin, 0.25, 0.3);
        Material("ear", coat.Ear, 0.15, 0.3);
        Material("eye", coat.Eye, 1, 0.9);
        Material("whisker", [0.92, 0.9, 0.86], 0.1, 0.1);
        WriteSkin(xml, "fur", "coat", Fur, prefix, scale, coat.Shade);
        WriteSkin(xml, "bare", "skin", Bare, prefix, scale, null);
        WriteSkin(xml, "ears", "ear", Ears, prefix, scale, null);
        WriteSkin(xml, "eyes", "eye", Eyes, prefix, scale, null);
        WriteSkin(xml, "whiskers", "whisker", Whiskers, prefix, scale, null);

        void Material(string name, IReadOnlyList<double> rgb, double specular, double shininess) =>
            xml.Element("material", "name", prefix + name, "rgba", Vector([.. rgb, 1]), "specular", Number(specular), "shininess", Number(shininess));
    }

    private RodentCoat TableCoat => new()
    {
        Dark = table.Coat.Dark,
        Light = table.Coat.Light,
        Skin = table.Coat.Skin,
        Ear = table.Coat.Ear,
        Eye = table.Coat.Eye,
        HoodEdgeMm = table.Coat.HoodEdgeMm,
        StripeHalfWidthMm = table.Coat.StripeHalfWidthMm,
        SoftMm = table.Coat.SoftMm,
    };

    private SkinMesh Tube(TubeRow row) => SkinParts.Tube(
        [.. row.Points.Select(point => frames[row.Body].ToWorld(NeutralFrame.Vector(point)))],
        row.Radii, row.Flat, table.Tubes.Sides, _ => [(row.Body, 1)]);

    // Through the origins of the tail's bodies; each ring follows the two bodies that meet there.
    private SkinMesh Tail(Anatomy anatomy, TubeTable tubes)
    {
        var bodies = MjcfWriter.DepthFirst(anatomy).Select(body => body.Name).SkipWhile(name => name != tubes.Tail.From)
            .TakeWhile(name => name.StartsWith("vertebra_C", StringComparison.Ordinal)).ToList();
        var points = bodies.Select(body => frames[body].PositionMm).ToList();
        points.Add(points[^1] + (2 * (points[^1] - points[^2])));
        var radii = points.Select((_, i) =>
        {
            var share = (float)i / (points.Count - 1);
            return tubes.Tail.Radii[0] + ((tubes.Tail.Radii[1] - tubes.Tail.Radii[0]) * MathF.Pow(share, 0.75f));
        }).ToList();
        return SkinParts.Tube(points, radii, 1, 10, i => i == 0 || i >= bodies.Count
            ? [(bodies[Math.Min(i, bodies.Count - 1)], 1)]
            : [(bodies[i - 1], 0.5f), (bodies[i], 0.5f)]);
    }

    private SkinMesh Blobs(string colour) =>
        Paired(table.Blobs.Where(blob => blob.Colour == colour).Select(blob => ("_L", SkinParts.Blob(blob, frames[blob.Body]))));

    private static SkinMesh Paired(IEnumerable<(string Body, SkinMesh Mesh)> parts)
    {
        var all = new SkinMesh();
        foreach (var (body, mesh) in parts)
        {
            all.Append(mesh);
            if (Mirror.IsLeft(body))
                all.AddMirrored(mesh);
        }
        return all;
    }

    private void WriteSkin(MjcfText xml, string name, string material, SkinMesh mesh, string prefix, double scale, Func<Vector3, float>? shade)
    {
        var metres = scale * 1e-3;
        xml.Open("skin", "name", prefix + name, "material", prefix + material,
            "vertex", Join(mesh.Vertices.SelectMany(v => (float[])[v.X, v.Y, v.Z]).Select(v => Metres(v * metres))),
            "texcoord", shade is null ? null : Join(mesh.Vertices.Select(v => string.Create(CultureInfo.InvariantCulture, $"{0.5 + (0.49 * shade(v)):F3} 0.5"))),
            "face", Join(mesh.Triangles.Select(t => $"{t.A} {t.B} {t.C}")));
        var byBody = mesh.Weights.SelectMany((weights, vertex) => weights.Select(w => (w.Body, vertex, w.Weight)))
            .GroupBy(entry => entry.Body).OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var bone in byBody)
        {
            var frame = frames[bone.Key];
            var (p, q) = (frame.PositionMm, frame.Orientation);
            xml.Element("bone", "body", prefix + bone.Key, "bindpos", Vector(p.X * metres, p.Y * metres, p.Z * metres),
                "bindquat", Vector(q.W, q.X, q.Y, q.Z),
                "vertid", Join(bone.Select(entry => entry.vertex.ToString(CultureInfo.InvariantCulture))),
                "vertweight", Join(bone.Select(entry => entry.Weight.ToString("F3", CultureInfo.InvariantCulture))));
        }
        xml.Close();
    }

    // Hundredths of a millimetre are finer than any camera sees.
    private static string Metres(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);

    private static string Join(IEnumerable<string> words) => new StringBuilder().AppendJoin(' ', words).ToString();
}
