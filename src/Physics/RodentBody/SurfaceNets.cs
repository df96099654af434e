using System.Numerics;

namespace ClosedLoop.Physics;

/// <summary>
/// Turns flesh into triangles: one vertex in every grid cell that the surface crosses (naive surface nets, after Gibson
/// 1998), drawn onto the surface itself, and a quadrilateral round every grid edge that it crosses.
/// </summary>
internal static class SurfaceNets
{
    public static SkinMesh Polygonise(Flesh flesh, float cellMm)
    {
        var (low, high) = flesh.Bounds();
        // The grid's middle plane is y = 0, so that the mesh is its own mirror image.
        var halfWidth = cellMm * (MathF.Ceiling(Math.Max(-low.Y, high.Y) / cellMm) + 1);
        var origin = new Vector3(low.X - cellMm, -halfWidth, low.Z - cellMm);
        var nx = (int)((high.X - origin.X) / cellMm) + 3;
        var ny = (int)MathF.Round(2 * halfWidth / cellMm) + 1;
        var nz = (int)((high.Z - origin.Z) / cellMm) + 3;

        int At(int x, int y, int z) => (((x * ny) + y) * nz) + z;
        Vector3 Corner(int x, int y, int z) => origin + (cellMm * new Vector3(x, y, z));
        var values = new float[nx * ny * nz];
        for (var x = 0; x < nx; x++)
            for (var y = 0; y < ny; y++)
                for (var z = 0; z < nz;)
                {
                    var distance = flesh.Distance(Corner(x, y, z));
                    // Nothing crosses the surface for a distance; one cell is left as a margin for the distance's error.
                    var safe = Math.Max(1, (int)(MathF.Abs(distance) / cellMm) - 1);
                    for (var last = Math.Min(nz, z + safe); z < last; z++)
                        values[At(x, y, z)] = distance;
                }

        var mesh = new SkinMesh();
        var vertices = new int[nx * ny * nz];
        Array.Fill(vertices, -1);
        for (var x = 0; x < nx - 1; x++)
            for (var y = 0; y < ny - 1; y++)
                for (var z = 0; z < nz - 1; z++)
                    if (CrossingsMean(x, y, z) is { } inside)
                    {
                        var vertex = OntoSurface(flesh, origin + (cellMm * inside));
                        vertices[At(x, y, z)] = mesh.Add(vertex, flesh.Weights(vertex));
                    }

        for (var x = 1; x < nx - 1; x++)
            for (var y = 1; y < ny - 1; y++)
                for (var z = 1; z < nz - 1; z++)
                {
                    var here = values[At(x, y, z)] < 0;
                    if (here != values[At(x + 1, y, z)] < 0)
                        Quad(here, At(x, y - 1, z - 1), At(x, y, z - 1), At(x, y, z), At(x, y - 1, z));
                    if (here != values[At(x, y + 1, z)] < 0)
                        Quad(here, At(x - 1, y, z - 1), At(x - 1, y, z), At(x, y, z), At(x, y, z - 1));
                    if (here != values[At(x, y, z + 1)] < 0)
                        Quad(here, At(x - 1, y - 1, z), At(x, y - 1, z), At(x, y, z), At(x - 1, y, z));
                }
        return mesh;

        void Quad(bool outward, int a, int b, int c, int d)
        {
            if (outward)
                mesh.AddQuad(vertices[a], vertices[b], vertices[c], vertices[d]);
            else
                mesh.AddQuad(vertices[d], vertices[c], vertices[b], vertices[a]);
        }

        // The mean of the places where the surface crosses the cell's edges, in cells; null where it crosses none.
        Vector3? CrossingsMean(int x, int y, int z)
        {
            var sum = Vector3.Zero;
            var count = 0;
            for (var corner = 0; corner < 8; corner++)
                for (var axis = 0; axis < 3; axis++)
                {
                    if ((corner >> axis & 1) != 0)
                        continue;
                    var other = corner | (1 << axis);
                    var a = values[At(x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2))];
                    var b = values[At(x + (other & 1), y + (other >> 1 & 1), z + (other >> 2))];
                    if (a < 0 == b < 0)
                        continue;
                    var place = new Vector3(x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2));
                    place[axis] += a / (a - b);
                    sum += place;
                    count++;
                }
            return count == 0 ? null : sum / count;
        }
    }

    private static Vector3 OntoSurface(Flesh flesh, Vector3 point)
    {
        for (var i = 0; i < 3; i++)
            point -= 0.9f * flesh.Distance(point) * flesh.Normal(point);
        return point;
    }
}
