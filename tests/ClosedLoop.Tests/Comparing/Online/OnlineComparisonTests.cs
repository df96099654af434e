using System.Runtime.InteropServices;
using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.OnlineComparing;

/// <summary>Features and counts are put beside each other in the animal's time, whatever the order in which they come.</summary>
public sealed class OnlineComparisonTests
{
    private const int Bins = 9000, Delayed = 1;

    private static readonly FeatureLayout s_layout = new(KeypointLayout.Rat23, ["knee", "hip"], 4, new([("latent_mean", 8), ("wide", 200), ("latent_sd", 2)]), 50);

    private static ComparisonConfiguration Configuration => new() { Classes = [FeatureLayout.JointVelocities, FeatureLayout.RootKinematics, "latent_mean", "wide", FeatureLayout.Action], LagsMs = [-100, 0, 100], MostFeatures = 16 };

    [Fact]
    public void Units_that_follow_the_network_and_units_that_follow_movement_are_told_apart_at_their_lags_whatever_comes_first()
    {
        var session = new Session(seed: 11);
        var (first, scores) = session.Play(new Order(RowsAhead: 7, CountsAhead: 0));
        Assert.Equal(Delayed, scores.DelayBins);
        Assert.Equal((5, 5), (scores.UnitCount, scores.ClassCount));
        string[] leading = [.. Enumerable.Range(0, 4).Select(unit => Configuration.Classes[scores.Leading[unit]])];
        Assert.Equal(["latent_mean", FeatureLayout.JointVelocities, "latent_mean", FeatureLayout.RootKinematics], leading);
        Assert.Equal([100, 0, 0, -100], scores.LagMs[..4]);
        Assert.All(Enumerable.Range(0, 4), unit => Assert.InRange(scores.IsPredictive[unit], 0.99, 1));
        Assert.All(Enumerable.Range(0, 4), unit => Assert.InRange(scores.IsOfItsKind[unit], 0.99, 1));
        Assert.True(scores.BitsPerSpike[4] < 0, $"{scores.BitsPerSpike[4]}");
        Assert.InRange(scores.Judged, Bins - 600, Bins - 500);

        // Counts far behind, or features: the same scores, to the last bit.
        Assert.Equal(first, session.Play(new Order(RowsAhead: 700, CountsAhead: 0)).Scores);
        Assert.Equal(first, session.Play(new Order(RowsAhead: 0, CountsAhead: 300)).Scores);
        // What is to be the same is not the same by construction.
        Assert.NotEqual(first, session.Play(new Order(RowsAhead: 7, CountsAhead: 0), shift: 0).Scores);
        Assert.Equal(first, session.Play(new Order(RowsAhead: 7, CountsAhead: 0), shift: Delayed).Scores);
    }

    [Fact]
    public void What_is_missing_is_counted_and_the_rest_stays_in_its_place()
    {
        var session = new Session(seed: 12) { LostRow = bin => bin is >= 2000 and < 2040, LostCounts = bin => bin % 500 == 3 };
        var (_, scores) = session.Play(new Order(RowsAhead: 7, CountsAhead: 0));
        Assert.Equal(40 + (Bins / 500), scores.Missing);
        Assert.Equal([2, 0, 2, 1], scores.Leading[..4]);
        Assert.Equal([100, 0, 0, -100], scores.LagMs[..4]);
    }

    [Fact]
    public void A_bin_allocates_nothing()
    {
        var session = new Session(seed: 13);
        Assert.InRange(session.LeastAllocated(), 0, 8191);
    }

    /// <summary>How far one of the two runs ahead.</summary>
    private readonly record struct Order(int RowsAhead, int CountsAhead);

    /// <summary>A session of made-up features and five units, whose poses are captured 25 ms before their beats.</summary>
    private sealed class Session
    {
        private readonly float[][] _rows;
        private readonly int[][] _counts;

        public Session(int seed)
        {
            var random = new RandomStream(seed, "features");
            (_rows, _counts) = (new float[Bins][], new int[Bins][]);
            var state = new double[s_layout.Count];
            for (var t = 0; t < Bins; t++)
            {
                for (var j = 0; j < state.Length; j++)
                    state[j] = (0.8 * state[j]) + (0.6 * random.Normal());
                _rows[t] = [.. state.Select(x => (float)x)];
            }
            (string Class, int Lag)[] plan = [("latent_mean", 5), (FeatureLayout.JointVelocities, 0), ("latent_mean", 0), (FeatureLayout.RootKinematics, -5)];
            for (var t = 0; t < Bins; t++)
            {
                // NB: in the animal's time; the bins that are counted are numbered one later.
                double Drive(int unit)
                {
                    if (unit == 4 || t - plan[unit].Lag is < 0 or >= Bins)
                        return 0;
                    var features = s_layout[plan[unit].Class].Of((ReadOnlySpan<float>)_rows[t - plan[unit].Lag]);
                    return 0.6 * (features[0] - features[1]);
                }
                _counts[t] = [.. Enumerable.Range(0, 5).Select(unit => Poisson(0.12 * Math.Exp(Drive(unit))))];
            }

            int Poisson(double mean)
            {
                var (count, product) = (0, random.Uniform());
                for (var limit = Math.Exp(-mean); product > limit; count++)
                    product *= random.Uniform();
                return count;
            }
        }

        public Predicate<long> LostRow { get; init; } = _ => false;

        public Predicate<long> LostCounts { get; init; } = _ => false;

        public (string Scores, ComparisonScores Last) Play(Order order, int? shift = null)
        {
            var given = new System.Text.StringBuilder();
            var last = new ComparisonScores(5, Configuration.Classes.Count);
            var comparison = Make(shift, scores =>
            {
                last.CopyFrom(scores);
                given.Append(scores.Stamp.DeviceCounter).Append(' ').Append(Convert.ToHexString(MemoryMarshal.AsBytes(scores.BitsPerSpike.AsSpan()))).Append(Convert.ToHexString(MemoryMarshal.AsBytes(scores.ClassBitsPerSpike.AsSpan()))).AppendLine();
            });
            for (var t = -Math.Max(order.RowsAhead, order.CountsAhead); t < Bins + Delayed; t++)
            {
                TakeRow(comparison, t + order.RowsAhead);
                TakeCounts(comparison, t + order.CountsAhead);
            }
            comparison.Finish();
            return (given.ToString(), last);
        }

        public long LeastAllocated()
        {
            var comparison = Make(null, _ => { }, everySeconds: 3000);
            for (var t = 0; t < 1000; t++)
                Take(t);
            var least = long.MaxValue;
            for (var attempt = 1; attempt <= 3; attempt++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var t = 1000 * attempt; t < 1000 * (attempt + 1); t++)
                    Take(t);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.True(comparison.Judged > 2000);
            return least;

            void Take(long t)
            {
                TakeRow(comparison, t);
                TakeCounts(comparison, t);
            }
        }

        private readonly FeatureRow _row = new(s_layout);
        private readonly SpikeCounts _bin = new(5);

        private static OnlineComparison Make(int? shift, Action<ComparisonScores> onScores, double everySeconds = 20) =>
            new(s_layout, Configuration with { EverySeconds = everySeconds }, 5, null, shift, () => default, onScores, _ => { });

        private void TakeRow(OnlineComparison comparison, long bin)
        {
            if (bin is < 0 or >= Bins || LostRow(bin))
                return;
            _row.Begin(bin);
            _rows[bin].CopyTo(_row.Values, 0);
            (_row.HasMovement, _row.HasNetwork) = (true, true);
            comparison.Beat(SessionTime.FromSeconds((0.02 * bin) + 0.025), SessionTime.FromSeconds(0.02 * bin));
            comparison.Take(_row);
        }

        private void TakeCounts(OnlineComparison comparison, long bin)
        {
            // The animal's bin t is counted in the bin of beat t - 1: that is the one whose middle lies nearest to its capture.
            var animal = bin + Delayed;
            if (bin < 0 || animal >= Bins)
                return;
            _bin.Stamp = new(bin, 0, -1, default, default);
            _bin.UnitCount = 5;
            _bin.Flags = LostCounts(bin) ? SpikeCountFlags.Gap : SpikeCountFlags.None;
            _counts[animal].CopyTo(_bin.Counts, 0);
            comparison.Take(_bin);
        }
    }
}
