namespace ClosedLoop.Comparison;

/// <summary>A fitted Poisson encoding model: the expected count of a bin is exp(<see cref="Intercept"/> + x . <see cref="Weights"/>).</summary>
/// <param name="Weights">One a feature, in units of the features as they were given.</param>
/// <param name="Intercept">Log of the expected count where all features are 0.</param>
/// <param name="Converged">Whether the tolerance was reached; false where the optimum lies at infinity, as without a penalty and with a feature that silences the unit.</param>
/// <param name="Iterations">Steps taken.</param>
public sealed record PoissonFit(double[] Weights, double Intercept, bool Converged, int Iterations)
{
    /// <summary>Expected counts of the bins of a table.</summary>
    /// <param name="features">With the columns that the model was fitted to.</param>
    public double[] Predict(Matrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var expected = new double[features.Rows];
        for (var t = 0; t < expected.Length; t++)
            expected[t] = Math.Exp(Math.Min(PoissonRegression.MostLogCount, Intercept + Vectors.Dot(Weights, features.Row(t))));
        return expected;
    }
}
