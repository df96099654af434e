using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes.Plan;

/// <summary>What is planned is what fires: shares, rates, lags, history.</summary>
public sealed class PlantedPlanTests
{
    private const int Frames = 60_000;
    private static readonly (string Name, int Size)[] s_classes = [("latent", 6), ("speed", 1), ("joints", 9)];

    private static PlantedPlanOptions Options => new()
    {
        Seed = 3,
        NetworkClasses = ["latent"],
        MovementClasses = ["speed", "joints"],
        NetworkLagsMs = [200, 240],
        MovementLagsMs = [-200, 0],
    };

    [Fact]
    public void A_plan_has_the_shares_asked_for_and_reads_back_as_it_was_written()
    {
        var trains = new PlannedTrains(seed: 5, count: 60);
        var plan = PlantedPlan.Draw(Options, 20, trains.Neurons);
        Assert.Equal((24, 24, 12), (Count(PlannedDrive.Network), Count(PlannedDrive.Movement), Count(PlannedDrive.None)));
        Assert.Equal(12, plan.Units.Count(unit => unit.Class == "speed"));
        Assert.All(plan.Units, unit => Assert.InRange(unit.RateHz, 0.5, 30));
        Assert.All(plan.Units.Where(unit => unit.Drive == PlannedDrive.Network), unit => Assert.Contains(unit.LagMs, new double[] { 200, 240 }));
        Assert.Equal(2, plan.Units.Where(unit => unit.Drive == PlannedDrive.Movement).Select(unit => unit.LagMs).Distinct().Count());
        Assert.InRange(plan.Units.Max(unit => unit.RateHz) / plan.Units.Min(unit => unit.RateHz), 20, 60);

        var again = PlantedPlan.Parse(plan.ToYaml(), "planted.yaml");
        Assert.Equal((plan.Seed, plan.FrameMs), (again.Seed, again.FrameMs));
        Assert.Equal(plan.Units, again.Units);
        Assert.Equal(plan.Units, PlantedPlan.Draw(Options, 20, trains.Neurons).Units);
        Assert.NotEqual(plan.Units, PlantedPlan.Draw(Options with { Seed = 4 }, 20, trains.Neurons).Units);

        int Count(PlannedDrive drive) => plan.Units.Count(unit => unit.Drive == drive);
    }

    [Fact]
    public void Neurons_fire_at_their_planned_rates_and_follow_their_features_at_their_lags_and_no_others()
    {
        var trains = new PlannedTrains(seed: 6, count: 40);
        var plan = PlantedPlan.Draw(Options, 20, trains.Neurons);
        var drives = new PlannedDrives(plan, s_classes);
        var (speed, counts) = (new double[Frames], new double[40][]);
        for (var unit = 0; unit < 40; unit++)
            counts[unit] = new double[Frames];
        var (features, rates, spikes) = (new Slow(seed: 7), new double[40], new (int Neuron, double TimeS)[512]);
        var last = new double[40];
        Array.Fill(last, -1);
        var (shortest, bursts) = (1.0, 0);
        for (var frame = 0; frame < Frames; frame++)
        {
            var row = features.Next();
            speed[frame] = row[6];
            drives.Take(frame, SessionTime.FromSeconds(0.02 * frame), row);
            // Neurons that come first: their future has to be known.
            if (frame < 10)
                continue;
            var at = frame - 10;
            Assert.Equal(0, drives.Rates(at, rates));
            var count = trains.Next(0.02 * at, 0.02 * (at + 1), rates, spikes);
            foreach (var (neuron, time) in spikes.AsSpan(0, count))
            {
                Assert.InRange(time, 0.02 * at, 0.02 * (at + 1));
                counts[neuron][at]++;
                var interval = time - last[neuron];
                (last[neuron], shortest) = (time, Math.Min(shortest, interval));
                bursts += interval < 0.012 ? 1 : 0;
            }
        }
        // Refractory periods hold, and yet neurons fire in bursts.
        Assert.InRange(shortest, 0.001, 0.004);
        Assert.InRange(bursts, 1000, 100_000);
        for (var unit = 0; unit < 40; unit++)
        {
            var planned = plan.Units[unit];
            var spread = 5 / Math.Sqrt(planned.RateHz * 0.02 * Frames);
            Assert.InRange(counts[unit].Sum() / (0.02 * Frames) / planned.RateHz, 1 - spread - 0.12, 1 + spread + 0.12);
            if (planned.RateHz < 3)
                continue;
            double[] lags = [-400, -200, 0, 200, 400];
            var with = lags.Select(lag => Math.Abs(Correlation(speed, counts[unit], (int)(lag / 20)))).ToArray();
            if (planned.Class == "speed")
                Assert.Equal(planned.LagMs, lags[with.AsSpan().IndexOf(with.Max())]);
            else
                Assert.All(with, found => Assert.InRange(found, 0, 0.06));
        }
    }

    [Fact]
    public void What_has_not_come_is_counted_and_held_and_a_frame_that_is_missing_is_as_the_one_before()
    {
        var plan = new PlantedPlan(1, 20, [new(1, 0, PlannedDrive.Movement, "speed", 100, 5, 1), new(2, 0, PlannedDrive.None, "", 0, 7, 0)]);
        var drives = new PlannedDrives(plan, s_classes);
        var features = new Slow(seed: 8);
        double[] rates = new double[2], before = new double[2];
        Assert.Equal(0, drives.Rates(SessionTime.FromSeconds(3), rates));
        Assert.Equal([5, 7], rates);
        for (var frame = 0; frame < 400; frame++)
            if (frame is not 350)
                drives.Take(frame, SessionTime.FromSeconds(2 + (0.02 * frame)), features.Next());
        Assert.Equal(0, drives.Rates(354, before));
        Assert.Equal(0, drives.Rates(355, rates));
        Assert.Equal(before, rates);
        Assert.Equal(7, rates[1]);
        // In session time: 100 ms after the newest frame is the last that is known.
        Assert.Equal(0, drives.Rates(SessionTime.FromSeconds(2 + (0.02 * 399) + 0.1), before));
        Assert.Equal(1, drives.Rates(SessionTime.FromSeconds(2 + (0.02 * 399) + 0.13), rates));
        Assert.Equal(before, rates);

        var wrong = Assert.Throws<ClosedLoopException>(() => new PlannedDrives(new(1, 20, [new(1, 0, PlannedDrive.Movement, "sped", 0, 5, 1)]), s_classes));
        Assert.Contains("speed", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ClosedLoopException>(() => PlantedPlan.Draw(new() { NetworkShare = 0.9, MovementShare = 0.2 }, 20, []));
        Assert.Throws<ClosedLoopException>(() => PlantedPlan.Draw(Options with { MovementLagsMs = [1020] }, 20, []));
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        var trains = new PlannedTrains(seed: 9, count: 20);
        var drives = new PlannedDrives(PlantedPlan.Draw(Options, 20, trains.Neurons), s_classes);
        var (features, rates, spikes) = (new Slow(seed: 9), new double[20], new (int, double)[256]);
        var frame = 0;
        void Run(int frames)
        {
            for (var end = frame + frames; frame < end; frame++)
            {
                drives.Take(frame, SessionTime.FromSeconds(0.02 * frame), features.Next());
                drives.Rates(Math.Max(0, frame - 10), rates);
                trains.Next(0.02 * frame, 0.02 * (frame + 1), rates, spikes);
            }
        }
        Run(500);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(500);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static double Correlation(double[] feature, double[] counts, int lag)
    {
        double sf = 0, sc = 0, sff = 0, scc = 0, sfc = 0;
        var n = 0;
        for (var t = 500; t < counts.Length - 500; t++, n++)
        {
            var (f, c) = (feature[t - lag], counts[t]);
            (sf, sc, sff, scc, sfc) = (sf + f, sc + c, sff + (f * f), scc + (c * c), sfc + (f * c));
        }
        return ((n * sfc) - (sf * sc)) / Math.Sqrt(((n * sff) - (sf * sf)) * ((n * scc) - (sc * sc)));
    }

    /// <summary>Independent features that change within a tenth of a second, on scales of their own.</summary>
    private sealed class Slow(int seed)
    {
        private readonly RandomStream _random = new(seed, "features");
        private readonly double[] _state = new double[16];
        private readonly float[] _row = new float[16];

        public float[] Next()
        {
            for (var j = 0; j < 16; j++)
            {
                _state[j] = (0.8 * _state[j]) + (0.6 * _random.Normal());
                _row[j] = (float)(j + (Math.Pow(3, j - 8) * _state[j]));
            }
            return _row;
        }
    }
}
