using System.Numerics;

namespace ClosedLoop.Physics;

/// <summary>Triangles in the neutral pose (world frame, mm) whose corners follow bodies.</summary>
internal sealed class SkinMesh
{
    public List<Vector3> Vertices { get; } = [];

    /// <summary>Three corners a triangle, counter-clockwise seen from outside.</summary>
    public List<(int A, int B, int C)> Triangles { get; } = [];

    /// <summary>Per vertex the bodies it follows; the weights of a vertex add up to 1.</summary>
    public List<List<(string Body, float Weight)>> Weights { get; } = [];

    public int Add(Vector3 vertex, List<(string Body, float Weight)> weights)
    {
        Vertices.Add(vertex);
        Weights.Add(weights);
        return Vertices.Count - 1;
    }

    public void AddQuad(int a, int b, int c, int d)
    {
        Triangles.Add((a, b, c));
        Triangles.Add((a, c, d));
    }

    /// <summary>Appends the image of a mesh in the plane y = 0, on the bodies of the other side.</summary>
    public void AddMirrored(SkinMesh left)
    {
        var first = Vertices.Count;
        for (var i = 0; i < left.Vertices.Count; i++)
            Add(left.Vertices[i] with { Y = -left.Vertices[i].Y }, [.. left.Weights[i].Select(w => (Mirror.Name(w.Body), w.Weight))]);
        foreach (var (a, b, c) in left.Triangles)
            Triangles.Add((first + a, first + c, first + b));
    }

    public void Append(SkinMesh other)
    {
        var first = Vertices.Count;
        Vertices.AddRange(other.Vertices);
        Weights.AddRange(other.Weights);
        Triangles.AddRange(other.Triangles.Select(t => (first + t.A, first + t.B, first + t.C)));
    }
}
