using System.Numerics;

namespace ClosedLoop.Physics;

/// <summary>Meshes with a shape of their own: tubes for paws and tail, flattened balls for ears, thin cones for whiskers.</summary>
internal static class SkinParts
{
    /// <summary>A closed tube through points (mm), with a radius and bodies at each; flat: height by width of its section.</summary>
    public static SkinMesh Tube(
        IReadOnlyList<Vector3> points, IReadOnlyList<float> radii, float flat, int sides, Func<int, List<(string, float)>> weights)
    {
        var mesh = new SkinMesh();
        var start = mesh.Add(points[0] - (0.5f * radii[0] * Vector3.Normalize(points[1] - points[0])), weights(0));
        var previous = -1;
        for (var i = 0; i < points.Count; i++)
        {
            var along = Vector3.Normalize(points[Math.Min(i + 1, points.Count - 1)] - points[Math.Max(i - 1, 0)]);
            // Sections stand upright: their height lies in the plane of the world's z axis.
            var across = Vector3.Normalize(Vector3.Cross(MathF.Abs(along.Z) > 0.95f ? -Vector3.UnitX : Vector3.UnitZ, along));
            var up = Vector3.Cross(along, across);
            var ring = mesh.Vertices.Count;
            for (var k = 0; k < sides; k++)
            {
                var (sin, cos) = MathF.SinCos(2 * MathF.PI * k / sides);
                mesh.Add(points[i] + (radii[i] * ((cos * across) + (flat * sin * up))), weights(i));
            }
            for (var k = 0; k < sides; k++)
            {
                var next = (k + 1) % sides;
                if (previous < 0)
                    mesh.Triangles.Add((start, ring + next, ring + k));
                else
                    mesh.AddQuad(previous + k, previous + next, ring + next, ring + k);
            }
            previous = ring;
        }
        var last = points.Count - 1;
        var end = mesh.Add(points[last] + (0.7f * radii[last] * Vector3.Normalize(points[last] - points[last - 1])), weights(last));
        for (var k = 0; k < sides; k++)
            mesh.Triangles.Add((end, previous + k, previous + ((k + 1) % sides)));
        return mesh;
    }

    /// <summary>A ball with three semi-axes (length, width, thickness), its rim bent forward by the cup.</summary>
    public static SkinMesh Blob(BlobRow blob, NeutralFrame frame)
    {
        const int Rings = 8, Sides = 12;
        var along = Vector3.Normalize(frame.Turn(NeutralFrame.Vector(blob.Along)));
        var face = frame.Turn(NeutralFrame.Vector(blob.Face));
        face = Vector3.Normalize(face - (Vector3.Dot(face, along) * along));
        var across = Vector3.Cross(face, along);
        var centre = frame.ToWorld(NeutralFrame.Vector(blob.At));
        List<(string, float)> weights = [(blob.Body, 1)];
        var mesh = new SkinMesh();

        // Rings of latitude about the face axis, from its back pole to its front pole.
        int Vertex(float latitude, float longitude)
        {
            var (z, r) = MathF.SinCos(latitude);
            var (sin, cos) = MathF.SinCos(longitude);
            var (x, y) = (r * cos, r * sin);
            var bend = blob.Cup * ((x * x * 0.35f) + (y * y));
            return mesh.Add(
                centre + (x * blob.SemiAxes[0] * along) + (y * blob.SemiAxes[1] * across) + (((z * blob.SemiAxes[2]) + bend) * face), weights);
        }

        var back = Vertex(-MathF.PI / 2, 0);
        for (var ring = 1; ring < Rings; ring++)
            for (var k = 0; k < Sides; k++)
                Vertex(MathF.PI * (((float)ring / Rings) - 0.5f), 2 * MathF.PI * k / Sides);
        var front = Vertex(MathF.PI / 2, 0);
        for (var k = 0; k < Sides; k++)
        {
            var next = (k + 1) % Sides;
            mesh.Triangles.Add((back, 1 + next, 1 + k));
            for (var ring = 0; ring < Rings - 2; ring++)
                mesh.AddQuad(1 + (ring * Sides) + k, 1 + (ring * Sides) + next, 1 + ((ring + 1) * Sides) + next, 1 + ((ring + 1) * Sides) + k);
            var top = 1 + ((Rings - 2) * Sides);
            mesh.Triangles.Add((front, top + k, top + next));
        }
        return mesh;
    }

    /// <summary>A thin, slightly drooping cone.</summary>
    public static SkinMesh Whisker(WhiskerRow row, float lengthMm, float radiusMm, NeutralFrame frame)
    {
        var start = frame.ToWorld(NeutralFrame.Vector(row.At));
        var along = Vector3.Normalize(frame.Turn(NeutralFrame.Vector(row.Along)));
        var droop = new Vector3(0, 0, -0.12f * lengthMm);
        var points = new[] { start, start + (0.5f * lengthMm * along) + (0.25f * droop), start + (lengthMm * along) + droop };
        return Tube(points, [radiusMm, 0.7f * radiusMm, 0.3f * radiusMm], 1, 3, _ => [(row.Body, 1)]);
    }
}
