using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes;

/// <summary>Neurons are where, when and as large as the truth says.</summary>
public sealed class PlantedSpikeTests
{
    [Fact]
    public void A_lone_neuron_s_spikes_are_its_template_at_fractions_of_samples()
    {
        var options = TetrodeReading.Quiet with { Tetrodes = 2, UnitsPerTetrode = 0.5, Region = BrainRegion.Striatum, MicrovoltsPerCount = 0.02 };
        var truth = new Planted();
        using var source = new SimulatedTetrodeSource(options, new() { DurationS = 20, FirstSample = 1000 }, rates: new StatedRates(_ => 5), truth: truth);
        var unit = Assert.Single(source.Units);
        var counts = source.ReadAll();
        var (best, other) = ((4 * unit.Tetrode) + unit.BestWire(0), 4 * (1 - unit.Tetrode));
        var template = new float[4 * unit.TemplateSamples];
        unit.Template(0, template);
        Assert.InRange(truth.Spikes.Count, 60, 140);
        double worst = 0, fractions = 0;
        var alone = 0;
        for (var i = 1; i < truth.Spikes.Count - 1; i++)
        {
            var spike = truth.Spikes[i];
            var at = spike.Sample - 1000;
            if (at - (truth.Spikes[i - 1].Sample - 1000) < 120 || truth.Spikes[i + 1].Sample - spike.Sample < 120)
                continue;
            alone++;
            var near = (int)Math.Round(at);
            double Count(int sample) => counts[(sample * 8) + best] * 0.02;
            // A parabola through the lowest sample and its neighbours has its vertex about where the trough is, which is
            // steeper on one side; who left fractions out would be half a sample off.
            var (left, middle, right) = (Count(near - 1), Count(near), Count(near + 1));
            var vertex = (left - right) / (2 * (left - (2 * middle) + right));
            worst = Math.Max(worst, Math.Abs(near + vertex - at));
            fractions += Math.Abs(near - at);
            Assert.Equal(spike.Amplitude * -template[(unit.BestWire(0) * unit.TemplateSamples) + unit.TroughSample], -(middle - ((left - right) * vertex / 4)), 2.5);
            // The other tetrode sees nothing of it.
            Assert.Equal(0, counts[(near * 8) + other]);
        }
        Assert.True(alone > 40);
        Assert.True(worst < 0.2, $"a trough lay {worst:F3} samples from where it was said");
        Assert.InRange(fractions / alone, 0.15, 0.35);
        Span<double> depths = stackalloc double[4];
        unit.Depths(0, depths);
        for (var wire = 0; wire < 4; wire++)
            Assert.Equal(depths[wire], -template.AsSpan(wire * unit.TemplateSamples, unit.TemplateSamples).ToArray().Min(), 1e-2 * depths[wire]);
    }

    [Fact]
    public void Averages_at_the_true_times_show_the_stated_amplitudes_through_noise_and_drift()
    {
        var truth = new Planted();
        var options = new SimulatedTetrodeOptions { Tetrodes = 2, Seed = 6, DriftMicrometres = 20, Artefacts = 0 };
        using var source = new SimulatedTetrodeSource(options, new() { DurationS = 120, BlockSamples = 1024 }, rates: new ConstantRates(), truth: truth);
        var counts = source.ReadAll();
        var filtered = TetrodeReading.Filter(counts, 8, 0.195);
        var samples = counts.Length / 8;
        var moved = 0;
        foreach (var unit in source.Units)
        {
            var spikes = truth.Of(unit);
            var wire = unit.BestWire(60);
            // The first half minute, and the last, each beside the template of its own time through the same filter.
            var found = new double[2];
            var stated = new double[2];
            foreach (var (half, timeS) in new[] { (0, 15.0), (1, 105.0) })
            {
                var chosen = spikes.Where(spike => Math.Abs((spike.Sample / 30_000) - timeS) < 15 && Math.Abs(spike.Sample - Math.Round(spike.Sample)) < 0.2 && spike.Sample < samples - 60).ToArray();
                if (chosen.Length < 15)
                    continue;
                var template = new float[4 * unit.TemplateSamples];
                unit.Template(timeS, template);
                var alone = TetrodeReading.Filter([.. template.Skip(wire * unit.TemplateSamples).Take(unit.TemplateSamples).Select(value => (short)(value / 0.01))], 1, 0.01);
                var deepest = Array.IndexOf(alone, alone.Min()) - unit.TroughSample;
                found[half] = chosen.Average(spike => -filtered[(((4 * unit.Tetrode) + wire) * samples) + (int)Math.Round(spike.Sample) + deepest]);
                stated[half] = -alone.Min() * chosen.Average(spike => spike.Amplitude);
                var error = options.NoiseMicrovolts / Math.Sqrt(chosen.Length);
                Assert.InRange(found[half], (stated[half] * 0.93) - (4 * error), (stated[half] * 1.07) + (4 * error));
            }
            if (stated[0] > 0 && stated[1] > 0 && Math.Abs((stated[1] / stated[0]) - 1) > 0.15)
                moved++;
        }
        Assert.True(moved >= 2, $"{moved} neurons changed by more than 15 %");
    }

    [Fact]
    public void Neurons_keep_their_refractory_periods_and_their_rates()
    {
        var truth = new Planted();
        var options = TetrodeReading.Quiet with { Tetrodes = 8, UnitsPerTetrode = 4 };
        var signal = new TetrodeSignal(options, new ConstantRates(), truth: truth);
        const int Seconds = 200;
        for (var i = 0; i < Seconds * 100; i++)
            signal.Next();
        Assert.Equal(truth.Spikes.OrderBy(spike => spike.Sample).Select(spike => spike.Sample), truth.Spikes.Select(spike => spike.Sample));
        Assert.Equal(32, signal.Units.Count);
        int bursts = 0, within = 0;
        foreach (var unit in signal.Units)
        {
            var spikes = truth.Of(unit);
            var intervals = spikes.Skip(1).Zip(spikes, (later, earlier) => (later.Sample - earlier.Sample) / 30_000).ToArray();
            Assert.True(intervals.Min() >= unit.RefractoryS - 1.1e-6, $"unit {unit.Id}: {intervals.Min() * 1000:F3} ms, refractory {unit.RefractoryS * 1000:F3} ms");
            // A burst's spikes come together: the count varies more than a Poisson process's does.
            var expected = unit.RateHz * Seconds;
            var error = Math.Sqrt(expected * (1 + unit.BurstProbability) / (1 - unit.BurstProbability));
            Assert.InRange(spikes.Length, (0.97 * expected) - (4 * error), (1.03 * expected) + (4 * error));
            if (unit.Type == NeuronType.Pyramidal && unit.BurstProbability > 0.15)
            {
                bursts++;
                var share = intervals.Count(interval => interval < 0.012) / (double)intervals.Length;
                Assert.InRange(share, unit.BurstProbability - 0.1, unit.BurstProbability + 0.15);
                // Within a burst amplitudes fall.
                within += spikes.Skip(1).Zip(spikes).Where(pair => pair.First.Sample - pair.Second.Sample < 300).Average(pair => pair.First.Amplitude - pair.Second.Amplitude) < -0.02 ? 1 : 0;
            }
        }
        Assert.True(bursts >= 3 && within == bursts, $"{within} of {bursts}");
        Assert.Equal(4, signal.Units.Select(unit => unit.Type).Distinct().Count());
    }

    [Fact]
    public void A_plan_drives_the_neurons()
    {
        var truth = new Planted();
        var signal = new TetrodeSignal(TetrodeReading.Quiet, new StatedRates(timeS => timeS < 20 ? 0 : 30), truth: truth);
        for (var i = 0; i < 4000; i++)
            signal.Next();
        Assert.DoesNotContain(truth.Spikes, spike => spike.Sample < 19.9 * 30_000);
        foreach (var unit in signal.Units)
            Assert.InRange(truth.Of(unit).Length, 450, 750);
        // By behaviour: the mean over behaviours of the logarithm of each neuron's factor is 0, and its factors differ.
        var plan = new BehaviourRates(3);
        var rates = new double[signal.Units.Count];
        var logarithms = new double[rates.Length];
        var walking = new double[rates.Length];
        var timeS = 0.0;
        foreach (var behaviour in Enum.GetValues<Behaviour>())
        {
            plan.Fill(timeS += 10, new(behaviour, 0, 0), signal.Units, rates);
            plan.Fill(timeS += 10, new(behaviour, 0, 0), signal.Units, rates);
            for (var i = 0; i < rates.Length; i++)
                logarithms[i] += Math.Log(rates[i] / signal.Units[i].RateHz);
            if (behaviour == Behaviour.Walk)
                rates.CopyTo(walking, 0);
        }
        Assert.All(logarithms, sum => Assert.Equal(0, sum, 1e-3));
        Assert.All(walking.Zip(signal.Units), pair => Assert.NotEqual(pair.First, pair.Second.RateHz, 1e-3));
    }

    [Fact]
    public void Neurons_are_planted_around_the_wires_with_spikes_of_their_families()
    {
        var options = TetrodeReading.Quiet with { Tetrodes = 40, UnitsPerTetrode = 4, Seed = 2 };
        var units = new TetrodeSignal(options).Units;
        Assert.Equal(160, units.Count);
        Assert.All(units.GroupBy(unit => unit.Tetrode), group => Assert.InRange(group.Count(), 2, 12));
        foreach (var group in units.GroupBy(unit => unit.Tetrode))
            foreach (var unit in group)
                foreach (var other in group.Where(other => other.Id < unit.Id))
                {
                    var ((x, y, z), (x2, y2, z2)) = (unit.PositionMicrometres(0), other.PositionMicrometres(0));
                    Assert.True(((x - x2) * (x - x2)) + ((y - y2) * (y - y2)) + ((z - z2) * (z - z2)) >= 18 * 18);
                }
        // From trough to peak on the best wire, milliseconds: by these the families are told apart.
        double PeakMs(SimulatedUnit unit)
        {
            var template = new float[4 * unit.TemplateSamples];
            unit.Template(0, template);
            var wire = template.AsSpan(unit.BestWire(0) * unit.TemplateSamples, unit.TemplateSamples)[unit.TroughSample..];
            return wire.IndexOf(wire.ToArray().Max()) / 30.0;
        }

        Assert.All(units.Where(unit => unit.Type is NeuronType.Pyramidal or NeuronType.MediumSpiny), unit => Assert.InRange(PeakMs(unit), 0.45, 1.1));
        Assert.All(units.Where(unit => unit.Type is NeuronType.CorticalInterneuron or NeuronType.StriatalInterneuron), unit => Assert.InRange(PeakMs(unit), 0.15, 0.45));
        // Drift is nothing at the beginning, and nothing ever where none is asked for.
        Assert.All(units, unit => Assert.Equal(unit.PositionMicrometres(0), unit.PositionMicrometres(3000)));
        var drifting = new TetrodeSignal(options with { DriftMicrometres = 5 }).Units;
        Assert.Equal(units.Select(unit => unit.PositionMicrometres(0)), drifting.Select(unit => unit.PositionMicrometres(0)));
        var distances = drifting.Select(unit => Math.Abs(unit.PositionMicrometres(600).Z - unit.PositionMicrometres(0).Z)).ToArray();
        Assert.InRange(distances.Average(), 1.5, 10);
    }
}
