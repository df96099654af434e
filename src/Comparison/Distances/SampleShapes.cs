using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>Whether two sets of samples can be compared at all.</summary>
internal static class SampleShapes
{
    /// <summary>Refuses sets that cannot.</summary>
    public static void Require(Matrix x, Matrix y, int leastRows)
    {
        if (x.Columns != y.Columns)
            throw ClosedLoopException.Failed($"samples of {x.Columns} and of {y.Columns} dimensions cannot be compared");
        if (x.Rows < leastRows || y.Rows < leastRows || x.Columns == 0)
            throw ClosedLoopException.Failed($"{x.Rows} and {y.Rows} samples of {x.Columns} dimensions are too few; at least {leastRows} of each are needed");
        x.RequireFinite("the first samples");
        y.RequireFinite("the second samples");
    }

    /// <summary>The squared distance of two samples.</summary>
    public static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var j = 0; j < a.Length; j++)
            sum += (a[j] - b[j]) * (a[j] - b[j]);
        return sum;
    }
}
