using ClosedLoop.Comparison;

namespace ClosedLoop.Comparing;

/// <summary>How far apart the animal's movement and the virtual body's are as distributions, in standard deviations of the animal's.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Samples">Samples of each.</param>
/// <param name="SlicedWasserstein">Sliced Wasserstein distance of order 2.</param>
/// <param name="GaussianWasserstein">Wasserstein distance of order 2 between Gaussians of the same moments, per dimension's root.</param>
/// <param name="MeanDiscrepancy">Root of the maximum mean discrepancy, squared, at the median distance.</param>
/// <param name="ClassifierAccuracy">Share of samples that their nearest neighbours tell right: 0.5 where they cannot be told apart.</param>
/// <param name="ClassifierFloor">The same accuracy between the animal's own samples of these and those stretches of time.</param>
/// <param name="WassersteinFloor">The same of the sliced Wasserstein distance.</param>
public sealed record BodyDistance(string Name, int Samples, double SlicedWasserstein, double GaussianWasserstein, double MeanDiscrepancy, double ClassifierAccuracy, double ClassifierFloor, double WassersteinFloor)
{
    private const int Stretch = 25;
    private const double LeastDeviation = 0.1;

    /// <summary>Finds it.</summary>
    /// <param name="name">What is compared.</param>
    /// <param name="real">The animal's samples, a row each.</param>
    /// <param name="virtual">The virtual body's, as many.</param>
    /// <returns>Null where the animal's do not vary, or are too few.</returns>
    public static BodyDistance? Of(string name, Matrix real, Matrix @virtual)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(@virtual);
        var (means, covariance) = (real.Means(), real.Covariance());
        // What hardly moves in the animal, as a tail or a jaw that no keypoint shows, has no scale to measure the body's by.
        var deviations = Enumerable.Range(0, real.Columns).Select(j => Math.Sqrt(covariance[j, j])).ToArray();
        double[] varying = [.. deviations.Where(deviation => deviation > 1e-6).Order()];
        int[] moving = varying.Length == 0 ? [] : [.. Enumerable.Range(0, real.Columns).Where(j => deviations[j] > LeastDeviation * varying[varying.Length / 2])];
        if (moving.Length == 0)
            return null;
        // NB: a sample and its twin of the same moment are no independent draws, and each would be the other's nearest neighbour:
        // the animal's samples are those of every other stretch of time, the body's those of the stretches between.
        var stretches = Enumerable.Range(0, real.Rows).ToLookup(i => i / Stretch % 2);
        int[] even = [.. stretches[0]], odd = [.. stretches[1]];
        Array.Resize(ref even, Math.Min(even.Length, odd.Length));
        Array.Resize(ref odd, even.Length);
        if (even.Length < Stretch)
            return null;
        var (x, y, again) = (Standard(real.Take(even)), Standard(@virtual.Take(odd)), Standard(real.Take(odd)));
        return new(
            name, x.Rows, Comparison.SlicedWasserstein.Distance(x, y), Math.Sqrt(Math.Max(0, Comparison.GaussianWasserstein.Squared(x, y)) / moving.Length),
            Math.Sqrt(Math.Max(0, MaximumMeanDiscrepancy.Squared(x, y))), ClassifierTwoSampleTest.NearestNeighbours(x, y),
            ClassifierTwoSampleTest.NearestNeighbours(x, again), Comparison.SlicedWasserstein.Distance(x, again));

        Matrix Standard(Matrix samples)
        {
            var standard = new Matrix(samples.Rows, moving.Length);
            for (var i = 0; i < standard.Rows; i++)
                for (var k = 0; k < moving.Length; k++)
                    standard[i, k] = (samples[i, moving[k]] - means[moving[k]]) / deviations[moving[k]];
            return standard;
        }
    }
}
