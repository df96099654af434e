using ClosedLoop.Comparison;

namespace ClosedLoop.Comparing;

/// <summary>How far apart the animal's movement and the virtual body's are as distributions, in standard deviations of the animal's.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Samples">Samples of each.</param>
/// <param name="SlicedWasserstein">Sliced Wasserstein distance of order 2.</param>
/// <param name="GaussianWasserstein">Wasserstein distance of order 2 between Gaussians of the same moments, per dimension's root.</param>
/// <param name="MeanDiscrepancy">Root of the maximum mean discrepancy, squared, at the median distance.</param>
/// <param name="ClassifierAccuracy">Share of samples that their nearest neighbours tell right: 0.5 where they cannot be told apart.</param>
/// <param name="Floor">The same accuracy between two halves of the animal's own samples.</param>
public sealed record BodyDistance(string Name, int Samples, double SlicedWasserstein, double GaussianWasserstein, double MeanDiscrepancy, double ClassifierAccuracy, double Floor)
{
    /// <summary>Finds it.</summary>
    /// <param name="name">What is compared.</param>
    /// <param name="real">The animal's samples, a row each.</param>
    /// <param name="virtual">The virtual body's, as many.</param>
    /// <returns>Null where the animal's do not vary.</returns>
    public static BodyDistance? Of(string name, Matrix real, Matrix @virtual)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(@virtual);
        var (means, covariance) = (real.Means(), real.Covariance());
        // What does not move, as a jaw that no keypoint shows, has no scale to be measured in.
        int[] moving = [.. Enumerable.Range(0, real.Columns).Where(j => covariance[j, j] > 1e-12)];
        if (moving.Length == 0)
            return null;
        var (x, y) = (Standard(real), Standard(@virtual));
        var halves = Enumerable.Range(0, x.Rows).ToLookup(i => i % 2);
        return new(
            name, x.Rows, Comparison.SlicedWasserstein.Distance(x, y), Math.Sqrt(Math.Max(0, Comparison.GaussianWasserstein.Squared(x, y)) / moving.Length),
            Math.Sqrt(Math.Max(0, MaximumMeanDiscrepancy.Squared(x, y))), ClassifierTwoSampleTest.NearestNeighbours(x, y),
            ClassifierTwoSampleTest.NearestNeighbours(x.Take([.. halves[0]]), x.Take([.. halves[1]])));

        Matrix Standard(Matrix samples)
        {
            var standard = new Matrix(samples.Rows, moving.Length);
            for (var i = 0; i < standard.Rows; i++)
                for (var k = 0; k < moving.Length; k++)
                    standard[i, k] = (samples[i, moving[k]] - means[moving[k]]) / Math.Sqrt(covariance[moving[k], moving[k]]);
            return standard;
        }
    }
}
