using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes.Plan;

/// <summary>Rates that follow a live session are placed on its clock.</summary>
public sealed class PlannedRatesTests
{
    [Fact]
    public void Device_time_begins_when_rates_are_first_asked_for_however_long_the_first_samples_take()
    {
        var clock = new SessionClock();
        var plan = new Slow(clock);
        using var source = new SimulatedTetrodeSource(new() { Tetrodes = 1, UnitsPerTetrode = 1 }, new() { DurationS = 0.5 }, clock, plan);
        var block = new SampleBlock(4, source.BlockCapacity);
        var least = double.MaxValue;
        for (var samples = 0; source.TryRead(block, default);)
        {
            samples += block.SampleCount;
            least = Math.Min(least, block.Stamp.Captured.Seconds - (samples / source.RateHz));
        }
        // NB: the least over many blocks, for a busy machine delays some.
        Assert.InRange(least - plan.Asked!.Value.Seconds, -Slow.TakesS / 2, Slow.TakesS / 2);
    }

    [Fact]
    public void Rates_follow_the_features_of_their_lag_and_what_comes_too_late_is_counted()
    {
        var clock = new SessionClock();
        var drives = new PlannedDrives(new(1, 20, [new(1, 0, PlannedDrive.Movement, "speed", 200, 5, 1)]), [("speed", 1)]);
        var rates = new PlannedRates(drives, clock);
        var hz = new double[1];
        rates.Fill(0, default, [], hz);
        Assert.Equal(5, hz[0]);
        Assert.Equal(0, rates.LateShare);
        var random = new RandomStream(2, "speed");
        // The newest frame was captured just now: what is asked for now lies ten frames back.
        var now = clock.Now;
        for (var frame = 0L; frame < 300; frame++)
            drives.Take(frame, now + ((frame - 299) * 20_000_000), [(float)random.Normal()]);
        var expected = new double[1];
        drives.Rates(299, expected);
        Assert.Equal(0, drives.Rates(now, hz));
        Assert.Equal(expected, hz);
        // A device that has run for a second asks for what nobody knows yet.
        rates = new(drives, clock);
        rates.Fill(0, default, [], hz);
        rates.Fill(1000, default, [], hz);
        Assert.Equal(0.5, rates.LateShare);
    }

    /// <summary>A plan that takes its time with the first rates.</summary>
    private sealed class Slow(SessionClock clock) : IRatePlan
    {
        public const double TakesS = 0.1;

        public SessionTime? Asked { get; private set; }

        public void Fill(double timeS, in AnimalActivity activity, IReadOnlyList<SimulatedUnit> units, Span<double> ratesHz)
        {
            ratesHz.Fill(1);
            if (Asked is not null)
                return;
            Asked = clock.Now;
            Thread.Sleep(TimeSpan.FromSeconds(TakesS));
        }
    }
}
