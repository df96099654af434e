using System.Globalization;
using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>
/// Writes a recording of simulated tetrodes: raw.i16 (int16, little-endian, all channels of the first sample, then of the
/// second), truth.csv (every planted spike), truth_units.csv (every planted neuron) and, last, raw.yaml, which says how
/// raw.i16 is to be read. What was begun and not ended has no raw.yaml.
/// </summary>
public static class SimulatedTetrodeDataset
{
    /// <summary>Writes until all samples are there or it is cancelled; what is there by then is whole.</summary>
    /// <param name="folder">An existing, empty folder.</param>
    /// <param name="options">What is planted.</param>
    /// <param name="seconds">How long is recorded.</param>
    /// <param name="progress">Told of the seconds that are there.</param>
    /// <param name="cancellation">Ends the recording where it is.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range, or the disk has no room.</exception>
    public static SimulatedTetrodeSummary Write(string folder, SimulatedTetrodeOptions options, double seconds, Action<double>? progress, CancellationToken cancellation)
    {
        var raw = new RawSamples(folder, options, seconds);
        raw.Check();
        using var truth = new PlantedTruth(Path.Combine(folder, "truth.csv"), options.RateHz);
        using var source = new SimulatedTetrodeSource(options, new() { BlockSamples = RawSamples.BlockSamples, DurationS = seconds }, truth: truth);
        var noise = raw.Write(source, add: null, truth.Complete, Written, cancellation);
        var written = source.Ledger.Received;
        var clear = WriteUnits(folder, source, truth, noise, written / source.RateHz);
        raw.Describe(source);
        return new(written, source.Channels.Count, source.Units.Count, clear, truth.Spikes);

        void Written(double seconds)
        {
            truth.Advance(source.Ledger.Received);
            progress?.Invoke(seconds);
        }
    }

    private static int WriteUnits(string folder, SimulatedTetrodeSource source, PlantedTruth truth, TetrodeNoise noise, double seconds)
    {
        var clear = 0;
        var text = new StringBuilder("unit,tetrode,type,channel,amplitude_microvolts,filtered_amplitude_microvolts,noise_microvolts,snr,spikes,rate_hz,planned_rate_hz,burst_probability,refractory_ms,x_micrometres,y_micrometres,z_micrometres,drift_micrometres,least_amplitude,most_amplitude\n");
        foreach (var unit in source.Units)
        {
            var (spikes, meanAmplitude) = truth.Of(unit);
            var found = PlantedUnitStatistics.Of(unit, seconds, source.RateHz, meanAmplitude, noise.Levels);
            var channel = source.Tetrodes[unit.Tetrode][found.BestWire];
            var (x, y, z) = unit.PositionMicrometres(0);
            clear += found.Snr >= 5 ? 1 : 0;
            text.Append(CultureInfo.InvariantCulture, $"{unit.Id},{unit.Tetrode},{unit.Type},{channel},{found.AmplitudeMicrovolts:F2},{found.FilteredMicrovolts:F2},{noise.Levels[channel]:F3},{found.Snr:F3},{spikes},{spikes / seconds:F4},{unit.RateHz:F4},{unit.BurstProbability:F3},{unit.RefractoryS * 1000:F3},{x:F1},{y:F1},{z:F1},{found.DriftMicrometres:F2},{found.LeastDepth:F3},{found.MostDepth:F3}\n");
        }
        WholeFile.Write(Path.Combine(folder, "truth_units.csv"), Encoding.UTF8.GetBytes(text.ToString()), "table of units");
        return clear;
    }
}
