using System.Globalization;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>Writes planted spikes as truth.csv: the neuron, the sample nearest to the trough, and the trough's own time.</summary>
internal sealed class PlantedTruth : IPlantedSpikeSink, IDisposable
{
    // Spikes are told before their samples come; those of samples that never come are left out.
    private readonly Queue<PlantedSpike> _ahead = new();
    private readonly StreamWriter _file;
    private readonly double _rateHz;
    private readonly Dictionary<int, (long Spikes, double Amplitudes)> _units = [];

    public PlantedTruth(string path, double rateHz)
    {
        _rateHz = rateHz;
        _file = new(path) { NewLine = "\n" };
        _file.WriteLine("unit,sample,time_s");
    }

    /// <summary>Spikes written.</summary>
    public long Spikes { get; private set; }

    public void Take(in PlantedSpike spike) => _ahead.Enqueue(spike);

    /// <summary>Writes what fell on the samples that are there.</summary>
    /// <param name="samples">Number of samples per channel so far.</param>
    public void Advance(long samples)
    {
        while (_ahead.TryPeek(out var spike) && Math.Round(spike.Sample) < samples)
        {
            _ahead.Dequeue();
            _file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{spike.Unit},{(long)Math.Round(spike.Sample)},{spike.Sample / _rateHz:F7}"));
            var (spikes, amplitudes) = _units.GetValueOrDefault(spike.Unit);
            _units[spike.Unit] = (spikes + 1, amplitudes + spike.Amplitude);
            Spikes++;
        }
    }

    /// <summary>How many spikes a neuron had, and their mean amplitude relative to rested ones.</summary>
    public (long Spikes, double MeanAmplitude) Of(SimulatedUnit unit) =>
        _units.TryGetValue(unit.Id, out var found) ? (found.Spikes, found.Amplitudes / found.Spikes) : (0, 1);

    /// <summary>Brings everything to the disk, so that what it refuses is known.</summary>
    public void Complete() => _file.Flush();

    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // NB: after Complete nothing is left to write; without it the recording has failed already, and its own error must stand.
        }
    }
}
