using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Comparison;

public class OnlineEncodingTests
{
    private const int Bins = 12_000;

    [Fact]
    public void Four_minutes_tell_which_class_leads_as_the_offline_analysis_does()
    {
        var random = new RandomStream(51, "online");
        var (network, movement) = (PlantedCounts.Features(random, Bins, 8, 0.8), PlantedCounts.Features(random, Bins, 6, 0.9));
        (int Class, int Lag)[] plan = [(0, -10), (1, 10), (0, 0), (1, 0), (0, 10), (1, -10), (0, -10), (1, 10)];
        double[][] units =
        [
            .. plan.Select((planted, i) => PlantedCounts.Driven(random, planted.Class == 0 ? network : movement, PlantedCounts.Weights(random, planted.Class == 0 ? 8 : 6, 0.5 + (0.05 * i)), 0.05 + (0.05 * i), planted.Lag)),
            .. Enumerable.Range(0, 8).Select(i => PlantedCounts.Driven(random, network, new double[8], 0.05 + (0.05 * i), 0)),
        ];
        var online = new OnlineEncoding(units.Length, [8, 6]);
        var (counts, features) = (new int[units.Length], new float[14]);
        for (var t = 0; t < Bins; t++)
        {
            for (var unit = 0; unit < units.Length; unit++)
                counts[unit] = (int)units[unit][t];
            for (var j = 0; j < 14; j++)
                features[j] = (float)(j < 8 ? 100 + (7 * network[t, j]) : 0.01 * movement[t, j - 8]);
            online.Take(counts, features);
        }
        Assert.InRange(online.Judged, Bins - 521, Bins - 500);

        FeatureClass[] classes = [new("network", default, [.. Names(8)], network), new("movement", default, [.. Names(6)], movement)];
        var offline = EncodingComparison.Run(PlantedCounts.Columns(units), [.. Names(units.Length)], classes, new() { LeastLagMs = -200, MostLagMs = 200, LagStepMs = 200 });
        for (var unit = 0; unit < units.Length; unit++)
        {
            var score = online.Read(unit);
            if (unit < plan.Length)
            {
                Assert.Equal(plan[unit].Class, score.Leading);
                Assert.Equal(plan[unit].Lag * 20, score.LagMs);
                Assert.InRange(score.IsPredictive, 0.95, 1);
                Assert.InRange(score.IsFirst, 0.95, 1);
            }
            else
            {
                // Nothing is gained, and hardly anything lost by having tried.
                Assert.InRange(score.BitsPerSpike, -0.02, 0.002);
                Assert.InRange(score.IsPredictive, 0, 0.9);
            }
        }
        double[] live = [.. Enumerable.Range(0, units.Length).Select(unit => online.Read(unit).BitsPerSpike)];
        double[] later = [.. offline.Units.Select(unit => unit.Classes[unit.Leading].BitsPerSpike)];
        Assert.InRange(Similarity.Pearson(live, later), 0.9, 1);

        static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"{i}");
    }

    [Fact]
    public void A_bin_allocates_nothing_and_a_missing_one_does_no_harm()
    {
        var random = new RandomStream(52, "memory");
        var online = new OnlineEncoding(20, [10, 5], new() { ScaleSeconds = 1 });
        var (counts, features) = (new int[20], new float[15]);
        void Feed(int bins)
        {
            for (var t = 0; t < bins; t++)
            {
                for (var unit = 0; unit < 20; unit++)
                    counts[unit] = random.Uniform() < 0.1 ? 1 : 0;
                for (var j = 0; j < 15; j++)
                    features[j] = t % 50 == 7 ? float.NaN : (float)random.Normal();
                online.Take(counts, features);
            }
        }
        Feed(500);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Feed(1000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.InRange(least, 0, 8191);
        Assert.All(Enumerable.Range(0, 20), unit => Assert.InRange(online.Read(unit).BitsPerSpike, -1, 0.2));
    }

    [Fact]
    public void A_unit_that_comes_late_or_is_not_counted_for_a_while_is_judged_by_its_own_bins()
    {
        var random = new RandomStream(54, "births");
        var features = PlantedCounts.Features(random, Bins, 3, 0.8);
        var counts = PlantedCounts.Driven(random, features, PlantedCounts.Weights(random, 3, 0.8), 0.2, 0);
        // The second unit is the first one, but it comes at a third of the session; the third is that, uncounted for a tenth.
        var (alone, together) = (new OnlineEncoding(1, [3], new() { LagsMs = [0], ScaleSeconds = 1 }), new OnlineEncoding(4, [3], new() { LagsMs = [0], ScaleSeconds = 1 }));
        var row = new float[3];
        for (var t = 0; t < Bins; t++)
        {
            for (var j = 0; j < 3; j++)
                row[j] = (float)features[t, j];
            var count = (int)counts[t];
            if (t >= Bins / 3)
                together.Take([count, count, t % 1000 < 100 ? -1 : count], row);
            else
                together.Take([count], row);
            alone.Take([count], row);
        }
        Assert.Equal(alone.Read(0), together.Read(0));
        // What learning has cost falls on fewer spikes.
        Assert.InRange(together.Read(1).BitsPerSpike / alone.Read(0).BitsPerSpike, 0.65, 1.1);
        Assert.InRange(together.Read(2).BitsPerSpike / together.Read(1).BitsPerSpike, 0.85, 1.15);
        Assert.InRange(together.Read(2).IsPredictive, 0.99, 1);
        Assert.Equal(-1, together.Read(3).Leading);
        Assert.Equal(together.Read(1).BitsPerSpike, together.ReadClass(1, 0).BitsPerSpike);
    }

    [Theory]
    [InlineData(4.032, 0.995)]
    [InlineData(2.015, 0.95)]
    [InlineData(-1.476, 0.1)]
    public void Confidence_of_six_blocks_is_that_of_students_t(double t, double confidence)
    {
        // Five degrees of freedom: from the tables of the t distribution.
        double[] numbers = [.. Enumerable.Range(0, 6).Select(block => (t * Math.Sqrt(6.0 / 5 / 6)) + (block % 2 == 0 ? 1 : -1))];
        Assert.Equal(confidence, StudentsT.MeanAbove0(numbers.Sum(), numbers.Sum(x => x * x), numbers.Length), 0.001);
        Assert.Equal(0.5, StudentsT.MeanAbove0(0, 0, 6));
    }

    [Fact]
    public void Confidence_comes_with_enough_blocks_and_hangs_on_no_single_one()
    {
        var ledger = new OnlineLedger(3, 1, 1);
        for (var block = 0; block < 20; block++)
        {
            Assert.Equal(block < OnlineLedger.LeastBlocks, double.IsNaN(ledger.Surpasses(0)));
            ledger.Add(0, [block == 10 ? 1000 : 3 + (block % 2)]);
            ledger.Add(1, [3]);
            ledger.Add(2, [block == 10 ? 1000 : -3 - (block % 2)]);
            ledger.EndBin(1, 1);
            ledger.EndBlock();
        }
        Assert.InRange(ledger.Surpasses(0), 0.999, 1);
        Assert.InRange(ledger.Surpasses(0, 1), 0.95, 1);
        Assert.Equal(1, ledger.Surpasses(0, 1) + ledger.Surpasses(1, 0), 1e-9);
        // One block made it the better by far; it is the worse one in all others.
        Assert.InRange(ledger.Surpasses(2, 1), 0, 0.3);
        Assert.True(ledger.Read([0]).Leading == 0);
    }

    [Fact]
    public void What_bursts_or_leaps_does_not_break_it()
    {
        var random = new RandomStream(53, "leaps");
        var online = new OnlineEncoding(2, [3], new() { ScaleSeconds = 1, LagsMs = [0] });
        var features = new float[3];
        for (var t = 0; t < 4000; t++)
        {
            for (var j = 0; j < 3; j++)
                features[j] = (float)random.Normal() * (t % 997 == 0 ? 1e6f : 1) * (j == 2 ? 0 : 1);
            online.Take([t % 1009 == 0 ? 200 : random.Uniform() < 0.2 ? 1 : 0, 0], features);
        }
        Assert.True(double.IsFinite(online.Read(0).BitsPerSpike));
        Assert.Equal(-1, online.Read(1).Leading);
        Assert.Throws<ArgumentException>(() => online.Take([1, 0], features.AsSpan(1)));
        Assert.Throws<ClosedLoopException>(() => new OnlineEncoding(1, [3, 0]));
    }
}
