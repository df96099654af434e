using ClosedLoop.Core;
using static ClosedLoop.Physics.MjcfText;

namespace ClosedLoop.Physics;

/// <summary>Writes one rat, and the world around it, as MJCF.</summary>
internal sealed class MjcfWriter(Anatomy anatomy, RodentBodyOptions options)
{
    private readonly MjcfText xml = new();
    private readonly double metresPerMm = options.Scale * 1e-3;
    private readonly double kgPerG = (options.MassKg ?? (anatomy.MassG * 1e-3 * options.Scale * options.Scale * options.Scale)) / anatomy.MassG;
    private readonly ILookup<string, BodyRow> children = anatomy.Bodies.ToLookup(body => body.Parent);
    private readonly ILookup<string, ShapeRow> shapes = anatomy.Shapes.ToLookup(shape => shape.Body);
    private readonly ILookup<string, SiteRow> sites = anatomy.Sites.ToLookup(site => site.Body);

    /// <summary>The bodies in the order in which MuJoCo numbers them.</summary>
    public static IEnumerable<BodyRow> DepthFirst(Anatomy anatomy)
    {
        var children = anatomy.Bodies.ToLookup(body => body.Parent);
        return children["world"].SelectMany(Walk);
        IEnumerable<BodyRow> Walk(BodyRow body) => children[body.Name].SelectMany(Walk).Prepend(body);
    }

    /// <summary>The range, rad, that an actuator's control -1..1 spans: a joint's, or the sum over a tendon's joints.</summary>
    public static (double Low, double High) ServoRange(Anatomy anatomy, string actuator)
    {
        if (!anatomy.Tendons.TryGetValue(actuator, out var coefficients))
            return Kind(anatomy, actuator).ServoRangeRad;
        var (low, high) = (0.0, 0.0);
        foreach (var (joint, coefficient) in coefficients)
        {
            var range = Kind(anatomy, joint).ServoRangeRad;
            low += coefficient * range.Low;
            high += coefficient * range.High;
        }
        return (low, high);
    }

    public string Write()
    {
        xml.Open("mujoco", "model", Name("rat"));
        xml.Element("compiler", "angle", "radian", "coordinate", "local");
        WriteOptions();
        WriteDefaults();
        var scenery = options.Floor ? options.Scenery : null;
        if (scenery is not null)
            scenery.WriteVisual(xml);
        else if (options.Floor)
            Surroundings.WriteVisual(xml);
        xml.Open("asset");
        if (scenery is not null)
            scenery.WriteAssets(xml);
        else if (options.Floor)
            Surroundings.WriteAssets(xml);
        if (options.Appearance == RodentAppearance.Skin)
            RodentSkin.Rat.Write(xml, options.NamePrefix, options.Scale, options.Coat);
        xml.Close();
        xml.Open("worldbody");
        if (scenery is not null)
            scenery.WriteWorld(xml, options.Collision != RodentCollision.None);
        else if (options.Floor)
            Surroundings.WriteWorld(xml, options);
        foreach (var body in children["world"])
            WriteBody(body);
        xml.Close();
        if (options.Collision == RodentCollision.SelfCollision)
            WriteExcludes();
        WriteTendons();
        WriteActuators();
        WriteSensors();
        return xml.Close().ToString();
    }

    private static JointKind Kind(Anatomy anatomy, string joint) =>
        anatomy.Kinds[anatomy.Bodies.SelectMany(body => body.Joints).First(row => row.Name == joint).Kind];

    private string Name(string name) => options.NamePrefix + name;

    private string Metres(double[] mm) => Vector(mm[0] * metresPerMm, mm[1] * metresPerMm, mm[2] * metresPerMm);

    private void WriteOptions()
    {
        // Measured against a converged Newton solve along random motion on the floor: 20 PGS iterations miss the next
        // velocity of the root by 0.02 mm/s rms (at most 0.2), 6 CG iterations, the usual choice for this animal, by
        // 2.6 mm/s (39), 4 Newton iterations by 0.2 mm/s (8); and PGS is the fastest, since the rat has few contacts.
        xml.Element("option", "timestep", Number(RodentBody.TimestepS), "solver", "PGS", "iterations", "20", "tolerance", "1e-8");
        xml.Element("size", "njmax", "700", "nconmax", "150");
        xml.Element("statistic", "meansize", Number(3 * metresPerMm), "extent", Number(200 * metresPerMm));
    }

    private void WriteDefaults()
    {
        xml.Open("default");
        xml.Element("joint", "limited", "true", "solreflimit", "0.01 1", "solimplimit", "0.99 0.9999 0");
        xml.Element("geom", "group", options.Appearance == RodentAppearance.Skin ? "3" : "2", "friction", "0.7 0.005 0.0001", "solref", "0.005 1", "condim", "1", "rgba", "0.55 0.42 0.32 1");
        xml.Element("site", "group", "4", "size", Number(2.5 * metresPerMm));
        xml.Element("general", "ctrllimited", "true", "ctrlrange", "-1 1", "forcelimited", "false", "dyntype", "filter",
            "dynprm", Number(anatomy.ActivationFilterS), "gaintype", "fixed");
        xml.Close();
    }

    private void WriteBody(BodyRow body)
    {
        xml.Open("body", "name", Name(body.Name), "pos", Metres(body.PosMm),
            "quat", body.PitchDeg == 0 ? null : Vector(SolidInertia.Pitch(body.PitchDeg)));
        if (body.Parent == "world")
        {
            xml.Element("freejoint", "name", Name("root"));
            Surroundings.WriteTrackingCameras(xml, options);
        }
        var (moments, orientation) = SolidInertia.Of(body.Solid, metresPerMm);
        var mass = body.MassG * kgPerG;
        xml.Element("inertial", "pos", Metres(body.ComMm), "quat", Vector(orientation), "mass", Number(mass),
            "diaginertia", Vector(mass * moments[0], mass * moments[1], mass * moments[2]));
        foreach (var joint in body.Joints)
        {
            var kind = anatomy.Kinds[joint.Kind];
            var (low, high) = kind.RangeRad(options.FootModifications);
            xml.Element("joint", "name", Name(joint.Name), "axis", Vector(joint.Axis), "pos", Metres(joint.AnchorMm),
                "range", Vector(low, high), "stiffness", Number(kind.Stiffness), "damping", Number(kind.Damping),
                "armature", Number(kind.Armature), "springref", kind.RestDeg is { } rest ? Number(rest * Math.PI / 180) : null);
        }
        foreach (var shape in shapes[body.Name])
            WriteShape(shape);
        foreach (var site in sites[body.Name])
            xml.Element("site", "name", Name(site.Name), "pos", Metres(site.AtMm),
                "type", site.HalfSizesMm is null ? null : "box", "size", site.HalfSizesMm is { } half ? Metres(half) : null);
        foreach (var name in KeypointLayout.Rat23.Names)
            if (options.KeypointSites && anatomy.Keypoints[name].Body == body.Name)
                xml.Element("site", "name", Name(name), "pos", Metres(anatomy.Keypoints[name].OffsetMm), "rgba", KeypointColour(name));
        foreach (var child in children[body.Name])
            WriteBody(child);
        xml.Close();
    }

    private static string KeypointColour(string name) => name[^1] switch
    {
        // SpineL is the lumbar spine, not a left one.
        'L' when name != "SpineL" => "0.16 0.47 0.84 1",
        'R' => "0.86 0.24 0.2 1",
        _ => "0.95 0.76 0.15 1",
    };

    private void WriteShape(ShapeRow shape)
    {
        var self = options.Collision == RodentCollision.SelfCollision;
        var collides = options.Collision != RodentCollision.None;
        var (type, size) = shape.SemiAxesMm is { } axes ? ("ellipsoid", Metres(axes))
            : shape.ToMm is null ? ("sphere", Number(shape.RadiusMm * metresPerMm))
            : ("capsule", Number(shape.RadiusMm * metresPerMm));
        var paw = shape.Kind == "paw";
        xml.Element("geom", "name", Name(shape.Name), "type", type, "size", size,
            "pos", type == "capsule" ? null : Metres(shape.SemiAxesMm is null ? shape.FromMm : shape.AtMm),
            "quat", shape.PitchDeg == 0 ? null : Vector(SolidInertia.Pitch(shape.PitchDeg)),
            "fromto", type == "capsule" ? $"{Metres(shape.FromMm)} {Metres(shape.ToMm!)}" : null,
            "contype", collides ? "1" : "0",
            "conaffinity", self && shape.Kind != "trunk" ? "1" : "0",
            "condim", paw ? "3" : shape.Kind == "tail" ? "1" : "3",
            "priority", paw ? "1" : null,
            "friction", paw ? "1.5 0.005 0.0001" : null,
            "rgba", paw || shape.Kind == "tail" ? "0.9 0.66 0.6 1" : null,
            // The bodies' own inertia holds all the mass.
            "mass", "0");
    }

    private void WriteExcludes()
    {
        xml.Open("contact");
        foreach (var (first, second) in anatomy.Excludes)
            xml.Element("exclude", "body1", Name(first), "body2", Name(second));
        xml.Close();
    }

    private void WriteTendons()
    {
        xml.Open("tendon");
        foreach (var (name, coefficients) in anatomy.Tendons)
        {
            xml.Open("fixed", "name", Name(name), "limited", "false");
            foreach (var (joint, coefficient) in coefficients)
                xml.Element("joint", "joint", Name(joint), "coef", Number(coefficient));
            xml.Close();
        }
        xml.Close();
    }

    private void WriteActuators()
    {
        xml.Open("actuator");
        foreach (var (name, kp) in anatomy.Actuators)
        {
            var tendon = anatomy.Tendons.ContainsKey(name);
            var limit = tendon ? kp : kp / 2;
            var (low, high) = ServoRange(anatomy, name);
            var servo = options.Actuation == RodentActuation.Position;
            xml.Element("general", "name", Name(name), tendon ? "tendon" : "joint", Name(name),
                "gainprm", Number(servo ? kp * (high - low) / 2 : limit),
                "biastype", servo ? "affine" : "none",
                "biasprm", servo ? Vector(kp * (high + low) / 2, -kp) : null,
                "forcerange", Vector(-limit, limit),
                "gear", servo ? null : Number(options.Scale * options.Scale));
        }
        xml.Close();
    }

    private void WriteSensors()
    {
        xml.Open("sensor");
        xml.Element("accelerometer", "name", Name("accelerometer"), "site", Name("head"));
        xml.Element("velocimeter", "name", Name("velocimeter"), "site", Name("head"));
        xml.Element("gyro", "name", Name("gyro"), "site", Name("head"));
        foreach (var name in (string[])["palm_L", "palm_R", "sole_L", "sole_R"])
            xml.Element("touch", "name", Name(name), "site", Name(name));
        xml.Element("subtreelinvel", "name", Name("torso"), "body", Name("torso"));
        xml.Close();
    }
}
