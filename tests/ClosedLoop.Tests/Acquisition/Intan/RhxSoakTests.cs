using System.Diagnostics;
using System.Globalization;
using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using Xunit.Abstractions;

namespace ClosedLoop.Tests.Acquisition.Intan;

/// <summary>
/// 128 channels with stalls, cuts, garbage, gaps and restarts at random: every sample is received as it was planted or
/// reported lost. In short and as fast as it goes; and for as many seconds as CLOSEDLOOP_RHX_SOAK_SECONDS says, at the full rate of 30 kHz,
/// where a connection must be back within a second of the program's being back.
/// </summary>
public sealed class RhxSoakTests(ITestOutputHelper output)
{
    private const int RateHz = 30000;

    private static readonly IReadOnlyList<string> Names = RhxOptions.ChannelsOf("ABCD", 32);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_sample_is_accounted_for(int seed) => Soak(seed, blocks: 700, live: false);

    [SkippableFact]
    public void Every_sample_is_accounted_for_at_the_full_rate_and_connections_are_back_within_a_second()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("CLOSEDLOOP_RHX_SOAK_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        Skip.If(seconds <= 0, "runs where CLOSEDLOOP_RHX_SOAK_SECONDS says for how many seconds, as in 60");
        var slowest = Soak(seed: 3, (int)(seconds * RateHz / 128), live: true);
        Assert.InRange(slowest, 0, 1);
    }

    /// <summary>Returns the longest time from the program's being back to the first block, seconds.</summary>
    private double Soak(int seed, int blocks, bool live)
    {
        using var rhx = new RhxDouble(Names) { First = int.MaxValue - (blocks * 64L) };
        var clock = new SessionClock();
        using var source = new RhxSampleSource(
            new() { Channels = Names, CommandPort = rhx.CommandPort.Number, WaveformPort = rhx.WaveformPort.Number, QueueBlocks = live ? 256 : 1024, StallSeconds = 0.2 }, clock);
        source.Start();
        using var reader = new RhxReader(source);
        var random = new RandomStream(seed, "soak");
        var (stalls, cuts, absences, garbage) = (0, 0, 0, 0);
        var slowest = 0.0;
        var watch = Stopwatch.StartNew();
        // NB: the last block is sent undisturbed: what is missing shows only when something comes after it.
        var began = clock.Now;
        while (rhx.Next < rhx.First + (128L * blocks))
        {
            if (live)
                clock.WaitUntil(began + SessionTime.FromSeconds((rhx.Next - rhx.First) / (double)RateHz).Nanoseconds);
            rhx.PieceBytes = (int)random.Uniform(500, 40_000);
            rhx.Send();
            var fate = random.Uniform() * (live ? 3 : 1);
            if (fate < 0.01)
            {
                stalls++;
                Thread.Sleep((int)random.Uniform(0, live ? 600 : 20));
            }
            else if (fate < 0.02)
            {
                garbage++;
                rhx.SendBytes([.. Enumerable.Range(0, (int)random.Uniform(1, 5000)).Select(_ => (byte)random.Uniform(0, 256))]);
            }
            else if (fate < 0.03)
            {
                rhx.Miss((int)random.Uniform(1, 3000));
            }
            else if (fate < 0.04)
            {
                cuts++;
                reader.WaitFor(rhx.Next);
                rhx.CutInBlock((int)random.Uniform(1, 33_000), reset: random.Uniform() < 0.5);
                slowest = Math.Max(slowest, Back(Stopwatch.StartNew()));
            }
            else if (fate < 0.045)
            {
                absences++;
                reader.WaitFor(rhx.Next);
                rhx.Vanish();
                var awayMs = (int)random.Uniform(0, live ? 2000 : 50);
                Thread.Sleep(awayMs);
                // The board runs on meanwhile.
                rhx.Send(awayMs * RateHz / 128_000);
                rhx.Return(restarted: false);
                slowest = Math.Max(slowest, Back(Stopwatch.StartNew()));
            }
        }
        Assert.True(rhx.WaitForStreams());
        rhx.Send();
        reader.WaitFor(rhx.Next);
        var statistics = source.Statistics;
        output.WriteLine($"{watch.Elapsed.TotalSeconds:F1} s, {rhx.Sent} samples sent, {rhx.Missed} missed; {stalls} stalls, {garbage} times garbage, {cuts} cuts, {absences} absences; slowest back {slowest:F3} s; {source.Ledger.Received} received, {source.Ledger.Lost} lost, {source.Ledger.GapCount} gaps; {statistics}");
        Assert.Equal((rhx.Sent, rhx.Missed, 0), (source.Ledger.Received, source.Ledger.Lost, source.Ledger.Repeated));
        Assert.Equal((rhx.Next - rhx.First, rhx.Sent), (source.Ledger.Received + source.Ledger.Lost, reader.Samples));
        Assert.Equal((cuts + absences, 0, 0), (statistics.Reconnections, statistics.Restarts, statistics.Blocks.Dropped));
        Assert.True(cuts > 0 && absences > 0 && garbage > 0 && stalls > 0);
        return slowest;

        // The time until a block has come through; those before nobody hears.
        double Back(Stopwatch since)
        {
            while (reader.Samples < rhx.Sent || rhx.WaveformPort.Client is null)
                Thread.Sleep(1);
            rhx.Send();
            reader.WaitFor(rhx.Next);
            return since.Elapsed.TotalSeconds;
        }
    }
}
