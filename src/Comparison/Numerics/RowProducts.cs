using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClosedLoop.Comparison;

/// <summary>
/// The dot products of four rows with four, whose sums stay in registers: for products of few rows that are long, where tiles of
/// sixteen columns would be empty for the most part. A sum is kept as eight, of every eighth number each, until all is added
/// that goes into it. The order of sums is fixed: the same input gives the same bits.
/// </summary>
internal static unsafe class RowProducts
{
    /// <summary>Rows of either side.</summary>
    public const int Rows = 4;

    /// <summary>Numbers that sixteen unfinished sums take.</summary>
    public const int Numbers = Rows * Rows * 8;

    /// <summary>sums += a b', or that over several blocks of rows.</summary>
    /// <param name="a">Four rows, <paramref name="stride"/> numbers apart.</param>
    /// <param name="b">Four rows, <paramref name="stride"/> numbers apart.</param>
    /// <param name="stride">See there.</param>
    /// <param name="length">Of a row; a multiple of 8.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="toBlock">From the first row of one to that of the next: rows.</param>
    /// <param name="sums"><see cref="Numbers"/> numbers.</param>
    public static void Add(double* a, double* b, int stride, int length, int blocks, int toBlock, double* sums)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            for (var i = 0; i < Rows; i += 2)
                for (var j = 0; j < Rows; j += 2)
                    AddNarrow(a + ((long)i * stride), b + ((long)j * stride), stride, length, blocks, (nint)toBlock * stride, sums + (((i * Rows) + j) * 8));
            return;
        }
        double* a1 = a + stride, a2 = a1 + stride, a3 = a2 + stride, b1 = b + stride, b2 = b1 + stride, b3 = b2 + stride;
        Vector512<double> s00 = Vector512.Load(sums), s01 = Vector512.Load(sums + 8), s02 = Vector512.Load(sums + 16), s03 = Vector512.Load(sums + 24);
        Vector512<double> s10 = Vector512.Load(sums + 32), s11 = Vector512.Load(sums + 40), s12 = Vector512.Load(sums + 48), s13 = Vector512.Load(sums + 56);
        Vector512<double> s20 = Vector512.Load(sums + 64), s21 = Vector512.Load(sums + 72), s22 = Vector512.Load(sums + 80), s23 = Vector512.Load(sums + 88);
        Vector512<double> s30 = Vector512.Load(sums + 96), s31 = Vector512.Load(sums + 104), s32 = Vector512.Load(sums + 112), s33 = Vector512.Load(sums + 120);
        nint jump = ((nint)toBlock * stride) - length, k = 0;
        for (; blocks > 0; blocks--, k += jump)
            for (var end = k + length; k < end; k += 8)
            {
                Vector512<double> y0 = Vector512.Load(b + k), y1 = Vector512.Load(b1 + k), y2 = Vector512.Load(b2 + k), y3 = Vector512.Load(b3 + k);
                var x = Vector512.Load(a + k);
                (s00, s01) = (Vector512.FusedMultiplyAdd(x, y0, s00), Vector512.FusedMultiplyAdd(x, y1, s01));
                (s02, s03) = (Vector512.FusedMultiplyAdd(x, y2, s02), Vector512.FusedMultiplyAdd(x, y3, s03));
                x = Vector512.Load(a1 + k);
                (s10, s11) = (Vector512.FusedMultiplyAdd(x, y0, s10), Vector512.FusedMultiplyAdd(x, y1, s11));
                (s12, s13) = (Vector512.FusedMultiplyAdd(x, y2, s12), Vector512.FusedMultiplyAdd(x, y3, s13));
                x = Vector512.Load(a2 + k);
                (s20, s21) = (Vector512.FusedMultiplyAdd(x, y0, s20), Vector512.FusedMultiplyAdd(x, y1, s21));
                (s22, s23) = (Vector512.FusedMultiplyAdd(x, y2, s22), Vector512.FusedMultiplyAdd(x, y3, s23));
                x = Vector512.Load(a3 + k);
                (s30, s31) = (Vector512.FusedMultiplyAdd(x, y0, s30), Vector512.FusedMultiplyAdd(x, y1, s31));
                (s32, s33) = (Vector512.FusedMultiplyAdd(x, y2, s32), Vector512.FusedMultiplyAdd(x, y3, s33));
            }
        Put(sums, s00, s01, s02, s03);
        Put(sums + 32, s10, s11, s12, s13);
        Put(sums + 64, s20, s21, s22, s23);
        Put(sums + 96, s30, s31, s32, s33);
    }

    /// <summary>Begins sixteen sums with 0.</summary>
    public static void Clear(double* sums)
    {
        for (var k = 0; k < Numbers; k += 8)
            Vector512<double>.Zero.Store(sums + k);
    }

    /// <summary>Finishes sixteen sums.</summary>
    /// <param name="sums">What was added up.</param>
    /// <param name="to">Four rows of four, <paramref name="stride"/> numbers apart.</param>
    /// <param name="stride">See there.</param>
    public static void Finish(double* sums, double* to, int stride)
    {
        for (var i = 0; i < Rows; i++, to += stride, sums += 8 * Rows)
        {
            Vector256<double> s0 = Halved(sums), s1 = Halved(sums + 8), s2 = Halved(sums + 16), s3 = Halved(sums + 24);
            if (!Avx.IsSupported)
            {
                (to[0], to[1], to[2], to[3]) = (Vector256.Sum(s0), Vector256.Sum(s1), Vector256.Sum(s2), Vector256.Sum(s3));
                continue;
            }
            // Two sums at a time lie side by side: a sum by itself is mostly moves.
            Vector256<double> left = Avx.HorizontalAdd(s0, s1), right = Avx.HorizontalAdd(s2, s3);
            Vector256.Create(left.GetLower() + left.GetUpper(), right.GetLower() + right.GetUpper()).Store(to);
        }
    }

    private static Vector256<double> Halved(double* sum) => Vector256.Load(sum) + Vector256.Load(sum + 4);

    private static void Put(double* to, Vector512<double> s0, Vector512<double> s1, Vector512<double> s2, Vector512<double> s3)
    {
        s0.Store(to);
        s1.Store(to + 8);
        s2.Store(to + 16);
        s3.Store(to + 24);
    }

    /// <summary>Where a vector holds four numbers, two rows of either side fill the registers.</summary>
    private static void AddNarrow(double* a, double* b, nint stride, nint length, int blocks, nint toBlock, double* sums)
    {
        double* a1 = a + stride, b1 = b + stride, next = sums + (8 * Rows);
        Vector512<double> s00 = Vector512.Load(sums), s01 = Vector512.Load(sums + 8), s10 = Vector512.Load(next), s11 = Vector512.Load(next + 8);
        nint jump = toBlock - length, k = 0;
        for (; blocks > 0; blocks--, k += jump)
            for (var end = k + length; k < end; k += 8)
            {
                Vector512<double> x0 = Vector512.Load(a + k), x1 = Vector512.Load(a1 + k), y = Vector512.Load(b + k);
                (s00, s10) = (Vector512.FusedMultiplyAdd(x0, y, s00), Vector512.FusedMultiplyAdd(x1, y, s10));
                y = Vector512.Load(b1 + k);
                (s01, s11) = (Vector512.FusedMultiplyAdd(x0, y, s01), Vector512.FusedMultiplyAdd(x1, y, s11));
            }
        s00.Store(sums);
        s01.Store(sums + 8);
        s10.Store(next);
        s11.Store(next + 8);
    }
}
