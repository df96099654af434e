using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClosedLoop.Physics;

/// <summary>
/// The body under the fur: the smooth union of round cones in the neutral pose (world frame, mm), as a signed distance.
/// </summary>
internal sealed class Flesh
{
    // Farther cones do not change the union at a point: exp(-8) of the nearest one's share.
    private const float Reach = 8;

    private readonly (Vector3 From, Vector3 To, float FromRadius, float ToRadius, string Body)[] cones;
    private readonly float blend;

    public Flesh(FleshTable table, IReadOnlyDictionary<string, NeutralFrame> frames)
    {
        blend = table.BlendMm;
        cones = [.. table.Cones.SelectMany(WithTwin).Select(cone => (
            frames[cone.Body].ToWorld(NeutralFrame.Vector(cone.From)),
            frames[cone.Body].ToWorld(NeutralFrame.Vector(cone.To)),
            cone.Radii[0], cone.Radii[1], cone.Body))];
    }

    /// <summary>Corners of a box that holds all of the flesh, mm.</summary>
    public (Vector3 Low, Vector3 High) Bounds()
    {
        var (low, high) = (new Vector3(float.MaxValue), new Vector3(float.MinValue));
        foreach (var (from, to, fromRadius, toRadius, _) in cones)
        {
            low = Vector3.Min(low, Vector3.Min(from - new Vector3(fromRadius), to - new Vector3(toRadius)));
            high = Vector3.Max(high, Vector3.Max(from + new Vector3(fromRadius), to + new Vector3(toRadius)));
        }
        // The blend swells joints between cones.
        return (low - new Vector3(3 * blend), high + new Vector3(3 * blend));
    }

    /// <summary>Signed distance to the surface, mm; negative inside.</summary>
    // Used a few hundred thousand times right after the start: it must not wait for the compiler to notice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float Distance(Vector3 point)
    {
        Span<float> distances = stackalloc float[cones.Length];
        var nearest = float.MaxValue;
        for (var i = 0; i < cones.Length; i++)
            nearest = Math.Min(nearest, distances[i] = Distance(point, i));
        var sum = 0f;
        foreach (var distance in distances)
            if (distance - nearest < Reach * blend)
                sum += MathF.Exp((nearest - distance) / blend);
        return nearest - (blend * MathF.Log(sum));
    }

    /// <summary>Outward normal of the surface through a point.</summary>
    public Vector3 Normal(Vector3 point)
    {
        const float Step = 0.05f;
        return Vector3.Normalize(new(
            Distance(point + new Vector3(Step, 0, 0)) - Distance(point - new Vector3(Step, 0, 0)),
            Distance(point + new Vector3(0, Step, 0)) - Distance(point - new Vector3(0, Step, 0)),
            Distance(point + new Vector3(0, 0, Step)) - Distance(point - new Vector3(0, 0, Step))));
    }

    /// <summary>The bodies that a point of the surface follows, with weights that add up to 1; at most four.</summary>
    public List<(string Body, float Weight)> Weights(Vector3 point)
    {
        const float SoftnessMm = 3.5f, LeastWeight = 0.02f;
        var nearest = new Dictionary<string, float>();
        for (var i = 0; i < cones.Length; i++)
        {
            var distance = Distance(point, i);
            if (!nearest.TryGetValue(cones[i].Body, out var known) || distance < known)
                nearest[cones[i].Body] = distance;
        }
        var least = nearest.Values.Min();
        var weights = nearest
            .Select(pair => (Body: pair.Key, Weight: MathF.Exp((least - pair.Value) / SoftnessMm)))
            .Where(pair => pair.Weight > LeastWeight)
            .OrderByDescending(pair => pair.Weight).ThenBy(pair => pair.Body, StringComparer.Ordinal)
            .Take(4).ToList();
        var sum = weights.Sum(pair => pair.Weight);
        return [.. weights.Select(pair => (pair.Body, pair.Weight / sum))];
    }

    // A sphere that slides from one end to the other while its radius changes; exact enough for slender cones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Distance(Vector3 point, int i)
    {
        var (from, to, fromRadius, toRadius, _) = cones[i];
        var axis = to - from;
        var share = Math.Clamp(Vector3.Dot(point - from, axis) / Math.Max(1e-6f, axis.LengthSquared()), 0, 1);
        return (point - from - (share * axis)).Length() - (fromRadius + (share * (toRadius - fromRadius)));
    }

    private static IEnumerable<ConeRow> WithTwin(ConeRow cone)
    {
        yield return cone;
        if (Mirror.IsLeft(cone.Body) || cone.From[1] != 0 || cone.To[1] != 0)
            yield return cone with { Body = Mirror.Name(cone.Body), From = Mirror.Point(cone.From), To = Mirror.Point(cone.To) };
    }
}
