using ClosedLoop.Core;
using ClosedLoop.Sorting;

namespace ClosedLoop.Tests.Sorting;

/// <summary>What <c>bench</c> says about sorting: that its numbers are those of the work that was done.</summary>
public sealed class SortingBenchTests
{
    [Fact]
    public void A_tetrode_is_learnt_sorted_and_timed()
    {
        var result = SortingBench.Measure(1, SortingBench.LeastMinutes, pacedS: 1, new Progress<string>(), default);
        Assert.Equal((1, 4, 360.0, 1.0), (result.Tetrodes, result.Channels, result.SimulatedS, result.PacedS));
        Assert.True(result.Units > 0);
        // What the chain's thread used is part of what all used, and learning beside it is the rest.
        Assert.True(result.SortingThreadS > 0 && result.SortingThreadS < result.ProcessorS, $"{result.SortingThreadS} of {result.ProcessorS} s");
        Assert.Equal(result.SimulatedS / result.ProcessorS, result.RealtimeFactor, 1e-9);
        Assert.InRange(result.Memory.FromMinute, 0.5, 6);
        Assert.Equal(6, result.Memory.ToMinute, 0.01);
        Assert.True(result.Memory.ManagedMib > 0 && result.Memory.ResidentMib > result.Memory.ManagedMib);
        // NB: the runtime may allocate a little by itself, over fifty thousand blocks.
        Assert.InRange(result.AllocatedBytesPerBlock, 0, 1);
        // A spike's block is not there before its last sample, and its own window not before that.
        Assert.InRange(result.SpikeLatencyMs.Count, 1, 1000);
        Assert.True(result.SpikeLatencyMs.P50 > 2, $"{result.SpikeLatencyMs.P50} ms");
        Assert.InRange(result.BlockMs.Count, 234, 236);
    }

    [Fact]
    public void Budgets_are_what_is_asked()
    {
        var good = new SortingBenchResult(
            32, 128, 30000, 128, 1800, 60, 40, 30, 45, 100, 12, 0, 1000, new(4, 30, 100, 101, 300, 310), 60, new(1000, 4, 7, 8, 9), new(1000, 0.1, 0.2, 0.3, 0.4));
        Assert.True(good.IsWithin);
        Assert.False((good with { RealtimeFactor = 19 }).IsWithin);
        Assert.False((good with { SpikeLatencyMs = new(1000, 4, 10.1, 11, 12) }).IsWithin);
        Assert.False((good with { AllocatedBytesPerBlock = 0.1 }).IsWithin);
        Assert.False((good with { Memory = new(4, 30, 100, 110, 300, 310) }).IsWithin);
        Assert.False((good with { Memory = new(4, 30, 100, 100, 300, 340) }).IsWithin);
    }

    [Theory]
    [InlineData("--tetrodes", "-1")]
    [InlineData("--tetrode-minutes", "5")]
    public void What_cannot_be_measured_is_refused_before_anything_is(string option, string value)
    {
        var result = ProgramRunner.Run("bench", option, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"{option} {value}", result.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void SciPy_finds_the_same_spikes_in_the_same_noise()
    {
        try
        {
            ScipyComparison.RequirePython();
        }
        catch (ClosedLoopException error)
        {
            Skip.If(true, error.Message);
        }
        var result = ScipyComparison.Measure(1, 4, default);
        Assert.Equal((4, 4.0), (result.Channels, result.Seconds));
        Assert.True(result.OurSpikes > 100, $"{result.OurSpikes}");
        // A trough that is just at the threshold may be on either side of it.
        Assert.Equal(1, result.OurSpikes / (double)result.ScipySpikes, 0.002);
        // Ours is of 255 samples every half second, smoothed.
        Assert.InRange(result.NoiseDifference, 1e-6, 0.25);
        Assert.True(result.OursS > 0 && result.Ratio == result.ScipyS / result.OursS);
    }
}
