using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes;

/// <summary>Noise, mains, artefacts and saturation are what is said.</summary>
public sealed class TetrodeDisturbanceTests
{
    private static readonly SimulatedTetrodeOptions NoiseAlone = TetrodeReading.Quiet with { Tetrodes = 3, UnitsPerTetrode = 0, NoiseMicrovolts = 8, MicrovoltsPerCount = 0.195 };

    [Fact]
    public void Drawn_numbers_are_nearly_normal()
    {
        var numbers = new float[1 << 20];
        var rows = new NormalRows(new RandomStream(3, "rows"));
        foreach (var part in Enumerable.Range(0, 1 << 10))
            rows.Fill(numbers.AsSpan(part << 10, 1 << 10));
        double Moment(int power) => numbers.Average(number => Math.Pow(number, power));
        Assert.Equal(0, Moment(1), 0.005);
        Assert.Equal(1, Moment(2), 0.01);
        Assert.Equal(0, Moment(3), 0.02);
        // Of a sum of eight uniform numbers: 3 - 1.2 / 8.
        Assert.Equal(2.85, Moment(4), 0.05);
        for (var lag = 1; lag <= 40; lag++)
            Assert.Equal(0, TetrodeReading.Correlation(numbers.AsSpan(lag), numbers.AsSpan(0, numbers.Length - lag)), 0.005);
    }

    [Fact]
    public void Noise_has_the_stated_size_is_coloured_and_common_to_a_tetrode_in_part()
    {
        using var source = new SimulatedTetrodeSource(NoiseAlone, new() { DurationS = 10, BlockSamples = 1000 });
        var counts = source.ReadAll();
        var filtered = TetrodeReading.Filter(counts, 12, 0.195);
        var samples = counts.Length / 12;
        ReadOnlySpan<float> Channel(int channel) => filtered.AsSpan(channel * samples, samples);
        for (var channel = 0; channel < 12; channel++)
        {
            Assert.Equal(8, TetrodeReading.Deviation(Channel(channel)), 0.3);
            Assert.Equal(8, TetrodeReading.Robust(Channel(channel)), 0.3);
        }
        for (var a = 0; a < 12; a++)
            for (var b = 0; b < a; b++)
                if (a / 4 == b / 4)
                    Assert.InRange(TetrodeReading.Correlation(Channel(a), Channel(b)), 0.25, 0.55);
                else
                    Assert.Equal(0, TetrodeReading.Correlation(Channel(a), Channel(b)), 0.03);
        // Power a hertz: most about 1 kHz, falling to both sides, and a white floor that the amplifier ends.
        var density = new[] { 60.0, 1000, 5000, 13_500 }.Select(hz => Density(counts, 12, 5, hz)).ToArray();
        Assert.True(density[1] > 2 * density[0] && density[1] > 2 * density[2] && density[2] > 4 * density[3], string.Join(", ", density));
    }

    [Fact]
    public void Mains_and_field_are_below_the_band_and_as_large_as_stated()
    {
        using var mains = new SimulatedTetrodeSource(NoiseAlone with { NoiseMicrovolts = 0.5, MainsMicrovolts = 100, MainsHz = 60 }, new() { DurationS = 10 });
        var counts = mains.ReadAll();
        Assert.InRange(Enumerable.Range(0, 3).Average(tetrode => Amplitude(counts, 12, 4 * tetrode, 60)), 40, 170);
        Assert.True(Amplitude(counts, 12, 0, 60) > 20 * Amplitude(counts, 12, 0, 50));
        using var field = new SimulatedTetrodeSource(NoiseAlone with { NoiseMicrovolts = 0, FieldPotential = 1 }, new() { DurationS = 10 });
        var slow = field.ReadAll();
        var band = TetrodeReading.Filter(slow, 12, 0.195);
        var wide = slow.Where((_, i) => i % 12 == 0).Select(count => count * 0.195f).ToArray();
        Assert.InRange(TetrodeReading.Deviation(wide), 50, 250);
        Assert.True(TetrodeReading.Deviation(band.AsSpan(3000, slow.Length / 12 - 3000)) < 1.5);
    }

    [Fact]
    public void Artefacts_come_with_movement_and_chewing_on_all_wires()
    {
        var activity = new StatedActivity(timeS => timeS < 4 ? new(Behaviour.Rest, 0, 0) : timeS < 8 ? new(Behaviour.Rest, 0, 1) : new(Behaviour.Trot, 1, 0));
        using var source = new SimulatedTetrodeSource(NoiseAlone with { Artefacts = 1, NoiseMicrovolts = 3 }, new() { DurationS = 12 }, activity: activity);
        var counts = source.ReadAll();
        var filtered = TetrodeReading.Filter(counts, 12, 0.195);
        var samples = counts.Length / 12;
        ReadOnlySpan<float> Part(int channel, int part) => filtered.AsSpan((channel * samples) + (part * samples / 3) + 3000, (samples / 3) - 6000);
        var rest = TetrodeReading.Deviation(Part(0, 0));
        Assert.Equal(3, rest, 0.3);
        Assert.True(TetrodeReading.Deviation(Part(0, 1)) > 3 * rest);
        Assert.True(TetrodeReading.Deviation(Part(0, 2)) > 1.3 * rest);
        // Other than noise, they are the same everywhere.
        Assert.True(TetrodeReading.Correlation(Part(0, 1), Part(11, 1)) > 0.5);
    }

    [Fact]
    public void The_converter_is_full_at_its_ends_and_never_turns_over()
    {
        var activity = new StatedActivity(_ => new(Behaviour.Trot, 1, 1));
        using var source = new SimulatedTetrodeSource(NoiseAlone with { Artefacts = 50 }, new() { DurationS = 20, BlockSamples = 1000 }, activity: activity);
        var counts = source.ReadAll();
        Assert.Equal((short.MaxValue, -short.MaxValue), (counts.Max(), counts.Min()));
        // Where it is full it stays so for a while: neighbours of a full sample are on the same side.
        var (full, turned) = (0, 0);
        for (var i = 12; i < counts.Length; i++)
            if (Math.Abs((int)counts[i]) == short.MaxValue)
            {
                full++;
                turned += Math.Sign(counts[i - 12]) == -Math.Sign(counts[i]) && Math.Abs((int)counts[i - 12]) > 30_000 ? 1 : 0;
            }
        Assert.True(full > 1000 && turned < full / 100, $"{turned} of {full}");
    }

    [Fact]
    public void A_life_moves_rests_and_eats()
    {
        var life = new BehaviourActivity(8);
        var moments = Enumerable.Range(0, 60_000).Select(i => life.At(i * 0.01)).ToArray();
        Assert.InRange(moments.Average(moment => moment.Movement), 0.15, 0.6);
        Assert.InRange(moments.Average(moment => moment.Chewing), 0.01, 0.2);
        Assert.True(moments.Select(moment => moment.Behaviour).Distinct().Count() >= 7);
    }

    [Fact]
    public void Activity_follows_the_simulated_animal()
    {
        using var animal = new SimulatedKeypointSource(RodentBody.Describe(), new() { Sequence = [(Behaviour.Sniff, 0.3), (Behaviour.Groom, 1)] }, durationS: 1);
        var followed = new FollowedActivity(animal);
        Assert.Equal(AnimalActivity.Of(Behaviour.Rest), followed.At(0));
        var keypoints = new Keypoints(animal.Layout);
        var truth = new SimulatedTruth(animal.AnimalBody.Model.Nq, animal.Layout);
        List<Behaviour> seen = [];
        for (var frame = 0; animal.TryRead(keypoints, default); frame++)
        {
            Assert.True(animal.Truth.TryGet(frame, truth));
            seen.Add(truth.Behaviour);
            Assert.Equal(AnimalActivity.Of(truth.Behaviour), followed.At((frame + 0.5) / 50));
            // A later time than was seen: the newest frame.
            Assert.Equal(AnimalActivity.Of(truth.Behaviour), followed.At(1000));
        }
        Assert.Contains(Behaviour.Groom, seen);
        Assert.Contains(Behaviour.Sniff, seen);
        Assert.Equal(AnimalActivity.Of(seen[2]), followed.At(2.5 / 50));
    }

    /// <summary>Amplitude of a sine in a channel, microvolts.</summary>
    private static double Amplitude(short[] counts, int channels, int channel, double hz)
    {
        double real = 0, imaginary = 0;
        var samples = counts.Length / channels;
        for (var t = 0; t < samples; t++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * hz * t / 30_000);
            real += 0.195 * counts[(t * channels) + channel] * cosine;
            imaginary += 0.195 * counts[(t * channels) + channel] * sine;
        }
        return 2 * Math.Sqrt((real * real) + (imaginary * imaginary)) / samples;
    }

    /// <summary>Mean power a hertz around a frequency, by twenty sines.</summary>
    private static double Density(short[] counts, int channels, int channel, double hz) =>
        Enumerable.Range(0, 20).Average(i => Math.Pow(Amplitude(counts, channels, channel, hz + (0.4 * i)), 2));
}
