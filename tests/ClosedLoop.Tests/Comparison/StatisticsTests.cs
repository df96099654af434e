using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public class StatisticsTests
{
    [Fact]
    public void Signed_ranks_have_scipys_exact_probability()
    {
        var (sum, p) = WilcoxonSignedRank.Greater([0.31, -0.12, 0.45, 0.22, 0.08, 0.5, -0.03, 0.27, 0.61, 0.19]);
        Assert.Equal(51, sum);
        Assert.Equal(0.0068359375, p, 1e-15);
    }

    [Fact]
    public void Signed_ranks_leave_zeros_out_and_correct_for_ties()
    {
        Assert.Equal(WilcoxonSignedRank.Greater([1, 2, -3]), WilcoxonSignedRank.Greater([0, 1, 2, 0, -3]));
        Assert.Equal((0, 1), WilcoxonSignedRank.Greater([0, 0]));
        // Ranks 1.5, 1.5, 3.5, 3.5, 5; W+ = 13.5 of mean 7.5 and variance 13.75 - 12 / 48.
        var (sum, p) = WilcoxonSignedRank.Greater([1, -1, 2, 2, 3]);
        Assert.Equal(13.5, sum);
        Assert.Equal(0.0512, p, 1e-4);
        // Five folds can never reach 5 % two-sided, and 1/32 is their least.
        Assert.Equal(1.0 / 32, WilcoxonSignedRank.Greater([1, 2, 3, 4, 5]).P, 1e-15);
    }

    [Fact]
    public void Normal_tails_are_those_of_tables()
    {
        Assert.Equal(0.5, Gaussian.UpperTail(0), 1e-15);
        Assert.Equal(0.0249978951482204, Gaussian.UpperTail(1.96), 1e-13);
        Assert.Equal(0.97724986805182, Gaussian.UpperTail(-2), 1e-13);
        Assert.Equal(1, Gaussian.UpperTail(6) / 9.865876450376946e-10, 1e-10);
    }

    [Fact]
    public void Adjusted_probabilities_are_cumulative_minima()
    {
        var adjusted = BenjaminiHochberg.Adjust([0.01, 0.04, double.NaN, 0.03, 0.005, 0.9]);
        double[] expected = [0.025, 0.05, double.NaN, 0.05, 0.025, 0.9];
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], adjusted[i], 1e-15);
    }

    [Fact]
    public void Random_signs_reach_what_is_there_as_seldom_as_they_should()
    {
        Assert.InRange(SignFlipTest.Greater([1, 2, 1.5, 0.7, 1, 2, 3, 1, 1, 0.4]), 0.0003, 0.003);
        Assert.InRange(SignFlipTest.Greater([1, -1, 2, -2]), 0.4, 0.7);
        Assert.Equal(1, SignFlipTest.Greater([0, 0, 0]), 1e-12);
    }

    [Fact]
    public void Folds_cover_every_bin_once_and_keep_their_distance()
    {
        var folds = new ContiguousFolds(new(15, 1015), 7, 20);
        Assert.Equal(15, folds.Tests[0].Start);
        Assert.Equal(1015, folds.Tests[^1].End);
        for (var k = 0; k < 7; k++)
        {
            if (k > 0)
                Assert.Equal(folds.Tests[k - 1].End, folds.Tests[k].Start);
            var near = new BinRange(folds.Tests[k].Start - 20, folds.Tests[k].End + 20);
            Assert.All(folds.Trains[k], range => Assert.True(range.End <= near.Start || range.Start >= near.End));
            Assert.Equal(1000 - folds.Tests[k].Length - (k is 0 or 6 ? 20 : 40), folds.Trains[k].Sum(range => range.Length));
        }
        Assert.Throws<ClosedLoopException>(() => new ContiguousFolds(new(0, 100), 10, 5));
    }
}
