using System.Text.RegularExpressions;

namespace ClosedLoop.Physics;

/// <summary>Makes the right side of the body from the left, by reflection in the plane y = 0.</summary>
internal static partial class Mirror
{
    /// <summary>
    /// The entries, each unbroken run of left ones followed by its twins: the order of bodies, joints and actuators in
    /// the published model.
    /// </summary>
    public static IEnumerable<T> Runs<T>(IReadOnlyList<T> entries, Func<T, string> name, Func<T, T> twin)
    {
        var run = new List<T>();
        foreach (var entry in entries)
        {
            if (IsLeft(name(entry)))
            {
                run.Add(twin(entry));
            }
            else
            {
                foreach (var right in run)
                    yield return right;
                run.Clear();
            }
            yield return entry;
        }
        foreach (var right in run)
            yield return right;
    }

    public static bool IsLeft(string name) => LeftMark().IsMatch(name);

    /// <summary>upper_leg_L to upper_leg_R, toe_L0 to toe_R0; midline names unchanged.</summary>
    public static string Name(string name) => LeftMark().Replace(name, "_R");

    /// <summary>A position or a polar direction.</summary>
    public static double[] Point(double[] p) => [p[0], Negate(p[1]), p[2]];

    /// <summary>A position or a polar direction.</summary>
    public static float[] Point(float[] p) => [p[0], (float)Negate(p[1]), p[2]];

    /// <summary>A rotation axis: an axial vector, so that equal angles left and right are mirror images.</summary>
    public static double[] RotationAxis(double[] axis) => [Negate(axis[0]), axis[1], Negate(axis[2])];

    public static BodyRow Body(BodyRow body) => body with
    {
        Name = Name(body.Name),
        Parent = Name(body.Parent),
        PosMm = Point(body.PosMm),
        ComMm = Point(body.ComMm),
        Solid = body.Solid with { Axis = Point(body.Solid.Axis) },
        Joints = [.. body.Joints.Select(joint => joint with
        {
            Name = Name(joint.Name),
            Axis = RotationAxis(joint.Axis),
            AnchorMm = Point(joint.AnchorMm),
        })],
    };

    public static ShapeRow Shape(ShapeRow shape) => shape with
    {
        Name = Name(shape.Name),
        Body = Name(shape.Body),
        AtMm = Point(shape.AtMm),
        FromMm = Point(shape.FromMm),
        ToMm = shape.ToMm is { } to ? Point(to) : null,
    };

    public static SiteRow Site(SiteRow site) => site with
    {
        Name = Name(site.Name),
        Body = Name(site.Body),
        AtMm = Point(site.AtMm),
    };

    /// <summary>A pair of bodies and, where it names a left one, its twin pair.</summary>
    public static IEnumerable<(string First, string Second)> Pair(string[] pair)
    {
        yield return (pair[0], pair[1]);
        var twin = (Name(pair[0]), Name(pair[1]));
        // upper_arm_L with upper_arm_R is its own twin.
        if (twin != (pair[0], pair[1]) && twin.Item1 != twin.Item2)
            yield return twin;
    }

    // Not -0: it would be written as "-0".
    private static double Negate(double value) => value == 0 ? 0 : -value;

    [GeneratedRegex(@"_L(?=_|\d|$)")]
    private static partial Regex LeftMark();
}
