using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>
/// A symmetric matrix as an orthogonal one times a tridiagonal one times the transpose, by Householder's reflections (Golub and Van
/// Loan, Matrix Computations, section 8.3.1), from the last row up. Only lower triangles are looked at, and each step changes a
/// row and multiplies it with the next reflection while it is there: the matrix goes through the caches once a step.
/// </summary>
internal sealed unsafe class Tridiagonal : IDisposable
{
    // Rows of the orthogonal matrix that are made together, each reflection read once for all of them.
    private const int Together = 4;

    private readonly AlignedBuffer _rows;
    private readonly double[] _inverses;
    private readonly int _n;

    /// <summary>Reduces the lower triangle of a matrix, times a factor.</summary>
    public Tridiagonal(Matrix matrix, double factor)
    {
        _n = matrix.Rows;
        Stride = TrianglePanels.Stride(BlockProducts.Padded(_n));
        _rows = new((long)_n * Stride);
        (Diagonal, OffDiagonal, _inverses) = (new double[_n], new double[_n], new double[_n]);
        for (var i = 0; i < _n; i++)
        {
            var to = Row(i);
            var from = matrix.Row(i);
            for (var j = 0; j <= i; j++)
                to[j] = factor * from[j];
        }
        if (_n > 0)
            Reduce();
    }

    /// <summary>The diagonal.</summary>
    public double[] Diagonal { get; }

    /// <summary>What stands between a number of the diagonal and the next one; the last is 0.</summary>
    public double[] OffDiagonal { get; }

    /// <summary>Numbers from one row of <see cref="Basis"/> to the next.</summary>
    public int Stride { get; }

    /// <summary>The orthogonal matrix, transposed: its rows are the directions that the tridiagonal matrix is written in.</summary>
    public AlignedBuffer Basis()
    {
        var basis = new AlignedBuffer((long)(_n + Together) * Stride);
        for (var first = 0; first < _n; first += Together)
        {
            var rows = basis.Data + ((long)first * Stride);
            for (var i = 0; i < Together; i++)
                rows[((long)i * Stride) + first + i] = first + i < _n ? 1 : 0;
            // NB: a reflection changes nothing that lies behind its last number, so those before are left out.
            for (var i = first + 1; i < _n; i++)
                if (_inverses[i] != 0)
                    Reflect(rows, Stride, Row(i), i, _inverses[i]);
        }
        return basis;
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private double* Row(int i) => _rows.Data + ((long)i * Stride);

    private void Reduce()
    {
        using var work = new AlignedBuffer(3L * Stride);
        double* w = work.Data, products = w + Stride, none = products + Stride;
        var last = _n - 1;
        Diagonal[last] = Row(last)[last];
        Begin(last);
        for (var r = 0; r < last; r++)
            Change(Row(r), r, none, none, Row(last), products);
        for (var i = last; i > 0; i--)
        {
            // With p = A v / h: A - v w' - w v' where w = p - (v' p / 2h) v.
            var inverse = _inverses[i];
            ReadOnlySpan<double> v = new(Row(i), i);
            Span<double> p = new(w, i);
            p.Clear();
            Vectors.AddScaled(p, inverse, new(products, i));
            Vectors.AddScaled(p, -0.5 * inverse * Vectors.Dot(v, p), v);
            // The row that the next reflection comes from is changed first.
            var next = Row(i - 1);
            var (own, ownW) = (v[i - 1], p[i - 1]);
            Vectors.AddScaled(new(next, i), -own, p);
            Vectors.AddScaled(new(next, i), -ownW, v);
            Diagonal[i - 1] = next[i - 1];
            Begin(i - 1);
            for (var r = 0; r < i - 1; r++)
                Change(Row(r), r, Row(i), w, next, products);
        }
    }

    /// <summary>Turns the numbers of a row before its diagonal into the reflection that leaves the last of them alone.</summary>
    private void Begin(int i)
    {
        var row = Row(i);
        row[i] = 0;
        if (i == 0)
            return;
        ReadOnlySpan<double> others = new(row, i - 1);
        var (square, last) = (Vectors.Dot(others, others), row[i - 1]);
        OffDiagonal[i - 1] = last;
        if (square == 0)
        {
            new Span<double>(row, i).Clear();
            return;
        }
        var length = Math.Sqrt(square + (last * last));
        // NB: of the two signs that which takes nothing off.
        OffDiagonal[i - 1] = last > 0 ? -length : length;
        row[i - 1] -= OffDiagonal[i - 1];
        _inverses[i] = 1 / (length * (length + Math.Abs(last)));
    }

    /// <summary>Changes a row of the lower triangle, row -= v_r w' + w_r v', and adds what it has in the product of the matrix and the next reflection.</summary>
    private static void Change(double* row, int r, double* v, double* w, double* next, double* products)
    {
        var (minusV, minusW, nextR) = (-v[r], -w[r], next[r]);
        Vector512<double> byV = Vector512.Create(minusV), byW = Vector512.Create(minusW), by = Vector512.Create(nextR), sums = default;
        var j = 0;
        for (; j + 8 <= r; j += 8)
        {
            var a = Vector512.FusedMultiplyAdd(byV, Vector512.Load(w + j), Vector512.FusedMultiplyAdd(byW, Vector512.Load(v + j), Vector512.Load(row + j)));
            a.Store(row + j);
            sums = Vector512.FusedMultiplyAdd(a, Vector512.Load(next + j), sums);
            Vector512.FusedMultiplyAdd(by, a, Vector512.Load(products + j)).Store(products + j);
        }
        var sum = Vector512.Sum(sums);
        for (; j < r; j++)
        {
            row[j] += (minusV * w[j]) + (minusW * v[j]);
            sum += row[j] * next[j];
            products[j] += nextR * row[j];
        }
        row[r] += 2 * minusV * w[r];
        products[r] = sum + (row[r] * nextR);
    }

    /// <summary>Rows less twice their share of a reflection.</summary>
    private static void Reflect(double* rows, int stride, double* v, int length, double inverse)
    {
        double* r1 = rows + stride, r2 = r1 + stride, r3 = r2 + stride;
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default;
        // NB: behind its last number a reflection is 0 up to a whole vector.
        for (var j = 0; j < length; j += 8)
        {
            var x = Vector512.Load(v + j);
            (s0, s1) = (Vector512.FusedMultiplyAdd(x, Vector512.Load(rows + j), s0), Vector512.FusedMultiplyAdd(x, Vector512.Load(r1 + j), s1));
            (s2, s3) = (Vector512.FusedMultiplyAdd(x, Vector512.Load(r2 + j), s2), Vector512.FusedMultiplyAdd(x, Vector512.Load(r3 + j), s3));
        }
        (s0, s1) = (Vector512.Create(-inverse * Vector512.Sum(s0)), Vector512.Create(-inverse * Vector512.Sum(s1)));
        (s2, s3) = (Vector512.Create(-inverse * Vector512.Sum(s2)), Vector512.Create(-inverse * Vector512.Sum(s3)));
        for (var j = 0; j < length; j += 8)
        {
            var x = Vector512.Load(v + j);
            Vector512.FusedMultiplyAdd(x, s0, Vector512.Load(rows + j)).Store(rows + j);
            Vector512.FusedMultiplyAdd(x, s1, Vector512.Load(r1 + j)).Store(r1 + j);
            Vector512.FusedMultiplyAdd(x, s2, Vector512.Load(r2 + j)).Store(r2 + j);
            Vector512.FusedMultiplyAdd(x, s3, Vector512.Load(r3 + j)).Store(r3 + j);
        }
    }
}
