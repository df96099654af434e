using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Simulation;

namespace ClosedLoop.Sorting;

/// <summary>
/// Compares what finds spikes here with what a user of SciPy writes for it (<c>bench/scipy_threshold.py</c>): the same
/// band-pass, the noise by the median, troughs beyond a multiple of it, on the same int16 samples in memory, in turns, by
/// the processor time of each. Ours goes block by block as a session does, and cuts the spikes out too; SciPy has all
/// samples at once, in single precision.
/// </summary>
internal static class ScipyComparison
{
    private const int Seed = 2, Rounds = 5, BlockSamples = 128;
    private const double Threshold = 4.5;

    /// <summary>Seconds of signal that say enough.</summary>
    public const double UsualSeconds = 20;

    /// <summary>Refuses to begin without SciPy.</summary>
    /// <returns>The interpreter that has it.</returns>
    /// <exception cref="ClosedLoopException">There is none.</exception>
    public static string RequirePython() => PythonInterpreter.Find("the comparison with SciPy", "scipy.signal, numpy", "python3-scipy");

    /// <summary>Measures.</summary>
    /// <param name="tetrodes">Simulated tetrodes.</param>
    /// <param name="seconds">Seconds of signal.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">Python or SciPy are not here, or failed.</exception>
    public static ScipyComparisonResult Measure(int tetrodes, double seconds, CancellationToken cancellation)
    {
        var interpreter = RequirePython();
        var root = Installation.Root ?? throw ClosedLoopException.Usage("the comparison with SciPy runs a script of an installation, and this program lies outside of one");
        var folder = Directory.CreateTempSubdirectory("closedloop-scipy-");
        try
        {
            using var source = new SimulatedTetrodeSource(new() { Tetrodes = tetrodes, Seed = Seed }, new() { DurationS = seconds, BlockSamples = BlockSamples });
            var samples = ReadAll(source, (int)(seconds * source.RateHz), cancellation);
            var file = Path.Combine(folder.FullName, "samples.i16");
            using (var stream = File.Create(file))
                stream.Write(MemoryMarshal.AsBytes(samples.AsSpan()));
            var (low, high, order) = (new SortingChainOptions().LowHz, new SortingChainOptions().HighHz, new SortingChainOptions().Order);
            string[] arguments = [file, .. new double[] { source.Channels.Count, source.RateHz, source.Channels[0].UnitsPerCount, order, low, high, Threshold }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
            using var scipy = Process.Start(new ProcessStartInfo(interpreter, [Path.Combine(root, "bench", "scipy_threshold.py"), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            try
            {
                return Turns(scipy, source, samples, seconds, cancellation);
            }
            finally
            {
                scipy.StandardInput.Close();
                if (!scipy.WaitForExit(TimeSpan.FromSeconds(10)))
                    scipy.Kill();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ScipyComparisonResult Turns(Process scipy, SimulatedTetrodeSource source, short[] samples, double seconds, CancellationToken cancellation)
    {
        var (ours, theirs, spikes) = (new List<double>(), new List<double>(), new CountedSpikes((long)(seconds * source.RateHz / 2)));
        float[] noise = [];
        // The first round of each warms up and is not counted.
        for (var round = 0; round <= Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var said = Ask(scipy, []);
            var began = ProcessorTime.OfThreadNs;
            noise = Find(source, samples, spikes);
            var tookS = (ProcessorTime.OfThreadNs - began) / 1e9;
            if (round == 0)
                continue;
            ours.Add(tookS);
            theirs.Add(said.GetProperty("seconds").GetDouble());
        }
        // By the same noise, for its estimates differ as much as those of few samples do.
        spikes.Clear();
        Find(source, samples, spikes, noise);
        var last = Ask(scipy, noise);
        var (oursS, theirsS) = (Median(ours), Median(theirs));
        var difference = last.GetProperty("noise").EnumerateArray().Select((level, channel) => Math.Abs((noise[channel] / level.GetDouble()) - 1)).Max();
        return new(
            last.GetProperty("version").GetString()!, source.Channels.Count, seconds, oursS, theirsS, theirsS / oursS, spikes.Count, last.GetProperty("spikes").GetInt64(), difference);
    }

    private static JsonElement Ask(Process scipy, float[] noise)
    {
        scipy.StandardInput.WriteLine(string.Join(' ', noise.Select(level => level.ToString("R", CultureInfo.InvariantCulture))));
        scipy.StandardInput.Flush();
        var line = scipy.StandardOutput.ReadLine() ?? throw ClosedLoopException.Failed("bench/scipy_threshold.py ended before its work was done; what it said stands above");
        return JsonSerializer.Deserialize<JsonElement>(line);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static short[] ReadAll(SimulatedTetrodeSource source, int count, CancellationToken cancellation)
    {
        var (samples, block, at) = (new short[count * source.Channels.Count], new SampleBlock(source.Channels.Count, source.BlockCapacity), 0);
        while (source.TryRead(block, cancellation))
        {
            block.Samples.AsSpan(0, block.SampleCount * source.Channels.Count).CopyTo(samples.AsSpan(at));
            at += block.SampleCount * source.Channels.Count;
        }
        cancellation.ThrowIfCancellationRequested();
        return samples;
    }

    /// <summary>Finds the spikes of every channel by itself, as the script does, block by block. Gives each channel's noise.</summary>
    /// <param name="source">What the samples are of.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="spikes">Told of them.</param>
    /// <param name="known">The noise that they are found by; null: as it is estimated on the way.</param>
    private static float[] Find(SimulatedTetrodeSource source, short[] samples, CountedSpikes spikes, float[]? known = null)
    {
        var channels = source.Channels.Count;
        double[] scales = [.. source.Channels.Select(channel => channel.UnitsPerCount)];
        const int Stride = BlockSamples + 16;
        var (filter, noise, filtered) = (new FilterBank(new SortingChainOptions().Band(source.RateHz), scales), new NoiseLevel(channels, source.RateHz), new float[channels * Stride]);
        var detector = new SpikeDetector([.. Enumerable.Range(0, channels).Select(channel => (IReadOnlyList<int>)[channel])], channels, BlockSamples, new() { Threshold = Threshold });
        for (var first = 0; first * channels < samples.Length; first += BlockSamples)
        {
            var count = Math.Min(BlockSamples, (samples.Length / channels) - first);
            filter.Process(samples.AsSpan(first * channels, count * channels), count, filtered, Stride);
            noise.Observe(filtered, count, Stride);
            if (known is not null || noise.Known)
                detector.Process(filtered, count, Stride, first, known ?? noise.Levels, spikes);
        }
        return noise.Levels.ToArray();
    }

    /// <summary>Counts the spikes from a sample on.</summary>
    private sealed class CountedSpikes(long from) : ISpikeSink
    {
        public long Count { get; private set; }

        public void Clear() => Count = 0;

        public void Take(int tetrode, long sample, ReadOnlySpan<float> snippet)
        {
            if (sample >= from)
                Count++;
        }
    }
}
