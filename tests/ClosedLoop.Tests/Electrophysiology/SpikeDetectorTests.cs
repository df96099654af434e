using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Planted troughs are found where they are, whatever the blocks; the noise is what was planted.</summary>
public sealed class SpikeDetectorTests : ISpikeSink
{
    private const int Channels = 9, Samples = 6000;

    private readonly List<(int Tetrode, long Sample, float[] Snippet)> _spikes = [];

    void ISpikeSink.Take(int tetrode, long sample, ReadOnlySpan<float> snippet) => _spikes.Add((tetrode, sample, snippet.ToArray()));

    [Fact]
    public void Spikes_are_found_on_their_tetrode_and_do_not_depend_on_blocks()
    {
        // Two tetrodes of four wires, and a wire that belongs to none.
        int[][] tetrodes = [[0, 1, 2, 3], [4, 5, 6, 7]];
        var signal = Noise(Channels, Samples, 1);
        var planted = new List<(int Tetrode, long Sample)>();
        var random = new RandomStream(8, "planted");
        for (var at = 40; at < Samples - 60; at += 30 + (int)(40 * random.Uniform()))
        {
            var tetrode = random.Uniform() < 0.5 ? 0 : 1;
            planted.Add((tetrode, 1000 + at));
            for (var wire = 0; wire < 4; wire++)
                for (var i = -6; i <= 12; i++)
                    signal[(((4 * tetrode) + wire) * Samples) + at + i] += (float)((wire == 2 ? -30 : -8) * Math.Exp(-i * i / 1.0));
        }
        List<(int, long, float[])>? first = null;
        foreach (var block in new[] { 128, 1, 47, Samples })
        {
            _spikes.Clear();
            Run(new(tetrodes, Channels, block), signal, block, [.. Enumerable.Repeat(1f, Channels)]);
            Assert.Equal(planted.Order(), _spikes.Select(spike => (spike.Tetrode, spike.Sample)).Order());
            Assert.All(_spikes, spike => Assert.Equal(signal[(((4 * spike.Tetrode) + 2) * Samples) + spike.Sample - 1000], spike.Snippet[(2 * 32) + 10]));
            first ??= [.. _spikes];
            Assert.Equal(first.OrderBy(spike => spike.Item2).SelectMany(spike => spike.Item3), _spikes.OrderBy(spike => spike.Sample).SelectMany(spike => spike.Snippet));
        }
    }

    [Fact]
    public void Nothing_is_looked_for_across_a_gap_and_a_dead_wire_has_no_spikes()
    {
        var detector = new SpikeDetector([[0, 1]], 2, 100);
        var block = new float[200];
        block[95] = -50;
        block[100 + 50] = -50;
        detector.Process(block, 100, 100, 0, [1f, float.NaN], this);
        detector.Process(new float[200], 100, 100, 500, [1f, 0f], this);
        Assert.Empty(_spikes);
        // Without the gap the first is found.
        detector.Process(block, 100, 100, 600, [1f, float.NaN], this);
        detector.Process(new float[200], 100, 100, 700, [1f, float.NaN], this);
        Assert.Equal([695L], _spikes.Select(spike => spike.Sample));
    }

    [Fact]
    public void The_noise_is_that_which_was_planted_with_spikes_or_without()
    {
        const int Long = 120_000;
        var signal = Noise(2, Long, 3);
        for (var t = 0; t < Long; t++)
            signal[Long + t] *= 5;
        // One channel fires 50 times a second.
        for (var t = 100; t < Long - 20; t += 600)
            for (var i = 0; i < 12; i++)
                signal[t + i] -= 30;
        var noise = new NoiseLevel(2, 30000);
        Assert.False(noise.Known);
        for (var t = 0; t < Long; t += 100)
            noise.Observe(signal.AsSpan(t), 100, Long);
        Assert.InRange(noise.Levels[0], 0.9f, 1.15f);
        Assert.InRange(noise.Levels[1], 4.5f, 5.5f);
        // What an artefact covers is left out.
        var (spoilt, vetoed) = (new float[200], new bool[100]);
        Array.Fill(spoilt, 1000f);
        Array.Fill(vetoed, true);
        var before = noise.Levels.ToArray();
        for (var i = 0; i < 600; i++)
            noise.Observe(spoilt, 100, 100, vetoed);
        Assert.Equal(before, noise.Levels.ToArray());
    }

    [Fact]
    public void Detection_allocates_nothing()
    {
        var sink = new Counting();
        var detector = new SpikeDetector([[0, 1, 2, 3]], 4, 128);
        var signal = Noise(4, 128, 3);
        signal[64] = -20;
        float[] level = [1, 1, 1, 1];
        var noise = new NoiseLevel(4, 30000);
        void Run(int first)
        {
            noise.Observe(signal, 128, 128);
            detector.Process(signal, 128, 128, 128 * first, level, sink);
        }
        for (var i = 0; i < 20; i++)
            Run(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 20; i < 400; i++)
            Run(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(sink.Count, 399, 400);
    }

    private void Run(SpikeDetector detector, float[] signal, int block, float[] noise)
    {
        for (var t = 0; t < Samples; t += block)
            detector.Process(signal.AsSpan(t), Math.Min(block, Samples - t), Samples, 1000 + t, noise, this);
    }

    private static float[] Noise(int channels, int samples, int seed)
    {
        var random = new RandomStream(seed, "noise");
        return [.. Enumerable.Range(0, channels * samples).Select(_ => (float)Math.Clamp(random.Normal(), -4, 4))];
    }

    private sealed class Counting : ISpikeSink
    {
        public int Count { get; private set; }

        public void Take(int tetrode, long sample, ReadOnlySpan<float> snippet) => Count++;
    }
}
