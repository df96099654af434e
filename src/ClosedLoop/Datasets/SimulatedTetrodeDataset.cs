using System.Globalization;
using System.Runtime.InteropServices;
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
    // The noise of a channel stays what it is: half a minute tells.
    private const double NoiseS = 30;

    /// <summary>Writes until all samples are there or it is cancelled; what is there by then is whole.</summary>
    /// <param name="folder">An existing, empty folder.</param>
    /// <param name="options">What is planted.</param>
    /// <param name="seconds">How long is recorded.</param>
    /// <param name="progress">Told of the seconds that are there.</param>
    /// <param name="cancellation">Ends the recording where it is.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range, or the disk has no room.</exception>
    public static SimulatedTetrodeSummary Write(string folder, SimulatedTetrodeOptions options, double seconds, Action<double>? progress, CancellationToken cancellation)
    {
        if (!(seconds is >= 1 and <= 1_000_000))
            throw ClosedLoopException.Usage($"a recording of {seconds} s was asked for; give 1 s or more");
        options.Check();
        var raw = Path.Combine(folder, "raw.i16");
        RequireRoom(folder, 2.0 * options.Channels * options.RateHz * seconds);
        using var truth = new PlantedTruth(Path.Combine(folder, "truth.csv"), options.RateHz);
        using var source = new SimulatedTetrodeSource(options, new() { BlockSamples = 1024, DurationS = seconds }, truth: truth);
        var noise = new TetrodeNoise(source.Channels, source.RateHz, source.BlockCapacity);
        var block = new SampleBlock(source.Channels.Count, source.BlockCapacity);
        try
        {
            using var file = new FileStream(raw, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 20);
            while (source.TryRead(block, cancellation))
            {
                file.Write(MemoryMarshal.AsBytes(block.Samples.AsSpan(0, block.SampleCount * block.ChannelCount)));
                truth.Advance(source.Ledger.Received);
                if (source.Ledger.Received <= NoiseS * source.RateHz)
                    noise.Observe(block);
                progress?.Invoke(source.Ledger.Received / source.RateHz);
            }
            truth.Complete();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the recording in '{folder}' ended after {source.Ledger.Received / source.RateHz:F1} s of {seconds} s, for its files cannot be written: {error.Message}", error);
        }
        var written = source.Ledger.Received;
        var clear = WriteUnits(folder, source, truth, noise, written / source.RateHz);
        WholeFile.Write(Path.Combine(folder, "raw.yaml"), Encoding.UTF8.GetBytes(Describe(source, options, written)), "description");
        return new(written, source.Channels.Count, source.Units.Count, clear, truth.Spikes);
    }

    internal static void RequireRoom(string folder, double bytes)
    {
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < bytes * 1.01)
            throw ClosedLoopException.Failed($"the recording takes {bytes / 1e9:F2} GB, and the disk of '{folder}' has {free / 1e9:F2} GB free; make room, or record less");
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

    internal static string Describe(SimulatedTetrodeSource source, SimulatedTetrodeOptions options, long samples)
    {
        var text = new StringBuilder("# int16, little-endian, all channels of a sample side by side; channels count from 0\n");
        void Line(string key, IFormattable value) => text.Append(CultureInfo.InvariantCulture, $"{key}: {value.ToString(null, CultureInfo.InvariantCulture)}\n");
        text.Append("file: raw.i16\n");
        Line("channels", source.Channels.Count);
        Line("rate_hz", source.RateHz);
        Line("microvolts_per_count", options.MicrovoltsPerCount);
        text.Append("tetrodes:\n");
        foreach (var tetrode in source.Tetrodes)
            text.Append(CultureInfo.InvariantCulture, $"  - [{string.Join(", ", tetrode)}]\n");
        text.Append(CultureInfo.InvariantCulture, $"# simulated: {samples} samples, seed {options.Seed}, noise {options.NoiseMicrovolts} uV, drift {options.DriftMicrometres} um\n");
        return text.ToString();
    }
}
