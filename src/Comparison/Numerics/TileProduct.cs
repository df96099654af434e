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

    /// <summary>c += a b: 8 x <paramref name="inner"/> times <paramref name="inner"/> x 16.</summary>
    /// <param name="a">Rows, <paramref name="strideA"/> numbers apart.</param>
    /// <param name="strideA">See there.</param>
    /// <param name="inner">Columns of a, rows of b.</param>
    /// <param name="b">Rows, <paramref name="strideB"/> numbers apart.</param>
    /// <param name="strideB">See there.</param>
    /// <param name="c">Rows, <paramref name="strideC"/> numbers apart.</param>
    /// <param name="strideC">See there.</param>
    public static void Add(double* a, int strideA, int inner, double* b, int strideB, double* c, int strideC)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            AddNarrow(a, strideA, inner, b, strideB, c, strideC);
            return;
        }
        double* a0 = a, a1 = a0 + strideA, a2 = a1 + strideA, a3 = a2 + strideA, a4 = a3 + strideA, a5 = a4 + strideA, a6 = a5 + strideA, a7 = a6 + strideA;
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        Vector512<double> t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default, t6 = default, t7 = default;
        // NB: nothing but these pointers may live through the loop, or there are not registers enough for them.
        nint count = inner, step = strideB;
        for (nint j = 0; j < count; j++, b += step)
        {
            Vector512<double> v = Vector512.Load(b), w = Vector512.Load(b + 8);
            var x = Vector512.Create(a0[j]);
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
        Add(c, s0, t0);
        Add(c + strideC, s1, t1);
        Add(c + (2L * strideC), s2, t2);
        Add(c + (3L * strideC), s3, t3);
        Add(c + (4L * strideC), s4, t4);
        Add(c + (5L * strideC), s5, t5);
        Add(c + (6L * strideC), s6, t6);
        Add(c + (7L * strideC), s7, t7);
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
        if (!Vector512.IsHardwareAccelerated)
        {
            BlockProducts.AddTransposed(a, strideA, Rows, b, strideB, inner, c, strideC);
            BlockProducts.AddTransposed(a, strideA, Rows, b + 8, strideB, inner, c + 8, strideC);
            return;
        }
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        Vector512<double> t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default, t6 = default, t7 = default;
        nint count = inner, stepA = strideA, stepB = strideB;
        for (nint j = 0; j < count; j++, a += stepA, b += stepB)
        {
            Vector512<double> v = Vector512.Load(b), w = Vector512.Load(b + 8);
            var x = Vector512.Create(a[0]);
            (s0, t0) = (Vector512.FusedMultiplyAdd(x, v, s0), Vector512.FusedMultiplyAdd(x, w, t0));
            x = Vector512.Create(a[1]);
            (s1, t1) = (Vector512.FusedMultiplyAdd(x, v, s1), Vector512.FusedMultiplyAdd(x, w, t1));
            x = Vector512.Create(a[2]);
            (s2, t2) = (Vector512.FusedMultiplyAdd(x, v, s2), Vector512.FusedMultiplyAdd(x, w, t2));
            x = Vector512.Create(a[3]);
            (s3, t3) = (Vector512.FusedMultiplyAdd(x, v, s3), Vector512.FusedMultiplyAdd(x, w, t3));
            x = Vector512.Create(a[4]);
            (s4, t4) = (Vector512.FusedMultiplyAdd(x, v, s4), Vector512.FusedMultiplyAdd(x, w, t4));
            x = Vector512.Create(a[5]);
            (s5, t5) = (Vector512.FusedMultiplyAdd(x, v, s5), Vector512.FusedMultiplyAdd(x, w, t5));
            x = Vector512.Create(a[6]);
            (s6, t6) = (Vector512.FusedMultiplyAdd(x, v, s6), Vector512.FusedMultiplyAdd(x, w, t6));
            x = Vector512.Create(a[7]);
            (s7, t7) = (Vector512.FusedMultiplyAdd(x, v, s7), Vector512.FusedMultiplyAdd(x, w, t7));
        }
        Add(c, s0, t0);
        Add(c + strideC, s1, t1);
        Add(c + (2L * strideC), s2, t2);
        Add(c + (3L * strideC), s3, t3);
        Add(c + (4L * strideC), s4, t4);
        Add(c + (5L * strideC), s5, t5);
        Add(c + (6L * strideC), s6, t6);
        Add(c + (7L * strideC), s7, t7);
    }

    /// <summary>Copies a tile.</summary>
    public static void Copy(double* from, int strideFrom, double* to, int strideTo)
    {
        for (var i = 0; i < Rows; i++, from += strideFrom, to += strideTo)
        {
            Vector512.Load(from).Store(to);
            Vector512.Load(from + 8).Store(to + 8);
        }
    }

    /// <summary>Fills a tile with zeros.</summary>
    public static void Clear(double* to, int stride)
    {
        for (var i = 0; i < Rows; i++, to += stride)
        {
            Vector512<double>.Zero.Store(to);
            Vector512<double>.Zero.Store(to + 8);
        }
    }

    private static void Add(double* c, Vector512<double> low, Vector512<double> high)
    {
        (Vector512.Load(c) + low).Store(c);
        (Vector512.Load(c + 8) + high).Store(c + 8);
    }

    /// <summary>Where a vector holds four numbers, four rows and eight columns fill the registers.</summary>
    private static void AddNarrow(double* a, int strideA, int inner, double* b, int strideB, double* c, int strideC)
    {
        for (var half = 0; half < Columns; half += 8)
            for (var row = 0; row < Rows; row += 4)
            {
                double* a0 = a + ((long)row * strideA), a1 = a0 + strideA, a2 = a1 + strideA, a3 = a2 + strideA, from = b + half;
                var to = c + ((long)row * strideC) + half;
                Vector512<double> s0 = Vector512.Load(to), s1 = Vector512.Load(to + strideC), s2 = Vector512.Load(to + (2 * strideC)), s3 = Vector512.Load(to + (3 * strideC));
                for (nint j = 0; j < inner; j++, from += strideB)
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
