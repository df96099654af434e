using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>
/// The two products that regressions spend their time in, over panels of eight columns: eight rows by eight columns stay
/// in registers (AVX-512; two halves of it each where a processor has AVX2). Every sum runs in the order of rows: the same
/// input gives the same bits.
/// </summary>
internal static unsafe class BlockProducts
{
    /// <summary>Columns of a panel.</summary>
    public const int Panel = 8;

    /// <summary>The least multiple of <see cref="Panel"/> that is not below <paramref name="n"/>.</summary>
    public static int Padded(int n) => (n + Panel - 1) / Panel * Panel;

    /// <summary>c = a b: <paramref name="rows"/> x <paramref name="inner"/> times <paramref name="inner"/> x 8.</summary>
    /// <param name="a">Rows, <paramref name="strideA"/> numbers apart.</param>
    /// <param name="strideA">See there.</param>
    /// <param name="b">A panel, row after row.</param>
    /// <param name="c">A panel, row after row; overwritten.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="inner">Columns of a, rows of b.</param>
    public static void Multiply(double* a, int strideA, double* b, double* c, int rows, int inner) => Multiply(a, strideA, b, c, Panel, rows, inner);

    /// <summary>The same with rows of c that lie apart. Nothing of eight rows is written before all of them is read: c may be a part of a.</summary>
    /// <param name="a">Rows, <paramref name="strideA"/> numbers apart.</param>
    /// <param name="strideA">See there.</param>
    /// <param name="b">A panel, row after row.</param>
    /// <param name="c">Rows of eight, <paramref name="strideC"/> numbers apart; overwritten.</param>
    /// <param name="strideC">See there.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="inner">Columns of a, rows of b.</param>
    public static void Multiply(double* a, int strideA, double* b, double* c, int strideC, int rows, int inner)
    {
        var r = 0;
        for (; r + 8 <= rows; r += 8)
        {
            double* a0 = a + ((long)r * strideA), a1 = a0 + strideA, a2 = a1 + strideA, a3 = a2 + strideA, a4 = a3 + strideA, a5 = a4 + strideA, a6 = a5 + strideA, a7 = a6 + strideA;
            Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            for (var j = 0; j < inner; j++)
            {
                var v = Vector512.Load(b + (8L * j));
                s0 = Vector512.FusedMultiplyAdd(Vector512.Create(a0[j]), v, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Create(a1[j]), v, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Create(a2[j]), v, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Create(a3[j]), v, s3);
                s4 = Vector512.FusedMultiplyAdd(Vector512.Create(a4[j]), v, s4);
                s5 = Vector512.FusedMultiplyAdd(Vector512.Create(a5[j]), v, s5);
                s6 = Vector512.FusedMultiplyAdd(Vector512.Create(a6[j]), v, s6);
                s7 = Vector512.FusedMultiplyAdd(Vector512.Create(a7[j]), v, s7);
            }
            var to = c + ((long)r * strideC);
            s0.Store(to);
            s1.Store(to + strideC);
            s2.Store(to + (2 * strideC));
            s3.Store(to + (3 * strideC));
            s4.Store(to + (4 * strideC));
            s5.Store(to + (5 * strideC));
            s6.Store(to + (6 * strideC));
            s7.Store(to + (7 * strideC));
        }
        for (; r < rows; r++)
        {
            var row = a + ((long)r * strideA);
            var sum = Vector512<double>.Zero;
            for (var j = 0; j < inner; j++)
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), Vector512.Load(b + (8L * j)), sum);
            sum.Store(c + ((long)r * strideC));
        }
    }

    /// <summary>c += a' b: <paramref name="columns"/> x <paramref name="rows"/> times <paramref name="rows"/> x 8.</summary>
    /// <param name="a">Rows, <paramref name="strideA"/> numbers apart.</param>
    /// <param name="strideA">See there.</param>
    /// <param name="columns">Columns of a and rows of c; a multiple of 8.</param>
    /// <param name="b">Rows of eight, <paramref name="strideB"/> numbers apart.</param>
    /// <param name="strideB">See there.</param>
    /// <param name="rows">Rows of a and b.</param>
    /// <param name="c">Rows of eight, <paramref name="strideC"/> numbers apart.</param>
    /// <param name="strideC">See there.</param>
    public static void AddTransposed(double* a, int strideA, int columns, double* b, int strideB, int rows, double* c, int strideC)
    {
        for (var j = 0; j < columns; j += 8)
        {
            var to = c + ((long)j * strideC);
            Vector512<double> s0 = Vector512.Load(to), s1 = Vector512.Load(to + strideC), s2 = Vector512.Load(to + (2 * strideC)), s3 = Vector512.Load(to + (3 * strideC)),
                s4 = Vector512.Load(to + (4 * strideC)), s5 = Vector512.Load(to + (5 * strideC)), s6 = Vector512.Load(to + (6 * strideC)), s7 = Vector512.Load(to + (7 * strideC));
            double* from = a + j, with = b;
            for (var r = 0; r < rows; r++, from += strideA, with += strideB)
            {
                var v = Vector512.Load(with);
                s0 = Vector512.FusedMultiplyAdd(Vector512.Create(from[0]), v, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Create(from[1]), v, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Create(from[2]), v, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Create(from[3]), v, s3);
                s4 = Vector512.FusedMultiplyAdd(Vector512.Create(from[4]), v, s4);
                s5 = Vector512.FusedMultiplyAdd(Vector512.Create(from[5]), v, s5);
                s6 = Vector512.FusedMultiplyAdd(Vector512.Create(from[6]), v, s6);
                s7 = Vector512.FusedMultiplyAdd(Vector512.Create(from[7]), v, s7);
            }
            s0.Store(to);
            s1.Store(to + strideC);
            s2.Store(to + (2 * strideC));
            s3.Store(to + (3 * strideC));
            s4.Store(to + (4 * strideC));
            s5.Store(to + (5 * strideC));
            s6.Store(to + (6 * strideC));
            s7.Store(to + (7 * strideC));
        }
    }
}
