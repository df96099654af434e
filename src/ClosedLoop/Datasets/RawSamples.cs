using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>Writes the samples of simulated tetrodes as raw.i16, and raw.yaml, which says how they are to be read.</summary>
/// <param name="folder">An existing, empty folder.</param>
/// <param name="options">What is simulated.</param>
/// <param name="seconds">How long is recorded.</param>
internal sealed class RawSamples(string folder, SimulatedTetrodeOptions options, double seconds)
{
    // The noise of a channel stays what it is: half a minute tells.
    private const double NoiseS = 30;

    /// <summary>Size of the blocks that samples are written in.</summary>
    public const int BlockSamples = 1024;

    /// <summary>Refuses what cannot be recorded, before anything is written.</summary>
    /// <exception cref="ClosedLoopException">An option or the length is out of its range, or the disk has no room.</exception>
    public void Check()
    {
        if (!(seconds is >= 1 and <= 1_000_000))
            throw ClosedLoopException.Usage($"a recording of {seconds} s was asked for; give 1 s or more");
        options.Check();
        var (bytes, free) = (2.0 * options.Channels * options.RateHz * seconds, new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace);
        if (free < bytes * 1.01)
            throw ClosedLoopException.Failed($"the recording takes {bytes / 1e9:F2} GB, and the disk of '{folder}' has {free / 1e9:F2} GB free; make room, or record less");
    }

    /// <summary>Writes raw.i16 until all samples are there or it is cancelled.</summary>
    /// <param name="source">The samples.</param>
    /// <param name="add">Adds to each block before it is written; null: nothing is added.</param>
    /// <param name="onEnd">Writes what else belongs to the samples.</param>
    /// <param name="progress">Told of the seconds that are there, after each block; null: nobody is.</param>
    /// <param name="cancellation">Ends the recording where it is.</param>
    /// <returns>The noise of the channels, as the source alone has it.</returns>
    /// <exception cref="ClosedLoopException">A file cannot be written.</exception>
    public TetrodeNoise Write(SimulatedTetrodeSource source, Action<SampleBlock>? add, Action onEnd, Action<double>? progress, CancellationToken cancellation)
    {
        var noise = new TetrodeNoise(source.Channels, source.RateHz, source.BlockCapacity);
        var block = new SampleBlock(source.Channels.Count, source.BlockCapacity);
        try
        {
            using var file = new FileStream(Path.Combine(folder, "raw.i16"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 20);
            while (source.TryRead(block, cancellation))
            {
                // NB: before anything is added to it.
                if (source.Ledger.Received <= NoiseS * source.RateHz)
                    noise.Observe(block);
                add?.Invoke(block);
                file.Write(MemoryMarshal.AsBytes(block.Samples.AsSpan(0, block.SampleCount * block.ChannelCount)));
                progress?.Invoke(source.Ledger.Received / source.RateHz);
            }
            onEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the recording in '{folder}' ended after {source.Ledger.Received / source.RateHz:F1} s of {seconds} s, for its files cannot be written: {error.Message}", error);
        }
        return noise;
    }

    /// <summary>Writes raw.yaml. NB: last, for what was begun and not ended has none.</summary>
    public void Describe(SimulatedTetrodeSource source)
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
        text.Append(CultureInfo.InvariantCulture, $"# simulated: {source.Ledger.Received} samples, seed {options.Seed}, noise {options.NoiseMicrovolts} uV, drift {options.DriftMicrometres} um\n");
        WholeFile.Write(Path.Combine(folder, "raw.yaml"), Encoding.UTF8.GetBytes(text.ToString()), "description");
    }
}
