using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public class SimilarityTests
{
    private static readonly Rdm One = new([1, 2, 3, 4, 2.5, 3.5, 1.5, 2.2, 0.7, 1.9]);
    private static readonly Rdm Other = new([0.5, 1.2, -0.3, 2, 1.1, 0.9, 1.4, -0.1, 0.8, 1.6]);

    private static readonly Matrix[] Folds =
    [
        Matrix.Of([1, 0], [0, 1], [2, 1]),
        Matrix.Of([1.2, 0.1], [-0.1, 0.8], [1.9, 1.3]),
        Matrix.Of([0.9, -0.2], [0.2, 1.1], [2.2, 0.9]),
    ];

    [Fact]
    public void Whitened_similarities_have_their_known_values()
    {
        Assert.Equal(0.7683992342361311, Similarity.Cosine(One.Values, Other.Values), 1e-12);
        Assert.Equal(0.6241073954617848, WhitenedSimilarity.Of(5).Cosine(One, Other), 1e-12);
        Assert.Equal(0.6722086573667359, WhitenedSimilarity.Of(5, Diagonal(1, 2, 0.5, 1.5, 1)).Cosine(One, Other), 1e-12);
        var decaying = new Matrix(5, 5);
        for (var i = 0; i < 5; i++)
            for (var j = 0; j < 5; j++)
                decaying[i, j] = Math.Pow(0.6, Math.Abs(i - j));
        Assert.Equal(0.7089353831166014, WhitenedSimilarity.Of(5, decaying).Cosine(One, Other), 1e-12);
        Assert.Equal(0.35313729735576505, WhitenedSimilarity.Of(5).Correlation(One.Values, Other.Values), 1e-12);
        // The short way of the identity and the long one, by the variance of all pairs.
        Assert.Equal(0.6241073954617848, WhitenedSimilarity.Of(5, Diagonal(1, 1, 1, 1, 1)).Cosine(One, Other), 1e-12);
        Assert.Equal(0.35313729735576505, WhitenedSimilarity.Of(5, Diagonal(3, 3, 3, 3, 3)).Correlation(One.Values, Other.Values), 1e-12);
    }

    [Fact]
    public void Whitened_cosine_is_the_linear_kernel_alignment_of_centred_second_moments()
    {
        var (a, b) = (SecondMoments(One), SecondMoments(Other));
        var dot = Enumerable.Range(0, 25).Sum(k => a[k] * b[k]);
        Assert.Equal(dot / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x)), WhitenedSimilarity.Of(5).Cosine(One, Other), 1e-12);

        static double[] SecondMoments(Rdm rdm)
        {
            double Mean(int i) => Enumerable.Range(0, 5).Average(j => rdm[i, j]);
            var grand = Enumerable.Range(0, 5).Average(Mean);
            return [.. from i in Enumerable.Range(0, 5) from j in Enumerable.Range(0, 5) select -0.5 * (rdm[i, j] - Mean(i) - Mean(j) + grand)];
        }
    }

    [Fact]
    public void Crossnobis_distances_have_their_known_values()
    {
        double[] expected = [0.97, 1.0883333333333334, 1.9833333333333334];
        var found = Rdm.Crossnobis(Folds);
        // Of as many folds of one precision, all pairs of folds say the same as leaving one out.
        var pairs = Rdm.Crossnobis(Folds, [Diagonal(1, 1), Diagonal(1, 1), Diagonal(1, 1)]);
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(expected[k], found.Values[k], 1e-12);
            Assert.Equal(expected[k], pairs.Values[k], 1e-12);
        }
        var scaled = Rdm.Crossnobis(Folds, Diagonal(4, 4));
        Assert.Equal(4 * expected[2], scaled.Values[2], 1e-12);
    }

    [Fact]
    public void Crossnobis_of_equal_folds_is_mahalanobis_and_of_noise_is_as_often_negative()
    {
        var precision = Matrix.Of([2, 0.5], [0.5, 1]);
        var mahalanobis = Rdm.Mahalanobis(Folds[0], precision);
        var repeated = Rdm.Crossnobis([Folds[0], Folds[0], Folds[0]], precision);
        for (var k = 0; k < 3; k++)
            Assert.Equal(mahalanobis.Values[k], repeated.Values[k], 1e-12);
        var random = new RandomStream(21, "noise");
        // The mean over folds of each times the mean of the others, as it is written down.
        Matrix[] wide = [.. Enumerable.Range(0, 3).Select(_ => PlantedCounts.Features(random, 9, 11, memory: 0))];
        var metric = PlantedCounts.Features(random, 40, 11, memory: 0.3).Covariance();
        var found = Rdm.Crossnobis(wide, metric);
        var expected = Enumerable.Range(0, 3).Average(held =>
        {
            double Difference(int fold, int c) => wide[fold][2, c] - wide[fold][7, c];
            return Enumerable.Range(0, 11).Sum(c => Enumerable.Range(0, 11).Sum(d => Enumerable.Range(0, 3).Where(fold => fold != held).Average(fold => Difference(fold, c)) * metric[c, d] * Difference(held, d)));
        }) / 11;
        Assert.Equal(expected, found[2, 7], 1e-12);
        var below = 0;
        for (var repeat = 0; repeat < 400; repeat++)
        {
            Matrix[] noise = [.. Enumerable.Range(0, 4).Select(_ => PlantedCounts.Features(random, 2, 20, memory: 0))];
            if (Rdm.Crossnobis(noise).Values[0] < 0)
                below++;
        }
        Assert.InRange(below, 160, 250);
    }

    [Fact]
    public void Dissimilarities_are_those_of_their_definitions()
    {
        var patterns = Matrix.Of([1, 2, 3, 4], [2, 2, 2, 3], [4, 3, 2, 1]);
        Assert.Equal([(1 + 0 + 1 + 1) / 4.0, (9 + 1 + 1 + 9) / 4.0, (4 + 1 + 0 + 4) / 4.0], Rdm.Euclidean(patterns).Values);
        Assert.Equal(2, Rdm.Correlation(patterns)[0, 2], 1e-12);
        Assert.Equal(0, Rdm.Correlation(patterns)[1, 1]);
        Assert.Equal(One[3, 1], One.Values[5]);
        Assert.Throws<ClosedLoopException>(() => new Rdm([1, 2]));
    }

    [Fact]
    public void Every_similarity_is_one_with_itself_and_less_with_others()
    {
        var whitened = WhitenedSimilarity.Of(5);
        Func<double[], double[], double>[] similarities =
        [
            (a, b) => Similarity.Cosine(a, b), (a, b) => Similarity.Pearson(a, b), (a, b) => Similarity.Spearman(a, b),
            (a, b) => Similarity.KendallTauA(a, b), (a, b) => whitened.Cosine(a, b), (a, b) => whitened.Correlation(a, b),
        ];
        foreach (var similarity in similarities)
        {
            Assert.Equal(1, similarity(One.Values, One.Values), 1e-12);
            Assert.InRange(similarity(One.Values, Other.Values), -1, 0.999);
            Assert.Equal(similarity(One.Values, Other.Values), similarity(Other.Values, One.Values), 1e-12);
            Assert.Equal(similarity(One.Values, Other.Values), similarity([.. One.Values.Select(x => 3 * x)], Other.Values), 1e-12);
        }
        Assert.Equal(0.6, Similarity.Spearman([1, 2, 3, 4], [2, 1, 4, 3]), 1e-12);
        Assert.Equal(1.0 / 3, Similarity.KendallTauA([1, 2, 3, 4], [2, 1, 4, 3]), 1e-12);
        Assert.Equal(5.0 / 6, Similarity.KendallTauA([1, 2, 3, 3], [1, 2, 3, 4]), 1e-12);
    }

    [Fact]
    public void Precisions_are_inverses_of_covariances_that_shrink_with_few_residuals()
    {
        var random = new RandomStream(22, "residuals");
        Matrix Residuals(int n)
        {
            var residuals = PlantedCounts.Features(random, n, 3, memory: 0);
            for (var t = 0; t < n; t++)
                (residuals[t, 1], residuals[t, 2]) = ((0.8 * residuals[t, 0]) + (0.6 * residuals[t, 1]), 3 * residuals[t, 2]);
            return residuals;
        }
        var many = Residuals(20_000);
        foreach (var precision in (Matrix[])[NoisePrecision.Full(many), NoisePrecision.ShrinkageDiagonal(many), NoisePrecision.ShrinkageIdentity(many)])
        {
            Assert.Equal(1 / 0.36, precision[0, 0], 0.1);
            Assert.Equal(-0.8 / 0.36, precision[0, 1], 0.1);
            Assert.Equal(1.0 / 9, precision[2, 2], 0.01);
        }
        var few = Residuals(6);
        var (raw, shrunk) = (few.Covariance(), NoisePrecision.ShrunkToDiagonal(few));
        Assert.Equal(raw[0, 0], shrunk[0, 0], 1e-12);
        Assert.True(Math.Abs(shrunk[0, 1]) < Math.Abs(raw[0, 1]));
        Assert.Throws<ClosedLoopException>(() => NoisePrecision.Full(Residuals(3)));
        Assert.Contains("channel 1", Assert.Throws<ClosedLoopException>(() => NoisePrecision.ShrinkageDiagonal(Matrix.Of([1, 0], [2, 0], [4, 0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shrinkage_is_that_of_the_formula()
    {
        // lambda by hand: standardised residuals (+-1 mostly), two channels, four rows.
        var residuals = Matrix.Of([1, 1], [-1, -1], [1, 0.5], [-1, -0.5]);
        var covariance = residuals.Covariance();
        var r = covariance[0, 1] / Math.Sqrt(covariance[0, 0] * covariance[1, 1]);
        var products = Enumerable.Range(0, 4).Select(t => residuals[t, 0] * residuals[t, 1] / Math.Sqrt(covariance[0, 0] * covariance[1, 1])).ToArray();
        var variance = 4.0 / 27 * products.Sum(x => (x - products.Average()) * (x - products.Average()));
        Assert.Equal(covariance[0, 1] * (1 - (variance / (r * r))), NoisePrecision.ShrunkToDiagonal(residuals)[0, 1], 1e-12);
    }

    [Fact]
    public void Noise_ceiling_stands_around_the_truth_of_noisy_subjects()
    {
        var random = new RandomStream(23, "subjects");
        Rdm[] subjects = [.. Enumerable.Range(0, 6).Select(_ => new Rdm([.. One.Values.Select(x => x + (0.5 * random.Normal()))]))];
        var whitened = WhitenedSimilarity.Of(5);
        foreach (var (ceiling, truth) in new[] { (NoiseCeiling.Whitened(subjects, whitened), subjects.Average(subject => whitened.Cosine(subject, One))), (NoiseCeiling.Cosine(subjects), subjects.Average(subject => Similarity.Cosine(subject.Values, One.Values))) })
        {
            Assert.True(ceiling.Lower < ceiling.Upper);
            Assert.InRange(truth, ceiling.Lower - 0.02, ceiling.Upper);
        }
        var same = NoiseCeiling.Whitened([One, new([.. One.Values.Select(x => 2 * x)])], whitened);
        Assert.Equal(1, same.Lower, 1e-12);
        Assert.Equal(1, same.Upper, 1e-12);
        Assert.Throws<ClosedLoopException>(() => NoiseCeiling.Cosine([One]));
    }

    [Fact]
    public void Drawn_conditions_spread_around_the_similarity()
    {
        var drawn = ConditionBootstrap.WhitenedCosines([One], Other, draws: 200);
        Assert.Equal(200, drawn.Length);
        Assert.True(drawn.SequenceEqual(drawn.Order()));
        Assert.InRange(0.6241, drawn[5], drawn[194]);
        Assert.Equal(drawn, ConditionBootstrap.WhitenedCosines([One], Other, draws: 200));
        Assert.All(ConditionBootstrap.WhitenedCosines([One], One, draws: 50), x => Assert.Equal(1, x, 1e-9));
    }

    private static Matrix Diagonal(params double[] values)
    {
        var matrix = new Matrix(values.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
            matrix[i, i] = values[i];
        return matrix;
    }
}
