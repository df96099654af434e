using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public class ExpertMixtureTests
{
    [Fact]
    public void A_bins_probability_is_the_mean_of_the_experts_by_how_probable_they_made_what_came_before()
    {
        var mixture = new ExpertMixture(2);
        double[] first = [0.4, -0.3], second = [-0.2, 0.1];
        double[] prior = [1 / 3.0, 1 / 3.0, 1 / 3.0];
        var of = prior[0] * Math.Exp(first[0]) + prior[1] * Math.Exp(first[1]) + prior[2];
        Assert.Equal(Math.Log(of), mixture.Take(first), 12);
        double[] posterior = [prior[0] * Math.Exp(first[0]) / of, prior[1] * Math.Exp(first[1]) / of, prior[2] / of];
        // Within what is dealt out anew with each bin.
        Assert.Equal(Math.Log(posterior[0] * Math.Exp(second[0]) + posterior[1] * Math.Exp(second[1]) + posterior[2]), mixture.Take(second), 1e-4);
        Assert.Equal([first[0] + second[0], first[1] + second[1]], mixture.Nats.ToArray());
    }

    [Fact]
    public void It_is_hardly_worse_than_its_best_expert_and_than_the_mean_rate_and_follows_when_the_best_changes()
    {
        const int Experts = 15, Bins = 5000;
        var random = new RandomStream(61, "experts");
        var (mixture, useless, nats) = (new ExpertMixture(Experts), new ExpertMixture(Experts), new double[Experts]);
        var (early, late, total) = (0.0, 0.0, 0.0);
        for (var t = 0; t < Bins; t++)
        {
            for (var e = 0; e < Experts; e++)
                nats[e] = -0.01 + (0.1 * random.Normal());
            total += useless.Take(nats);
            // The third predicts well at first, the seventh later.
            var best = t < Bins / 2 ? 3 : 7;
            nats[best] += 0.03;
            (early, late) = t < Bins / 2 ? (early + mixture.Take(nats) - nats[best], late) : (early, late + mixture.Take(nats) - nats[best]);
        }
        Assert.InRange(early, -Math.Log(Experts + 1) - 1, 5);
        Assert.InRange(late, -Math.Log((Experts + 1) / 1e-4) - 2, 5);
        Assert.InRange(total, -Math.Log(Experts + 1) - 1, 2);
    }

    [Fact]
    public void Of_counts_that_nothing_drives_it_gains_more_than_a_bet_would_no_oftener_than_a_bet_would()
    {
        // A mixture of predictions made beforehand wins a factor of 20 or more in one of 20 sessions at most (Ville).
        var (random, won) = (new RandomStream(62, "bets"), 0);
        const int Sessions = 400;
        for (var session = 0; session < Sessions; session++)
        {
            var (mixture, most, total) = (new ExpertMixture(3), 0.0, 0.0);
            for (var t = 0; t < 500; t++)
            {
                var count = random.Uniform() < 0.1 ? 1 : 0;
                double[] rates = [0.1 * Math.Exp(0.5 * random.Normal()), 0.1 * Math.Exp(random.Normal()), 0.2 * random.Uniform()];
                // Each says: a spike with this probability, or none.
                total += mixture.Take([.. rates.Select(rate => Math.Min(rate, 0.9)).Select(rate => count == 1 ? Math.Log(rate / 0.1) : Math.Log((1 - rate) / 0.9))]);
                most = Math.Max(most, total);
            }
            won += most > Math.Log(20) ? 1 : 0;
        }
        Assert.InRange(won, 0, Sessions / 20);
    }
}
