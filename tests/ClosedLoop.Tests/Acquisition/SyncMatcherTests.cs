using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Acquisition;

/// <summary>Sync pulses among samples beside triggers of which it is known which they were.</summary>
public sealed class SyncMatcherTests
{
    private const double RateHz = 30_000, SlowPpm = 200, BeganS = 3;
    private const int Block = 128;

    [Fact]
    public void Pulses_find_their_triggers_and_the_clock_its_time_over_missed_and_surplus_ones()
    {
        var (matched, clock, matcher) = Run(samplesLateS: 0.012, imagesLateS: 0.03);
        // 50 a second for 60 s: one is not seen, one is none of the cameras'.
        Assert.InRange(matched.Count, 2850, 2998);
        Assert.All(matched, pulse => Assert.InRange(Math.Abs(pulse.Time.Seconds - True(pulse.Sample)), 0, 0.0011));
        Assert.Equal((1, 1), (matcher.Missed, matcher.Surplus));
        Assert.True(clock.Synchronised);
        Assert.InRange(clock.DriftPpm, SlowPpm - 3, SlowPpm + 3);
        // Where arrival alone would be 12 ms late, and though each trigger's time is known to a millisecond only.
        Assert.InRange(clock.TimeOf(59 * 30_000).Seconds - True(59 * 30_000), -0.0003, 0.0003);
    }

    [Fact]
    public void Arrivals_alone_leave_the_way_of_the_samples_in()
    {
        var (_, clock, _) = Run(samplesLateS: 0.012, imagesLateS: 0.03, hasPulses: false);
        Assert.False(clock.Synchronised);
        Assert.InRange(clock.TimeOf(59 * 30_000).Seconds - True(59 * 30_000), 0.011, 0.016);
    }

    [Fact]
    public void Pulses_without_cameras_are_told_apart_and_wait_for_nobody()
    {
        var (clock, matcher) = (new SampleClock(RateHz), new SyncMatcher());
        clock.Arrived(0, Block, new(0));
        matcher.Triggered(0, SessionTime.FromSeconds(-10));
        matcher.Triggered(1, SessionTime.FromSeconds(-9.98));
        for (var pulse = 0; pulse < 1000; pulse++)
        {
            matcher.Pulsed(600 * pulse);
            clock.Arrived(600 * pulse, Block, SessionTime.FromSeconds(0.02 * pulse));
            Assert.False(matcher.TryMatch(clock, SessionTime.FromSeconds(0.02 * pulse), out _, out _));
        }
        Assert.InRange(matcher.Surplus, 850, 900);
    }

    [Fact]
    public void An_analog_line_rises_once_a_pulse_though_it_is_noisy()
    {
        var line = SyncLine.Of([new("AP0", 0.195, "uV"), new("TTL", 0.001, "V")], "TTL", null, 2.5);
        Assert.Equal((1, null, 3000, 2000), (line.Channel, line.Bit, line.High, line.Low));
        var (finder, random) = (new SyncPulseFinder(line), new RandomStream(1, "line"));
        var found = new List<long>();
        Span<long> edges = stackalloc long[8];
        for (var first = 0; first < 30_000; first += 100)
        {
            var block = new SampleBlock(2, 100) { SampleCount = 100, Stamp = new(0, first, 0, default, default) };
            for (var i = 0; i < 100; i++)
                // Slow edges of 40 samples with noise: the threshold alone would be crossed many times.
                block.Samples[(2 * i) + 1] = (short)((5000 * Math.Clamp((300 - Math.Abs((first + i) % 1000 - 500)) / 40.0, 0, 1)) + (150 * random.Normal()));
            found.AddRange(edges[..finder.Find(block, edges)]);
        }
        Assert.Equal(30, found.Count);
        Assert.All(found.Select((edge, i) => edge - (1000 * i)), edge => Assert.InRange(edge, 215, 230));
    }

    [Theory]
    [InlineData("TLT", null, 1, "did you mean 'TTL'")]
    [InlineData("TTL", 2, 1, "is analog (V) and has no bits")]
    [InlineData("TTL", null, 50, "outside what the channel 'TTL'")]
    public void A_line_that_cannot_be_is_refused(string name, int? bit, double threshold, string message) =>
        Assert.Contains(message, Assert.Throws<ClosedLoopException>(() => SyncLine.Of([new("AP0", 0.195, "uV"), new("TTL", 0.001, "V")], name, bit, threshold)).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Blocks_that_come_ever_later_are_no_drift()
    {
        var clock = new SampleClock(RateHz);
        for (var block = 0; block < 2000; block++)
            clock.Arrived(block * Block, Block, SessionTime.FromSeconds((block + 1) * Block / RateHz * (block < 500 ? 1 : 1.3)));
        Assert.InRange(clock.DriftPpm, 0, ClockFit.MostDriftPpm);
    }

    [Fact]
    public void A_machine_that_stalls_at_the_beginning_puts_nothing_a_period_off_for_good()
    {
        // Blocks come 105 ms late at first: by them pulses are those of five triggers later.
        var (matched, clock, _) = Run(samplesLateS: 0.005, imagesLateS: 0.03, stalledS: 0.1);
        Assert.Contains(matched, pulse => pulse.Time.Seconds - True(pulse.Sample) > 0.05);
        Assert.InRange(clock.TimeOf(59 * 30_000).Seconds - True(59 * 30_000), -0.0003, 0.0003);
        Assert.All(matched.Skip(matched.Count / 2), pulse => Assert.InRange(Math.Abs(pulse.Time.Seconds - True(pulse.Sample)), 0, 0.0011));
    }

    private static double True(double sample) => BeganS + (sample / RateHz * (1 + (SlowPpm * 1e-6)));

    private static (List<(long Sample, SessionTime Time)> Matched, SampleClock Clock, SyncMatcher Matcher) Run(double samplesLateS, double imagesLateS, bool hasPulses = true, double stalledS = 0)
    {
        var (clock, matcher, random) = (new SampleClock(RateHz), new SyncMatcher(), new RandomStream(4, "ways"));
        var matched = new List<(long, SessionTime)>();
        var (seen, pulsed) = (0, 0);
        // The cameras begin 0.4 s after the samples.
        double DueOf(int trigger) => BeganS + 0.4 + (0.02 * trigger);
        for (var first = 0L; first < 60 * RateHz; first += Block)
        {
            var arrival = True(first + Block) + samplesLateS + (0.002 * random.Uniform()) + (first < 4 * RateHz ? stalledS : 0);
            clock.Arrived(first, Block, SessionTime.FromSeconds(arrival));
            for (; DueOf(seen) + imagesLateS < arrival; seen++)
                matcher.Triggered(seen, SessionTime.FromSeconds(DueOf(seen) + (0.002 * (random.Uniform() - 0.5))));
            for (; hasPulses && DueOf(pulsed) < True(first + Block); pulsed++)
            {
                if (pulsed != 1000)
                    matcher.Pulsed((long)Math.Ceiling((DueOf(pulsed) - BeganS) / (1 + (SlowPpm * 1e-6)) * RateHz));
                if (pulsed == 2000)
                    matcher.Pulsed((long)((DueOf(pulsed) - BeganS) * RateHz) + 200);
            }
            if (matcher.MustForget(clock, first))
                clock.ForgetPulses();
            while (matcher.TryMatch(clock, SessionTime.FromSeconds(arrival), out var sample, out var trigger))
            {
                clock.Pulse(sample, trigger.Time);
                matched.Add((sample, trigger.Time));
            }
        }
        return (matched, clock, matcher);
    }
}
