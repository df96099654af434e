using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// Spike trains of neurons without their electrodes: of all families, with their refractory periods and bursts, at rates that
/// are told stretch after stretch. Allocates nothing per stretch.
/// </summary>
public sealed class PlannedTrains
{
    /// <summary>Neurons beside each tetrode.</summary>
    public const int PerTetrode = 4;

    /// <summary>Least and greatest mean rate, spikes per second.</summary>
    public const double LeastRateHz = 0.5, MostRateHz = 30;

    private readonly SpikeTrain[] _trains;

    /// <summary>Draws neurons.</summary>
    /// <param name="seed">Seed of what they are and when they fire.</param>
    /// <param name="count">How many.</param>
    public PlannedTrains(int seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _trains = new SpikeTrain[count];
        var neurons = new (int, int, double)[count];
        for (var i = 0; i < count; i++)
        {
            var random = new RandomStream(seed, $"neuron {i + 1}");
            var type = (NeuronType)(int)(4 * random.Uniform());
            // Rates over the whole range alike on a logarithmic scale, whatever the family.
            var rate = LeastRateHz * Math.Pow(MostRateHz / LeastRateHz, random.Uniform());
            _trains[i] = new(NeuronTraits.Draw(type, random) with { RateHz = rate }, new(seed, $"train of neuron {i + 1}"));
            neurons[i] = (i + 1, i / PerTetrode, rate);
        }
        Neurons = neurons;
    }

    /// <summary>Number, tetrode and mean rate of each neuron.</summary>
    public IReadOnlyList<(int Unit, int Tetrode, double RateHz)> Neurons { get; }

    /// <summary>The spikes of the next stretch.</summary>
    /// <param name="fromS">Its begin, which is the last one's end.</param>
    /// <param name="untilS">Its end.</param>
    /// <param name="ratesHz">Spikes per second of each neuron in it.</param>
    /// <param name="spikes">Receives place of the neuron and time of each spike, neuron by neuron.</param>
    /// <returns>How many there are; those that find no room are left out.</returns>
    public int Next(double fromS, double untilS, ReadOnlySpan<double> ratesHz, Span<(int Neuron, double TimeS)> spikes)
    {
        var count = 0;
        for (var i = 0; i < _trains.Length; i++)
            for (var at = fromS; count < spikes.Length && _trains[i].TryNext(at, untilS, ratesHz[i], out at, out _); count++)
                spikes[count] = (i, at);
        return count;
    }
}
