using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>
/// The product of eight rows and sixteen columns, whose sums stay in registers: what products of matrices are built of that
/// are too large for single dot products. Sums run in the order of the inner dimension: the same input gives the same bits.
/// </summary>
internal static unsafe class TileProduct
{
    /// <summary>Rows and columns of a tile.</summary>
    public const int Rows = 8, Columns = 16;

    /// <summary>c = a b: 8 x <paramref name="inner"/> times <paramref name="inner"/> x 16. Nothing is written before all is read: c may be a part of a.</summary>
    /// <param name="a">Rows, <paramref name="strideA"/> numbers apart.</param>
    /// <param name="strideA">See there.</param>
    /// <param name="inner">Columns of a, rows of b.</param>
    /// <param name="b">Rows, <paramref name="strideB"/> numbers apart.</param>
    /// <param name="strideB">See there.</param>
    /// <param name="c">Rows, <paramref name="strideC"/> numbers apart.</param>
    /// <param name="strideC">See there.</param>
    public static void Multiply(double* a, int strideA, int inner, double* b, int strideB, double* c, int strideC)
    {
        if (Vector512.IsHardwareAccelerated)
            Sum(a, strideA, 1, inner, b, strideB, c, strideC, add: false);
        else
            MultiplyNarrow(a, strideA, 1, inner, b, strideB, c, strideC);
    }

    /// <summary>c = a' b: <paramref name="inner"/> x 8, transposed, times <paramref name="inner"/> x 16.</summary>
    /// <param name="a">Rows of eight, <paramref name="strideA"/> numbers apart.</param>
    /// <param name="strideA">See there.</param>
    /// <param name="inner">Rows of a and b.</param>
    /// <param name="b">Rows, <paramref name="strideB"/> numbers apart.</param>
    /// <param name="strideB">See there.</param>
    /// <param name="c">Rows, <paramref name="strideC"/> numbers apart.</param>
    /// <param name="strideC">See there.</param>
    public static void MultiplyTransposed(double* a, int strideA, int inner, double* b, int strideB, double* c, int strideC)
    {
        if (Vector512.IsHardwareAccelerated)
            Sum(a, 1, strideA, inner, b, strideB, c, strideC, add: false);
        else
            MultiplyNarrow(a, 1, strideA, inner, b, strideB, c, strideC);
    }

    /// <summary>c += a' b: <paramref name="inner"/> x 8, transposed, times <paramref name="inner"/> x 16.</summary>
    /// <param name="a">Rows of eight, <paramref name="strideA"/> numbers apart.</param>
    /// <param name="strideA">See there.</param>
    /// <param name="inner">Rows of a and b.</param>
    /// <param name="b">Rows, <paramref name="strideB"/> numbers apart.</param>
    /// <param name="strideB">See there.</param>
    /// <param name="c">Rows, <paramref name="strideC"/> numbers apart.</param>
    /// <param name="strideC">See there.</param>
    public static void AddTransposed(double* a, int strideA, int inner, double* b, int strideB, double* c, int strideC)
    {
        if (Vector512.IsHardwareAccelerated)
            Sum(a, 1, strideA, inner, b, strideB, c, strideC, add: true);
        else
            AddNarrow(a, 1, strideA, inner, b, strideB, c, strideC);
    }

    /// <summary>Number (i, j) of a lies i <paramref name="toRow"/> + j <paramref name="toNext"/> numbers on.</summary>
    private static void Sum(double* a, nint toRow, nint toNext, nint inner, double* b, nint strideB, double* c, nint strideC, bool add)
    {
        double* a1 = a + toRow, a2 = a1 + toRow, a3 = a2 + toRow, a4 = a3 + toRow, a5 = a4 + toRow, a6 = a5 + toRow, a7 = a6 + toRow;
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        Vector512<double> t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default, t6 = default, t7 = default;
        // NB: nothing but these pointers may live through the loop, or there are not registers enough for them.
        for (nint j = 0, end = inner * toNext; j < end; j += toNext, b += strideB)
        {
            Vector512<double> v = Vector512.Load(b), w = Vector512.Load(b + 8);
            var x = Vector512.Create(a[j]);
            (s0, t0) = (Vector512.FusedMultiplyAdd(x, v, s0), Vector512.FusedMultiplyAdd(x, w, t0));
            x = Vector512.Create(a1[j]);
            (s1, t1) = (Vector512.FusedMultiplyAdd(x, v, s1), Vector512.FusedMultiplyAdd(x, w, t1));
            x = Vector512.Create(a2[j]);
            (s2, t2) = (Vector512.FusedMultiplyAdd(x, v, s2), Vector512.FusedMultiplyAdd(x, w, t2));
            x = Vector512.Create(a3[j]);
            (s3, t3) = (Vector512.FusedMultiplyAdd(x, v, s3), Vector512.FusedMultiplyAdd(x, w, t3));
            x = Vector512.Create(a4[j]);
            (s4, t4) = (Vector512.FusedMultiplyAdd(x, v, s4), Vector512.FusedMultiplyAdd(x, w, t4));
            x = Vector512.Create(a5[j]);
            (s5, t5) = (Vector512.FusedMultiplyAdd(x, v, s5), Vector512.FusedMultiplyAdd(x, w, t5));
            x = Vector512.Create(a6[j]);
            (s6, t6) = (Vector512.FusedMultiplyAdd(x, v, s6), Vector512.FusedMultiplyAdd(x, w, t6));
            x = Vector512.Create(a7[j]);
            (s7, t7) = (Vector512.FusedMultiplyAdd(x, v, s7), Vector512.FusedMultiplyAdd(x, w, t7));
        }
        Put(c, s0, t0, add);
        Put(c + strideC, s1, t1, add);
        Put(c + (2 * strideC), s2, t2, add);
        Put(c + (3 * strideC), s3, t3, add);
        Put(c + (4 * strideC), s4, t4, add);
        Put(c + (5 * strideC), s5, t5, add);
        Put(c + (6 * strideC), s6, t6, add);
        Put(c + (7 * strideC), s7, t7, add);
    }

    private static void Put(double* c, Vector512<double> low, Vector512<double> high, bool add)
    {
        if (add)
            (low, high) = (Vector512.Load(c) + low, Vector512.Load(c + 8) + high);
        low.Store(c);
        high.Store(c + 8);
    }

    private static void MultiplyNarrow(double* a, nint toRow, nint toNext, nint inner, double* b, nint strideB, double* c, nint strideC)
    {
        var sums = stackalloc double[Rows * Columns];
        new Span<double>(sums, Rows * Columns).Clear();
        AddNarrow(a, toRow, toNext, inner, b, strideB, sums, Columns);
        for (var i = 0; i < Rows; i++)
            new Span<double>(sums + (i * Columns), Columns).CopyTo(new(c + (i * strideC), Columns));
    }

    /// <summary>Where a vector holds four numbers, four rows and eight columns fill the registers.</summary>
    private static void AddNarrow(double* a, nint toRow, nint toNext, nint inner, double* b, nint strideB, double* c, nint strideC)
    {
        for (var half = 0; half < Columns; half += 8)
            for (var row = 0; row < Rows; row += 4)
            {
                double* a0 = a + (row * toRow), a1 = a0 + toRow, a2 = a1 + toRow, a3 = a2 + toRow, from = b + half;
                var to = c + (row * strideC) + half;
                Vector512<double> s0 = Vector512.Load(to), s1 = Vector512.Load(to + strideC), s2 = Vector512.Load(to + (2 * strideC)), s3 = Vector512.Load(to + (3 * strideC));
                for (nint j = 0, end = inner * toNext; j < end; j += toNext, from += strideB)
                {
                    var v = Vector512.Load(from);
                    s0 = Vector512.FusedMultiplyAdd(Vector512.Create(a0[j]), v, s0);
                    s1 = Vector512.FusedMultiplyAdd(Vector512.Create(a1[j]), v, s1);
                    s2 = Vector512.FusedMultiplyAdd(Vector512.Create(a2[j]), v, s2);
                    s3 = Vector512.FusedMultiplyAdd(Vector512.Create(a3[j]), v, s3);
                }
                s0.Store(to);
                s1.Store(to + strideC);
                s2.Store(to + (2 * strideC));
                s3.Store(to + (3 * strideC));
            }
    }
}
