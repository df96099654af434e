namespace ClosedLoop.PoseTracking;

/// <summary>
/// Solves positive definite systems whose matrix has the shape of a kinematic tree: an entry (i, j) is non-zero only
/// where j lies between i and the root. Factorised leaves first as L' D L nothing fills in (Featherstone, Rigid Body
/// Dynamics Algorithms, 2008, section 6.5), which costs a third of the dense factorisation on a rat.
/// </summary>
internal sealed class TreeCholesky
{
    private readonly int[] _parent;
    private readonly int _size;

    /// <summary>Makes a solver for a tree given by each row's next row toward the root (-1 at the root).</summary>
    public TreeCholesky(int[] parent)
    {
        _parent = parent;
        _size = parent.Length;
        Matrix = new double[_size * _size];
    }

    /// <summary>The lower triangle, row-major; overwritten by <see cref="Factorise"/>.</summary>
    public double[] Matrix { get; }

    /// <summary>Factorises in place.</summary>
    /// <returns>False where the matrix is not positive definite.</returns>
    public bool Factorise()
    {
        var (m, parent, n) = (Matrix, _parent, _size);
        for (var k = n - 1; k >= 0; k--)
        {
            var rowK = m.AsSpan(k * n, n);
            var pivot = rowK[k];
            if (!(pivot > 0))
                return false;
            var inverse = 1 / pivot;
            for (var i = parent[k]; i >= 0; i = parent[i])
            {
                var a = rowK[i] * inverse;
                if (a == 0)
                    continue;
                var rowI = m.AsSpan(i * n, n);
                for (var j = i; j >= 0; j = parent[j])
                    rowI[j] -= a * rowK[j];
                rowK[i] = a;
            }
        }
        return true;
    }

    /// <summary>Solves for <paramref name="x"/>, which holds the right side on entry.</summary>
    public void Solve(Span<double> x)
    {
        var (m, parent, n) = (Matrix, _parent, _size);
        for (var i = n - 1; i >= 0; i--)
            for (var j = parent[i]; j >= 0; j = parent[j])
                x[j] -= m[(i * n) + j] * x[i];
        for (var i = 0; i < n; i++)
        {
            x[i] /= m[(i * n) + i];
            for (var j = parent[i]; j >= 0; j = parent[j])
                x[i] -= m[(i * n) + j] * x[j];
        }
    }
}
