namespace ClosedLoop.Comparison;

/// <summary>The normal distribution.</summary>
internal static class Gaussian
{
    /// <summary>The probability of more than <paramref name="z"/> standard deviations above the mean, to 1e-13 (relative in the upper tail).</summary>
    public static double UpperTail(double z)
    {
        if (z < 0)
            return 1 - UpperTail(-z);
        var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        if (z < 3)
        {
            // The series z + z^3/3 + z^5/15 + ... of the distance from the mean.
            var (term, sum) = (z, z);
            for (var k = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); k += 2)
                sum += term *= z * z / k;
            return 0.5 - (density * sum);
        }
        // Laplace's continued fraction, from its end.
        var fraction = z;
        for (var k = 200; k >= 1; k--)
            fraction = z + (k / fraction);
        return density / fraction;
    }
}
