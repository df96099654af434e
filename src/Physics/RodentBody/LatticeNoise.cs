using System.Numerics;

namespace ClosedLoop.Physics;

/// <summary>Smooth noise: random values on a lattice of whole numbers, blended between. The same everywhere for the same seed.</summary>
public static class LatticeNoise
{
    /// <summary>The value at a point, 0 to 1.</summary>
    public static float At(Vector3 point, int seed)
    {
        var (x, y, z) = (MathF.Floor(point.X), MathF.Floor(point.Y), MathF.Floor(point.Z));
        var (u, v, w) = (Ease(point.X - x), Ease(point.Y - y), Ease(point.Z - z));
        var (i, j, k) = ((int)x, (int)y, (int)z);
        return Mix(
            Mix(Mix(Value(i, j, k, seed), Value(i + 1, j, k, seed), u), Mix(Value(i, j + 1, k, seed), Value(i + 1, j + 1, k, seed), u), v),
            Mix(Mix(Value(i, j, k + 1, seed), Value(i + 1, j, k + 1, seed), u), Mix(Value(i, j + 1, k + 1, seed), Value(i + 1, j + 1, k + 1, seed), u), v),
            w);
    }

    /// <summary>The value at a point of the plane, 0 to 1.</summary>
    public static float At(float x, float y, int seed)
    {
        var (fx, fy) = (MathF.Floor(x), MathF.Floor(y));
        var (u, v) = (Ease(x - fx), Ease(y - fy));
        var (i, j) = ((int)fx, (int)fy);
        return Mix(Mix(Value(i, j, 0, seed), Value(i + 1, j, 0, seed), u), Mix(Value(i, j + 1, 0, seed), Value(i + 1, j + 1, 0, seed), u), v);
    }

    private static float Ease(float x) => x * x * (3 - (2 * x));

    private static float Mix(float a, float b, float share) => a + (share * (b - a));

    private static float Value(int x, int y, int z, int seed)
    {
        var h = unchecked(((uint)x * 0x9E3779B1u) ^ ((uint)y * 0x85EBCA77u) ^ ((uint)z * 0xC2B2AE3Du) ^ ((uint)seed * 0x27D4EB2Fu));
        h = unchecked((h ^ (h >> 15)) * 0x2C1B3C6Du);
        h = unchecked((h ^ (h >> 12)) * 0x297A2D39u);
        return (h ^ (h >> 15)) * (1f / 4294967296f);
    }
}
