using System.Runtime.Intrinsics;
using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// Nearly normal numbers, sixteen at a time: sums of eight uniform ones of 13 bits, from four xoshiro256++ generators
/// (Blackman and Vigna) side by side. Their tails end at 4.9 standard deviations; what is filtered from them is closer to
/// normal. The same on every machine, whatever its vectors. Allocates nothing.
/// </summary>
internal sealed class NormalRows
{
    private const int Uniforms = 8, Dropped = 3;

    private Vector256<ulong> _a, _b, _c, _d;

    public NormalRows(RandomStream seeds)
    {
        Vector256<ulong> Draw() => Vector256.Create(Word(), Word(), Word(), Word());
        ulong Word() => ((ulong)(seeds.Uniform() * (1L << 52)) << 12) ^ (ulong)(seeds.Uniform() * (1L << 52));
        (_a, _b, _c, _d) = (Draw(), Draw(), Draw(), Draw());
    }

    /// <summary>How many numbers are drawn at a time.</summary>
    public const int Width = 16;

    /// <summary>Fills numbers with mean 0 and standard deviation 1.</summary>
    /// <param name="numbers">A multiple of <see cref="Width"/>.</param>
    public void Fill(Span<float> numbers)
    {
        // The mean of what is cut off, and the deviation of a sum of so many.
        const int Levels = 1 << (16 - Dropped);
        var centre = Vector256.Create(Uniforms * 0.5f);
        var scale = Vector256.Create((float)(1 / Math.Sqrt(Uniforms * ((Levels * (double)Levels) - 1) / 12)));
        var (a, b, c, d) = (_a, _b, _c, _d);
        for (var i = 0; i < numbers.Length; i += Width)
        {
            var sum = Vector256<short>.Zero;
            for (var k = 0; k < Uniforms; k++)
            {
                sum += Vector256.ShiftRightArithmetic((RotateLeft(a + d, 23) + a).AsInt16(), Dropped);
                var t = b << 17;
                c ^= a;
                d ^= b;
                b ^= c;
                a ^= d;
                c ^= t;
                d = RotateLeft(d, 45);
            }
            var (low, high) = Vector256.Widen(sum);
            ((Vector256.ConvertToSingle(low) + centre) * scale).CopyTo(numbers[i..]);
            ((Vector256.ConvertToSingle(high) + centre) * scale).CopyTo(numbers[(i + (Width / 2))..]);
        }
        (_a, _b, _c, _d) = (a, b, c, d);
    }

    private static Vector256<ulong> RotateLeft(Vector256<ulong> x, int bits) => (x << bits) | (x >>> (64 - bits));
}
