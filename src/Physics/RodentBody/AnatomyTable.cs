namespace ClosedLoop.Physics;

// The rows of models/rodent/anatomy.yaml, property for key. What a key means is written in the file.
// CA1812: YamlDotNet creates them.
#pragma warning disable CA1812

internal sealed class AnatomyTable
{
    public Dictionary<string, JointKind> JointKinds { get; set; } = [];
    public List<BodyRow> Bodies { get; set; } = [];
    public TailTable Tail { get; set; } = new();
    public Dictionary<string, Dictionary<string, double>> Tendons { get; set; } = [];
    public ActuatorTable Actuators { get; set; } = new();
    public List<ShapeRow> Shapes { get; set; } = [];
    public List<string[]> ContactExcludes { get; set; } = [];
    public List<SiteRow> Sites { get; set; } = [];
    public Dictionary<string, KeypointRow> Keypoints { get; set; } = [];
    public StandingRow Standing { get; set; } = new();
}

internal sealed class JointKind
{
    public double[] RangeDeg { get; set; } = [];
    public double[]? FootModsRad { get; set; }
    public double Stiffness { get; set; }
    public double Damping { get; set; }
    public double Armature { get; set; }
    public double? RestDeg { get; set; }

    /// <summary>The range the actuators' gains are written for, rad.</summary>
    public (double Low, double High) ServoRangeRad => (RangeDeg[0] * Math.PI / 180, RangeDeg[1] * Math.PI / 180);

    /// <summary>The joint's limits, rad.</summary>
    public (double Low, double High) RangeRad(bool footModifications) =>
        footModifications && FootModsRad is { } wide ? (wide[0], wide[1]) : ServoRangeRad;
}

internal sealed record BodyRow
{
    public string Name { get; set; } = "";
    public string Parent { get; set; } = "";
    public double[] PosMm { get; set; } = [0, 0, 0];
    public double PitchDeg { get; set; }
    public double MassG { get; set; }
    public double[] ComMm { get; set; } = [0, 0, 0];
    public SolidRow Solid { get; set; } = new();
    public List<JointRow> Joints { get; set; } = [];
}

internal sealed record SolidRow
{
    public double[]? SemiAxesMm { get; set; }
    public double PitchDeg { get; set; }
    public double RadiusMm { get; set; }
    public double HalfLengthMm { get; set; }
    public double[] Axis { get; set; } = [0, 0, 1];
}

internal sealed record JointRow
{
    public string Name { get; set; } = "";
    public string Kind { get; set; } = "";
    public double[] Axis { get; set; } = [0, 1, 0];
    public double[] AnchorMm { get; set; } = [0, 0, 0];
}

internal sealed class TailTable
{
    public string Parent { get; set; } = "";
    public string Kind { get; set; } = "";

    public List<string[]> Rows { get; set; } = [];
}

internal sealed class ActuatorTable
{
    public double ActivationFilterS { get; set; }
    public List<string[]> Kp { get; set; } = [];
}

/// <summary>An actuator: drives the tendon or the joint of its name.</summary>
internal sealed record ServoRow(string Name, double Kp);

internal sealed record ShapeRow
{
    public string Name { get; set; } = "";
    public string Body { get; set; } = "";
    public string Kind { get; set; } = "";
    public double[]? SemiAxesMm { get; set; }
    public double[] AtMm { get; set; } = [0, 0, 0];
    public double PitchDeg { get; set; }
    public double[] FromMm { get; set; } = [0, 0, 0];
    public double[]? ToMm { get; set; }
    public double RadiusMm { get; set; }
}

internal sealed record SiteRow
{
    public string Name { get; set; } = "";
    public string Body { get; set; } = "";
    public double[] AtMm { get; set; } = [0, 0, 0];
    public double[]? HalfSizesMm { get; set; }
}

internal sealed class KeypointRow
{
    public string Body { get; set; } = "";
    public double[] OffsetMm { get; set; } = [0, 0, 0];
}

internal sealed class StandingRow
{
    public double TorsoHeightMm { get; set; }
    public double PitchDeg { get; set; }
    public Dictionary<string, double> JointsDeg { get; set; } = [];
}
