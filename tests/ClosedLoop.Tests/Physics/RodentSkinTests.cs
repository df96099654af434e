using System.Numerics;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public sealed class RodentSkinTests
{
    [Fact]
    public void The_fur_is_one_closed_surface_without_a_hole()
    {
        var edges = new Dictionary<(int, int), int>();
        foreach (var (a, b, c) in RodentSkin.Rat.Fur.Triangles)
            foreach (var (from, to) in (ReadOnlySpan<(int, int)>)[(a, b), (b, c), (c, a)])
                edges[(from, to)] = edges.GetValueOrDefault((from, to)) + 1;
        // Every edge is run through as often one way as the other.
        Assert.All(edges, edge => Assert.Equal(edge.Value, edges.GetValueOrDefault((edge.Key.Item2, edge.Key.Item1))));
    }

    [Fact]
    public void The_skin_is_its_own_mirror_image()
    {
        var cells = RodentSkin.Rat.Fur.Vertices.Select(v => (MathF.Round(v.X * 5), MathF.Round(v.Y * 5), MathF.Round(v.Z * 5))).ToHashSet();
        var matched = RodentSkin.Rat.Fur.Vertices.Count(v => Neighbours(MathF.Round(v.X * 5), MathF.Round(-v.Y * 5), MathF.Round(v.Z * 5)).Any(cells.Contains));
        Assert.InRange(matched, 0.99 * RodentSkin.Rat.Fur.Vertices.Count, RodentSkin.Rat.Fur.Vertices.Count);

        static IEnumerable<(float, float, float)> Neighbours(float x, float y, float z) =>
            from dx in (float[])[-1, 0, 1] from dy in (float[])[-1, 0, 1] from dz in (float[])[-1, 0, 1] select (x + dx, y + dy, z + dz);
    }

    [Fact]
    public void Vertices_are_few_and_each_follows_bodies_with_weights_that_add_up_to_one()
    {
        var skin = RodentSkin.Rat;
        SkinMesh[] meshes = [skin.Fur, skin.Bare, skin.Ears, skin.Eyes, skin.Whiskers];
        Assert.InRange(meshes.Sum(mesh => mesh.Vertices.Count), 3000, 6000);
        Assert.All(meshes.SelectMany(mesh => mesh.Weights), weights => Assert.Equal(1, weights.Sum(w => w.Weight), 1e-3));
        Assert.All(meshes.SelectMany(mesh => mesh.Triangles.Select(t => (Mesh: mesh, t.A, t.B, t.C))),
            t => Assert.True(Math.Max(t.A, Math.Max(t.B, t.C)) < t.Mesh.Vertices.Count));
    }

    [Fact]
    public void Closed_parts_are_turned_inside_in()
    {
        var skin = RodentSkin.Rat;
        foreach (var mesh in (SkinMesh[])[skin.Fur, skin.Bare, skin.Ears, skin.Eyes, skin.Whiskers])
            Assert.True(Volume(mesh) > 0, "the outside of a skin is its inside");
        // A rat of 338 g, a little lighter or heavier than water with its fur.
        Assert.InRange(Volume(skin.Fur) * 1e-3, 220, 480);
    }

    [Fact]
    public void Keypoints_lie_near_the_surface_where_a_person_sees_them()
    {
        var anatomy = Anatomy.Rat;
        var frames = NeutralFrame.Of(anatomy);
        var surface = new[] { RodentSkin.Rat.Fur, RodentSkin.Rat.Bare, RodentSkin.Rat.Ears }.SelectMany(mesh => mesh.Vertices).ToList();
        var far = new List<string>();
        foreach (var name in KeypointLayout.Rat23.Names)
        {
            var keypoint = anatomy.Keypoints[name];
            var point = frames[keypoint.Body].ToWorld(NeutralFrame.Vector(keypoint.OffsetMm));
            var distance = surface.Min(vertex => Vector3.Distance(vertex, point));
            // The hip joint lies deepest under its skin.
            if (distance > (name.StartsWith("Hip", StringComparison.Ordinal) ? 11 : 7))
                far.Add($"{name} {distance:F1} mm");
        }
        Assert.Empty(far);
    }

    [Fact]
    public void A_picture_of_the_rat_shows_dark_and_light_fur_and_pink_skin()
    {
        using var model = MujocoModel.Load(RodentBody.Mjcf());
        using var data = new MujocoData(model);
        RodentBody.StandingPose().CopyTo(data.Qpos.Span);
        data.Forward();
        using var renderer = new OffscreenRenderer(model, 160, 120, samples: 0, shadowSize: 512);
        renderer.UseCamera("close_profile");
        renderer.Scene(data);
        var image = new byte[renderer.ImageBytes];
        renderer.Draw(image);
        var (dark, light, pink) = (0, 0, 0);
        for (var i = 0; i < image.Length; i += 3)
        {
            var (r, g, b) = (image[i], image[i + 1], image[i + 2]);
            // The floor and the sky are grey and blue: brown, cream and pink have more red than blue.
            dark += r > b + 8 && r < 90 ? 1 : 0;
            light += r > 150 && r > b + 12 && g > r - 30 ? 1 : 0;
            pink += r > 110 && r > g + 30 ? 1 : 0;
        }
        Assert.True(dark > 300 && light > 200 && pink > 25, $"{dark} dark, {light} light, {pink} pink pixels");
    }

    private static double Volume(SkinMesh mesh) => mesh.Triangles.Sum(t =>
        (double)Vector3.Dot(mesh.Vertices[t.A], Vector3.Cross(mesh.Vertices[t.B], mesh.Vertices[t.C])) / 6);
}
