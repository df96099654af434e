using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>Sums over vectors, eight numbers at once. Their order is fixed, so that results are the same bit for bit.</summary>
internal static class Vectors
{
    /// <summary>The inner product.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        var sum = Vector512<double>.Zero;
        var i = 0;
        for (; i + 8 <= a.Length; i += 8)
            sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref Unsafe.Add(ref pa, i)), Vector512.LoadUnsafe(ref Unsafe.Add(ref pb, i)), sum);
        var result = Vector512.Sum(sum);
        for (; i < a.Length; i++)
            result += a[i] * b[i];
        return result;
    }

    /// <summary>Adds a multiple of one vector to another.</summary>
    public static void AddScaled(Span<double> target, double scale, ReadOnlySpan<double> source)
    {
        ref var to = ref MemoryMarshal.GetReference(target);
        ref var from = ref MemoryMarshal.GetReference(source);
        var factor = Vector512.Create(scale);
        var i = 0;
        for (; i + 8 <= source.Length; i += 8)
            Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref Unsafe.Add(ref from, i)), Vector512.LoadUnsafe(ref Unsafe.Add(ref to, i))).StoreUnsafe(ref Unsafe.Add(ref to, i));
        for (; i < source.Length; i++)
            target[i] += scale * source[i];
    }
}
