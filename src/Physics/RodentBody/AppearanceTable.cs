namespace ClosedLoop.Physics;

// The rows of models/rodent/appearance.yaml, property for key. What a key means is written in the file.
// CA1812: YamlDotNet creates them.
#pragma warning disable CA1812

internal sealed class AppearanceTable
{
    public FleshTable Flesh { get; set; } = new();
    public TubeTable Tubes { get; set; } = new();
    public List<BlobRow> Blobs { get; set; } = [];
    public WhiskerTable Whiskers { get; set; } = new();
    public CoatTable Coat { get; set; } = new();
}

internal sealed class FleshTable
{
    public float BlendMm { get; set; }
    public float CellMm { get; set; }
    public List<ConeRow> Cones { get; set; } = [];
}

internal sealed record ConeRow
{
    public string Body { get; set; } = "";
    public float[] From { get; set; } = [0, 0, 0];
    public float[] To { get; set; } = [0, 0, 0];
    public float[] Radii { get; set; } = [0, 0];
}

internal sealed class TubeTable
{
    public int Sides { get; set; }
    public List<TubeRow> Rows { get; set; } = [];
    public TailTubeRow Tail { get; set; } = new();
}

internal sealed record TubeRow
{
    public string Body { get; set; } = "";
    public List<float[]> Points { get; set; } = [];
    public float[] Radii { get; set; } = [];
    public float Flat { get; set; } = 1;
}

internal sealed class TailTubeRow
{
    public string From { get; set; } = "";
    public float[] Radii { get; set; } = [0, 0];
}

internal sealed record BlobRow
{
    public string Body { get; set; } = "";
    public float[] At { get; set; } = [0, 0, 0];
    public float[] SemiAxes { get; set; } = [1, 1, 1];
    public float[] Along { get; set; } = [1, 0, 0];
    public float[] Face { get; set; } = [0, 0, 1];
    public float Cup { get; set; }
    public string Colour { get; set; } = "";
}

internal sealed class WhiskerTable
{
    public float LengthMm { get; set; }
    public float RadiusMm { get; set; }
    public List<WhiskerRow> Rows { get; set; } = [];
}

internal sealed record WhiskerRow
{
    public string Body { get; set; } = "";
    public float[] At { get; set; } = [0, 0, 0];
    public float[] Along { get; set; } = [0, 1, 0];
}

internal sealed class CoatTable
{
    public double[] Dark { get; set; } = [];
    public double[] Light { get; set; } = [];
    public float HoodEdgeMm { get; set; }
    public float StripeHalfWidthMm { get; set; }
    public float SoftMm { get; set; }
    public double[] Skin { get; set; } = [];
    public double[] Ear { get; set; } = [];
    public double[] Eye { get; set; } = [];
}
