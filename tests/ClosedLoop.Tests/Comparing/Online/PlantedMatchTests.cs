using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.OnlineComparing;

public sealed class PlantedMatchTests
{
    [Fact]
    public void A_unit_is_the_neuron_whose_spikes_most_of_its_own_are()
    {
        var match = new PlantedMatch(2, 30_000);
        var random = new RandomStream(3, "spikes");
        var batch = new SpikeBatch(8);
        for (var second = 0; second < 60; second++)
        {
            // Neurons 1 and 2 beside the first tetrode, 3 beside the second, told in order of time before any is sorted.
            var spikes = Enumerable.Range(0, 12).Select(i => (Neuron: 1 + (i % 3), Sample: 30_000 * (second + random.Uniform()))).OrderBy(spike => spike.Sample).ToArray();
            foreach (var (neuron, sample) in spikes)
                match.Take(new PlantedSpike(neuron, neuron == 3 ? 1 : 0, sample, 1));
            foreach (var (neuron, sample) in spikes)
            {
                // Unit 1 of the first tetrode is neuron 2, with a few of neuron 1; unit 2 is of both alike; unit 1 of the second tetrode is neuron 3.
                var unit = neuron == 3 ? 1 : neuron == 2 ? (random.Uniform() < 0.7 ? 1 : 2) : random.Uniform() < 0.1 ? 1 : 2;
                (batch.Count, batch.Tetrodes[0], batch.Units[0], batch.Samples[0], batch.Flags[0]) = (1, neuron == 3 ? 1 : 0, unit, sample + (8 * (random.Uniform() - 0.5)), 0);
                match.Take(batch);
            }
            // Noise that is no neuron's, and spikes that waited.
            (batch.Count, batch.Tetrodes[0], batch.Units[0], batch.Samples[0], batch.Flags[0]) = (1, 0, 3, 30_000 * (second + 0.5), 0);
            match.Take(batch);
            (batch.Units[0], batch.Flags[0]) = (4, (int)SpikeFlags.Late);
            match.Take(batch);
        }
        Assert.Equal(2, match.NeuronOf(0, 1));
        Assert.Equal(3, match.NeuronOf(1, 1));
        Assert.Equal(0, match.NeuronOf(0, 3));
        Assert.Equal(0, match.NeuronOf(0, 4));
        Assert.Equal(0, match.NeuronOf(1, 2));
    }
}
