namespace ClosedLoop.Comparison;

/// <summary>The Wasserstein distance of normal distributions fitted to samples; of networks' features, what is known as Frechet's inception distance.</summary>
public static class GaussianWasserstein
{
    /// <summary>|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^1/2), with covariances over n - 1.</summary>
    /// <param name="x">Rows are samples; at least 2.</param>
    /// <param name="y">Samples of the same dimensions.</param>
    /// <param name="ridge">Added to both covariances' diagonals.</param>
    /// <exception cref="Core.ClosedLoopException">Dimensions differ, or there are too few samples.</exception>
    public static double Squared(Matrix x, Matrix y, double ridge = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        SampleShapes.Require(x, y, leastRows: 2);
        var (one, other) = (Ridged(x.Covariance()), Ridged(y.Covariance()));
        // The eigenvalues of S1 S2 are those of the symmetric S1^1/2 S2 S1^1/2.
        var root = SquareRoot(one);
        var product = SymmetricEigen.Of(Times(Times(root, other), root));
        var distance = SampleShapes.SquaredDistance(x.Means(), y.Means());
        for (var j = 0; j < one.Rows; j++)
            distance += one[j, j] + other[j, j] - (2 * Math.Sqrt(Math.Max(0, product.Values[j])));
        return distance;

        Matrix Ridged(Matrix covariance)
        {
            for (var j = 0; j < covariance.Rows; j++)
                covariance[j, j] += ridge;
            return covariance;
        }
    }

    private static Matrix SquareRoot(Matrix matrix)
    {
        var eigen = SymmetricEigen.Of(matrix);
        var root = new Matrix(matrix.Rows, matrix.Rows);
        for (var k = 0; k < matrix.Rows; k++)
        {
            var axis = eigen.Vectors.Row(k);
            for (var i = 0; i < matrix.Rows; i++)
                Vectors.AddScaled(root.Row(i), Math.Sqrt(Math.Max(0, eigen.Values[k])) * axis[i], axis);
        }
        return root;
    }

    private static Matrix Times(Matrix a, Matrix b)
    {
        var product = new Matrix(a.Rows, b.Columns);
        for (var i = 0; i < a.Rows; i++)
            for (var k = 0; k < a.Columns; k++)
                Vectors.AddScaled(product.Row(i), a[i, k], b.Row(k));
        return product;
    }
}
