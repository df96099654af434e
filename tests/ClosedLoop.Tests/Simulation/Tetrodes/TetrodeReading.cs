using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes;

/// <summary>What tests do with simulated tetrodes: read them, remember the truth, look at a band.</summary>
internal static class TetrodeReading
{
    /// <summary>Neurons alone: nothing disturbs them, and they stay where they are.</summary>
    public static SimulatedTetrodeOptions Quiet { get; } = new()
    {
        Tetrodes = 1, NoiseMicrovolts = 0, DriftMicrometres = 0, MainsMicrovolts = 0, FieldPotential = 0, Artefacts = 0, MicrovoltsPerCount = 0.05,
    };

    /// <summary>Reads to the end: counts, sample by sample. Where samples are lost there is nothing in between.</summary>
    public static short[] ReadAll(this ISampleSource source, Action<SampleBlock>? look = null)
    {
        var block = new SampleBlock(source.Channels.Count, source.BlockCapacity);
        List<short> all = [];
        while (source.TryRead(block, default))
        {
            look?.Invoke(block);
            all.AddRange(block.Samples.AsSpan(0, block.SampleCount * block.ChannelCount));
        }
        return [.. all];
    }

    /// <summary>Microvolts from 300 to 6000 Hz, channel by channel.</summary>
    public static float[] Filter(short[] counts, int channels, double microvoltsPerCount)
    {
        var samples = counts.Length / channels;
        var filtered = new float[counts.Length];
        new FilterBank(Butterworth.BandPass(2, 300, 6000, 30_000), [.. Enumerable.Repeat(microvoltsPerCount, channels)]).Process(counts, samples, filtered, samples);
        return filtered;
    }

    public static double Deviation(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += (double)value * value;
        return Math.Sqrt(sum / values.Length);
    }

    public static double Robust(ReadOnlySpan<float> values)
    {
        var sizes = values.ToArray();
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = Math.Abs(sizes[i]);
        Array.Sort(sizes);
        return sizes[sizes.Length / 2] / 0.6745;
    }

    public static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum / a.Length / Deviation(a) / Deviation(b);
    }
}
