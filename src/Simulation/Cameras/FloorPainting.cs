using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>Paints arena floors: plain, chequered, lined, planked, strewn with bedding, with stains and droppings.</summary>
internal static class FloorPainting
{
    private const int Size = ArenaScenery.FloorPixels;
    private const float PixelM = (float)(ArenaScenery.FloorSideM / Size);

    public static byte[] Draw(RandomStream random, IReadOnlyList<double> ground)
    {
        var first = SceneryDrawing.Paint(random, 0.05, 0.95);
        var second = SceneryDrawing.Paint(random, 0.05, 0.95);
        // Chequers are seldom as strong as a chessboard.
        var contrast = random.Uniform() < 0.6 ? random.Uniform(0.05, 0.35) : random.Uniform(0.35, 1);
        for (var c = 0; c < 3; c++)
            second[c] = first[c] + (contrast * (second[c] - first[c]));
        var kind = random.Uniform();
        var cell = (float)Math.Exp(random.Uniform(Math.Log(0.012), Math.Log(0.15)));
        var turn = (float)random.Uniform(0, Math.PI);
        var (sin, cos) = MathF.SinCos(turn);
        var seed = (int)(random.Uniform() * 1e9);
        var grain = (float)(random.Uniform() < 0.7 ? random.Uniform(0.01, 0.12) : 0);
        var grainCell = (float)random.Uniform(0.002, 0.008);
        var stain = (float)(random.Uniform() < 0.5 ? random.Uniform(0.05, 0.3) : 0);
        var shape = random.Uniform();
        var edge = (float)random.Uniform(0.42, 0.6);
        var ringed = random.Uniform() < 0.3;

        var pixels = new byte[3 * Size * Size];
        for (var row = 0; row < Size; row++)
            for (var column = 0; column < Size; column++)
            {
                var x = ((column + 0.5f) * PixelM) - (float)(ArenaScenery.FloorSideM / 2);
                var y = (float)(ArenaScenery.FloorSideM / 2) - ((row + 0.5f) * PixelM);
                var reach = shape < 0.5 ? MathF.Sqrt((x * x) + (y * y)) : shape < 0.75 ? MathF.Max(MathF.Abs(x), MathF.Abs(y)) : 0;
                var (u, v) = (((cos * x) + (sin * y)) / cell, ((cos * y) - (sin * x)) / cell);
                var share = kind switch
                {
                    < 0.28 => 0f,
                    < 0.48 => ((int)MathF.Floor(u) + (int)MathF.Floor(v)) % 2 == 0 ? 0f : 1f,
                    < 0.56 => u - MathF.Floor(u) < 0.07f || v - MathF.Floor(v) < 0.07f ? 1f : 0f,
                    // Planks or a grid floor: stripes, each a little different.
                    < 0.66 => u - MathF.Floor(u) < 0.12f ? 1f : 0.5f * LatticeNoise.At(MathF.Floor(u), 0.15f * v, seed),
                    < 0.82 => Bedding(x, y, seed),
                    _ => (0.6f * LatticeNoise.At(u, v, seed)) + (0.4f * LatticeNoise.At(2.3f * u, 2.3f * v, seed + 1)),
                };
                var factor = 1 + (grain * ((2 * LatticeNoise.At(x / grainCell, y / grainCell, seed + 2)) - 1));
                if (stain > 0)
                    factor -= stain * MathF.Max(0, (2.5f * LatticeNoise.At(x / 0.11f, y / 0.11f, seed + 3)) - 1.5f);
                var inside = reach < edge;
                if (ringed && inside && reach > edge - 0.012f)
                    factor *= 0.4f;
                for (var c = 0; c < 3; c++)
                {
                    var level = inside ? factor * (first[c] + (share * (second[c] - first[c]))) : ground[c];
                    pixels[(3 * ((row * Size) + column)) + c] = (byte)Math.Clamp(255 * level, 0, 255);
                }
            }
        if (random.Uniform() < 0.35)
            Droppings(pixels, random, edge);
        return pixels;
    }

    // Chips that lie in all directions: noise stretched along a direction that changes from place to place.
    private static float Bedding(float x, float y, int seed)
    {
        var (sin, cos) = MathF.SinCos(6 * LatticeNoise.At(x / 0.02f, y / 0.02f, seed + 4));
        var (u, v) = (((cos * x) + (sin * y)) / 0.012f, ((cos * y) - (sin * x)) / 0.004f);
        return LatticeNoise.At(u, v, seed);
    }

    private static void Droppings(byte[] pixels, RandomStream random, double edge)
    {
        var count = 3 + (int)(random.Uniform() * 25);
        for (var i = 0; i < count; i++)
        {
            var (x, y) = (random.Uniform(-edge, edge), random.Uniform(-edge, edge));
            var angle = random.Uniform(0, Math.PI);
            var (length, width) = (random.Uniform(0.003, 0.008), random.Uniform(0.0015, 0.003));
            var tone = (byte)random.Uniform(15, 70);
            var (sin, cos) = Math.SinCos(angle);
            for (var row = (int)((0.79 - y) / PixelM) - 4; row < (int)((0.81 - y) / PixelM) + 4; row++)
                for (var column = (int)((x + 0.79) / PixelM) - 4; column < (int)((x + 0.81) / PixelM) + 4; column++)
                {
                    if (row is < 0 or >= Size || column is < 0 or >= Size)
                        continue;
                    var (dx, dy) = (((column + 0.5) * PixelM) - 0.8 - x, 0.8 - ((row + 0.5) * PixelM) - y);
                    var (a, b) = (((cos * dx) + (sin * dy)) / length, ((cos * dy) - (sin * dx)) / width);
                    if ((a * a) + (b * b) < 1)
                        pixels.AsSpan(3 * ((row * Size) + column), 3).Fill(tone);
                }
        }
    }
}
