using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>A permutation test of paired differences: under chance each could as well have had the other sign.</summary>
public static class SignFlipTest
{
    /// <summary>The probability of a mean this high or higher by chance (one-sided), among so many random signs and the one observed.</summary>
    /// <param name="differences">One a pair.</param>
    /// <param name="permutations">How many random signs.</param>
    /// <param name="seed">Of the signs.</param>
    public static double Greater(IReadOnlyList<double> differences, int permutations = 10_000, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(differences);
        var random = new RandomStream(seed, "signs");
        var observed = differences.Sum();
        var margin = 1e-12 * differences.Sum(Math.Abs);
        var reached = 1;
        for (var k = 0; k < permutations; k++)
        {
            var sum = 0.0;
            for (var i = 0; i < differences.Count; i++)
                sum += random.Uniform() < 0.5 ? differences[i] : -differences[i];
            if (sum >= observed - margin)
                reached++;
        }
        return reached / (permutations + 1.0);
    }
}
