using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>Numbers in rows and columns, row after row.</summary>
public sealed class Matrix
{
    /// <summary>Makes a matrix of zeros.</summary>
    public Matrix(int rows, int columns)
        : this(rows, columns, new double[(long)rows * columns])
    {
    }

    /// <summary>Looks at numbers that are there.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="values">Row after row; not copied.</param>
    public Matrix(int rows, int columns, double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (values.LongLength != (long)rows * columns)
            throw new ArgumentException($"{rows} x {columns} numbers are needed, and there are {values.LongLength}", nameof(values));
        (Rows, Columns, Values) = (rows, columns, values);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>All numbers, row after row.</summary>
    public double[] Values { get; }

    /// <summary>One number.</summary>
    public double this[int row, int column]
    {
        get => Values[((long)row * Columns) + column];
        set => Values[((long)row * Columns) + column] = value;
    }

    /// <summary>One row.</summary>
    public Span<double> Row(int row) => Values.AsSpan(checked(row * Columns), Columns);

    /// <summary>A copy of one column.</summary>
    public double[] Column(int column)
    {
        var copy = new double[Rows];
        for (var i = 0; i < Rows; i++)
            copy[i] = this[i, column];
        return copy;
    }

    /// <summary>A matrix of rows.</summary>
    /// <exception cref="ArgumentException">The rows differ in length.</exception>
    public static Matrix Of(params double[][] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var matrix = new Matrix(rows.Length, rows.Length == 0 ? 0 : rows[0].Length);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Length != matrix.Columns)
                throw new ArgumentException($"row {i} has {rows[i].Length} numbers, the first has {matrix.Columns}", nameof(rows));
            rows[i].CopyTo(matrix.Row(i));
        }
        return matrix;
    }

    /// <summary>Those rows, in that order.</summary>
    public Matrix Take(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var taken = new Matrix(rows.Count, Columns);
        for (var i = 0; i < rows.Count; i++)
            Row(rows[i]).CopyTo(taken.Row(i));
        return taken;
    }

    /// <summary>The mean of every column.</summary>
    public double[] Means()
    {
        var means = new double[Columns];
        for (var i = 0; i < Rows; i++)
        {
            var row = Row(i);
            for (var j = 0; j < row.Length; j++)
                means[j] += row[j];
        }
        for (var j = 0; j < Columns; j++)
            means[j] /= Rows;
        return means;
    }

    /// <summary>The covariance of the columns.</summary>
    /// <param name="degreesLost">Taken off the number of rows in the divisor: 1 for the unbiased one.</param>
    public Matrix Covariance(int degreesLost = 1)
    {
        var means = Means();
        using var gram = new GramSum(Columns);
        for (var first = 0; first < Rows; first += GramSum.BlockRows)
        {
            var count = Math.Min(GramSum.BlockRows, Rows - first);
            for (var i = 0; i < count; i++)
                Subtract(Row(first + i), means, gram.RowOfBlock(i));
            gram.Add(count);
        }
        return gram.ToMatrix(1.0 / (Rows - degreesLost));
    }

    private static void Subtract(ReadOnlySpan<double> row, ReadOnlySpan<double> means, Span<double> to)
    {
        for (var j = 0; j < row.Length; j++)
            to[j] = row[j] - means[j];
    }

    /// <summary>Refuses a number that is not one.</summary>
    /// <param name="what">What the matrix is, as in "the features".</param>
    /// <exception cref="ClosedLoopException">There is one; its row and column are named.</exception>
    public void RequireFinite(string what)
    {
        for (var k = 0L; k < Values.LongLength; k++)
            if (!double.IsFinite(Values[k]))
                throw ClosedLoopException.Failed($"row {k / Columns}, column {k % Columns} of {what} is no finite number; leave such rows out, or fill them, first");
    }
}
