using System.Runtime.Intrinsics;

namespace ClosedLoop.Comparison;

/// <summary>
/// Rotations of neighbouring rows, gathered and then done together, some columns at a time: a row that one rotation leaves for the
/// next stays in registers, and the columns stay in the cache from sweep to sweep.
/// </summary>
internal sealed unsafe class RowRotations
{
    private readonly double* _rows;
    private readonly int _stride;
    private readonly double[] _cosines, _sines;
    private readonly List<(int From, int Begin, int Count)> _sweeps = [];
    private int _count, _begin, _from;

    /// <summary>Looks at rows.</summary>
    /// <param name="rows">Rows, <paramref name="stride"/> numbers apart.</param>
    /// <param name="stride">See there; whole vectors.</param>
    /// <param name="count">How many rows.</param>
    public RowRotations(double* rows, int stride, int count)
    {
        _rows = rows;
        _stride = stride;
        var most = 32 * count;
        (_cosines, _sines) = (new double[most], new double[most]);
    }

    /// <summary>Begins to sweep from a row up.</summary>
    public void Begin(int row)
    {
        // NB: a sweep has fewer rotations than there are rows.
        if (_count + row > _cosines.Length)
            Finish();
        (_from, _begin) = (row, _count);
    }

    /// <summary>Turns the row that the sweep has come to, z, and the one above, y: z becomes s y + c z, and y becomes c y - s z.</summary>
    public void Add(double c, double s) => (_cosines[_count], _sines[_count++]) = (c, s);

    /// <summary>Ends a sweep.</summary>
    public void End()
    {
        if (_count > _begin)
            _sweeps.Add((_from, _begin, _count - _begin));
    }

    /// <summary>Does what was gathered.</summary>
    public void Finish()
    {
        const int Wide = 32;
        fixed (double* cosines = _cosines, sines = _sines)
        {
            var column = 0;
            for (; column + Wide <= _stride; column += Wide)
                foreach (var (from, begin, count) in _sweeps)
                    Turn(_rows + ((long)from * _stride) + column, cosines + begin, sines + begin, count);
            for (; column < _stride; column += 8)
                foreach (var (from, begin, count) in _sweeps)
                    TurnVector(_rows + ((long)from * _stride) + column, cosines + begin, sines + begin, count);
        }
        _sweeps.Clear();
        (_count, _begin) = (0, 0);
    }

    private void Turn(double* row, double* cosines, double* sines, int count)
    {
        Vector512<double> z0 = Vector512.Load(row), z1 = Vector512.Load(row + 8), z2 = Vector512.Load(row + 16), z3 = Vector512.Load(row + 24);
        for (var k = 0; k < count; k++)
        {
            Vector512<double> c = Vector512.Create(cosines[k]), s = Vector512.Create(sines[k]);
            var above = row - _stride;
            Vector512<double> y0 = Vector512.Load(above), y1 = Vector512.Load(above + 8), y2 = Vector512.Load(above + 16), y3 = Vector512.Load(above + 24);
            Vector512.FusedMultiplyAdd(s, y0, c * z0).Store(row);
            Vector512.FusedMultiplyAdd(s, y1, c * z1).Store(row + 8);
            Vector512.FusedMultiplyAdd(s, y2, c * z2).Store(row + 16);
            Vector512.FusedMultiplyAdd(s, y3, c * z3).Store(row + 24);
            (z0, z1) = (Vector512.FusedMultiplyAdd(c, y0, -(s * z0)), Vector512.FusedMultiplyAdd(c, y1, -(s * z1)));
            (z2, z3) = (Vector512.FusedMultiplyAdd(c, y2, -(s * z2)), Vector512.FusedMultiplyAdd(c, y3, -(s * z3)));
            row = above;
        }
        z0.Store(row);
        z1.Store(row + 8);
        z2.Store(row + 16);
        z3.Store(row + 24);
    }

    private void TurnVector(double* row, double* cosines, double* sines, int count)
    {
        var z = Vector512.Load(row);
        for (var k = 0; k < count; k++)
        {
            Vector512<double> c = Vector512.Create(cosines[k]), s = Vector512.Create(sines[k]);
            var above = row - _stride;
            var y = Vector512.Load(above);
            Vector512.FusedMultiplyAdd(s, y, c * z).Store(row);
            z = Vector512.FusedMultiplyAdd(c, y, -(s * z));
            row = above;
        }
        z.Store(row);
    }
}
