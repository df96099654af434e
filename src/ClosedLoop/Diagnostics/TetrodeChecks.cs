using System.Diagnostics;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Diagnostics;

/// <summary>How fast this machine sorts: tetrodes beside the body must leave it its time.</summary>
internal static class TetrodeChecks
{
    private const string Feature = "tetrodes";
    private const int Tetrodes = 32, Channels = 4 * Tetrodes, BlockSamples = 128, Blocks = 16, BlocksPerSecond = 235;
    private const double RateHz = 30_000, MicrovoltsPerCount = 0.195, NoiseMicrovolts = 8;

    /// <summary>Sorting must take no more than this share of a core, or it is in the way of the networks.</summary>
    private const double EnoughTimesRealTime = 5;

    public static IEnumerable<Check> Run()
    {
        var random = new RandomStream(1, "noise to be sorted");
        SampleBlock[] noise = [.. Enumerable.Range(0, Blocks).Select(_ =>
        {
            var block = new SampleBlock(Channels, BlockSamples);
            for (var i = 0; i < block.Samples.Length; i++)
                block.Samples[i] = (short)(NoiseMicrovolts / MicrovoltsPerCount * random.Normal());
            return block;
        })];
        var chain = new SpikeSortingChain(
            [.. Enumerable.Range(0, Tetrodes).Select(tetrode => Enumerable.Range(4 * tetrode, 4).ToArray())], [.. Enumerable.Repeat(MicrovoltsPerCount, Channels)], RateHz, BlockSamples);
        var nobody = new Nobody();
        var next = 0;
        double Second()
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < BlocksPerSecond; i++, next++)
            {
                noise[next % Blocks].Describe(next, (long)next * BlockSamples, BlockSamples, RateHz, MicrovoltsPerCount, default, default);
                chain.Process(noise[next % Blocks], nobody);
            }
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        // The first second is for the code, and for the noise to be known.
        Second();
        var factor = BlocksPerSecond * BlockSamples / RateHz / Second();
        yield return new Check(
            Feature, "sorting", factor >= EnoughTimesRealTime ? CheckState.Ok : CheckState.Differs, $"{factor:F0} times real time for {Channels} channels of noise",
            "sorts spikes beside the body", factor >= EnoughTimesRealTime ? null : "end other heavy programs, then: closedloop doctor");
    }

    private sealed class Nobody : ISortedSpikeSink
    {
        public void Take(in SortedSpike spike)
        {
        }
    }
}
