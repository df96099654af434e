using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>Draws the coat of a rat: hooded (about a third), plain dark, plain white, brown, blazed with a light belly, or patched.</summary>
internal static class CoatDrawing
{
    public static RodentCoat Draw(RandomStream random)
    {
        var strain = random.Uniform();
        var coat = new RodentCoat
        {
            Individual = (int)(random.Uniform() * 1e6),
            SoftMm = random.Uniform(2, 10),
            Mottle = random.Uniform() < 0.6 ? random.Uniform(0.05, 0.35) : 0,
            MottleMm = random.Uniform(3, 14),
            Dark = Fur(random, random.Uniform(0.03, 0.28)),
            Light = Fur(random, random.Uniform(0.6, 0.97)),
            Skin = [random.Uniform(0.45, 0.95), random.Uniform(0.35, 0.66), random.Uniform(0.3, 0.6)],
            Ear = [random.Uniform(0.3, 0.9), random.Uniform(0.25, 0.62), random.Uniform(0.22, 0.58)],
            HoodEdgeMm = random.Uniform(-5, 45),
            StripeHalfWidthMm = random.Uniform(-12, 16),
        };
        return strain switch
        {
            < 0.36 => coat,
            // White, as Wistar and Sprague-Dawley rats are: one colour with red eyes.
            < 0.54 => coat with { Dark = Tinted(coat.Light, 0.86), HoodEdgeMm = 300, StripeHalfWidthMm = -100, Eye = random.Uniform() < 0.8 ? [0.5, 0.08, 0.1] : coat.Eye },
            < 0.70 => coat with { Light = Fur(random, random.Uniform(0.1, 0.4)), HoodEdgeMm = -300, StripeHalfWidthMm = 7 },
            // Agouti, brown, grey: between the two.
            < 0.84 => coat with
            {
                Dark = Fur(random, random.Uniform(0.2, 0.45)),
                Light = Fur(random, random.Uniform(0.4, 0.75)),
                HoodEdgeMm = -300,
                BellyMm = random.Uniform() < 0.6 ? random.Uniform(10, 32) : -300,
                Mottle = random.Uniform(0.1, 0.5),
            },
            < 0.92 => coat with { HoodEdgeMm = -300, BellyMm = random.Uniform(15, 38) },
            _ => coat with { HoodEdgeMm = random.Uniform(-60, 20), Patches = random.Uniform(0.3, 0.75), PatchMm = random.Uniform(18, 45) },
        };
    }

    // Fur is grey with more or less red and yellow in it.
    private static double[] Fur(RandomStream random, double lightness)
    {
        var warmth = random.Uniform(0, 0.35);
        return [Math.Min(1, lightness * (1 + (0.4 * warmth))), lightness * (1 - (0.25 * warmth)), lightness * (1 - (0.9 * warmth))];
    }

    private static double[] Tinted(IReadOnlyList<double> colour, double factor) => [.. colour.Select(c => c * factor)];
}
