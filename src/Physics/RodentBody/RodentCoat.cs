using System.Numerics;

namespace ClosedLoop.Physics;

/// <summary>
/// Colours and markings of a rat. Its fur is a blend of two colours: dark over head and shoulders (the hood) and along
/// the back (the stripe), light below and behind; extreme edges make it plain. Colours are red, green, blue, 0 to 1.
/// Places are mm at scale 1 in the neutral pose: x forwards from the chest, z upwards.
/// </summary>
public sealed record RodentCoat
{
    /// <summary>The fur's dark colour.</summary>
    public IReadOnlyList<double> Dark { get; init; } = [0.215, 0.16, 0.125];

    /// <summary>The fur's light colour.</summary>
    public IReadOnlyList<double> Light { get; init; } = [0.86, 0.82, 0.75];

    /// <summary>Bare skin: paws, tail, nose.</summary>
    public IReadOnlyList<double> Skin { get; init; } = [0.86, 0.62, 0.56];

    /// <summary>The ears.</summary>
    public IReadOnlyList<double> Ear { get; init; } = [0.62, 0.45, 0.41];

    /// <summary>The eyes.</summary>
    public IReadOnlyList<double> Eye { get; init; } = [0.02, 0.012, 0.012];

    /// <summary>x of the hood's hind edge; far back (-300): dark all over, far forward (300): no hood.</summary>
    public double HoodEdgeMm { get; init; } = 22;

    /// <summary>Half width of the dark stripe along the back; below -50: none.</summary>
    public double StripeHalfWidthMm { get; init; } = 7;

    /// <summary>z below which the fur is light whatever lies above; -300: nowhere.</summary>
    public double BellyMm { get; init; } = -300;

    /// <summary>Width of the blend at the edges.</summary>
    public double SoftMm { get; init; } = 5;

    /// <summary>How strongly tufts of fur differ, as a share of the difference between the two colours.</summary>
    public double Mottle { get; init; }

    /// <summary>Size of the tufts.</summary>
    public double MottleMm { get; init; } = 10;

    /// <summary>Share of the back that light patches cover, 0 to 1.</summary>
    public double Patches { get; init; }

    /// <summary>Size of the patches.</summary>
    public double PatchMm { get; init; } = 30;

    /// <summary>Which of the many coats that the other numbers allow: moves edges, tufts and patches.</summary>
    public int Individual { get; init; }

    /// <summary>How light the fur is at a point of the neutral pose: 0 dark, 1 light.</summary>
    internal float Shade(Vector3 vertex)
    {
        // A wavy edge looks grown, a straight one painted.
        var phase = Individual * 1.7f;
        var wave = (3f * MathF.Sin((0.21f * vertex.Z) + phase)) + (2.2f * MathF.Sin((0.35f * vertex.Y) + (0.13f * vertex.Z)));
        var soft = (float)SoftMm;
        var hood = Smooth(((float)HoodEdgeMm + wave - vertex.X) / soft);
        var back = Math.Max(0, (66 - vertex.Z) / 3);
        var stripe = Smooth((MathF.Abs(vertex.Y) + back + (0.8f * MathF.Sin((0.23f * vertex.X) + phase)) + (0.6f * MathF.Sin((0.41f * vertex.X) + 1)) - (float)StripeHalfWidthMm) / soft);
        var shade = Math.Min(hood, stripe);
        if (BellyMm > -299)
            shade = Math.Max(shade, Smooth(((float)BellyMm + wave - vertex.Z) / soft));
        if (Patches > 0)
            shade = Math.Max(shade, Smooth((LatticeNoise.At(vertex / (float)PatchMm, Individual) - 1 + (float)Patches) * 6));
        if (Mottle > 0)
            shade += (float)Mottle * ((2 * LatticeNoise.At(vertex / (float)MottleMm, Individual + 7919)) - 1);
        return Math.Clamp(shade, 0, 1);
    }

    private static float Smooth(float x)
    {
        x = Math.Clamp((x + 1) / 2, 0, 1);
        return x * x * (3 - (2 * x));
    }
}
