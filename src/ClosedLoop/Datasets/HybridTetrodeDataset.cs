using System.Globalization;
using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Simulation;

namespace ClosedLoop.Datasets;

/// <summary>
/// Writes a recording in whose simulated noise real spikes are planted at known times: the files of
/// <see cref="SimulatedTetrodeDataset"/>. Each tetrode file's units go to every so-many-th tetrode, with their own rates and
/// intervals, each spike a snippet of the unit's drawn anew.
/// </summary>
internal static class HybridTetrodeDataset
{
    // Samples of a spike, a part of a sample's shift included, and the place of its trough.
    private const double LengthS = 0.0016, TroughS = 0.0005;

    /// <summary>Writes until all samples are there or it is cancelled; what is there by then is whole.</summary>
    /// <param name="folder">An existing, empty folder.</param>
    /// <param name="options">Tetrodes and noise; no simulated neuron is planted.</param>
    /// <param name="files">Tetrode files of Axona with their cuts beside them.</param>
    /// <param name="seconds">How long is recorded.</param>
    /// <param name="progress">Told of the seconds that are there.</param>
    /// <param name="cancellation">Ends the recording where it is.</param>
    /// <exception cref="ClosedLoopException">A file cannot be read or has no cut; an option is out of its range; or the disk has no room.</exception>
    public static SimulatedTetrodeSummary Write(string folder, SimulatedTetrodeOptions options, IReadOnlyList<string> files, double seconds, Action<double>? progress, CancellationToken cancellation)
    {
        options = options with { UnitsPerTetrode = 0 };
        var raw = new RawSamples(folder, options, seconds);
        raw.Check();
        var sources = files.Select(RealUnit.Read).ToArray();
        if (sources.SelectMany(units => units).FirstOrDefault(unit => unit.Wires != SimulatedTetrodeOptions.Wires) is { } odd)
            throw ClosedLoopException.Usage($"'{odd.Path}' has {odd.Wires} wires, and simulated tetrodes have {SimulatedTetrodeOptions.Wires}; name another");
        Planted[] planted = [.. Enumerable.Range(0, options.Tetrodes).SelectMany(tetrode => sources[tetrode % sources.Length].Select(unit => (tetrode, unit)))
            .Select((entry, i) => new Planted(i + 1, entry.tetrode, entry.unit, new(options.Seed, $"real unit {i + 1}"), options))];
        using var source = new SimulatedTetrodeSource(options, new() { BlockSamples = RawSamples.BlockSamples, DurationS = seconds });
        var spikes = new List<(double Sample, int Unit)>();
        var noise = raw.Write(source, Add, WriteTruth, progress, cancellation);
        var clear = WriteUnits(folder, planted, spikes, noise.Levels, source.Ledger.Received / source.RateHz);
        raw.Describe(source);
        return new(source.Ledger.Received, source.Channels.Count, planted.Length, clear, spikes.Count);

        void Add(SampleBlock block)
        {
            foreach (var unit in planted)
                unit.Add(block, source.Ledger.Received - block.SampleCount, spikes);
        }

        void WriteTruth()
        {
            spikes.RemoveAll(spike => spike.Sample >= source.Ledger.Received);
            spikes.Sort();
            using var file = new StreamWriter(Path.Combine(folder, "truth.csv")) { NewLine = "\n" };
            file.WriteLine("unit,sample,time_s");
            foreach (var (sample, unit) in spikes)
                file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{unit},{(long)Math.Round(sample)},{sample / source.RateHz:F7}"));
        }
    }

    private static int WriteUnits(string folder, Planted[] planted, List<(double Sample, int Unit)> spikes, ReadOnlySpan<float> noise, double seconds)
    {
        var counts = spikes.CountBy(spike => spike.Unit).ToDictionary();
        var (clear, text) = (0, new StringBuilder("unit,tetrode,file,cut,channel,filtered_amplitude_microvolts,noise_microvolts,snr,spikes,rate_hz\n"));
        foreach (var unit in planted)
        {
            var channel = (SimulatedTetrodeOptions.Wires * unit.Tetrode) + unit.Unit.BestWire;
            var (depth, count) = (unit.FilteredMicrovolts(), counts.GetValueOrDefault(unit.Id));
            clear += depth / noise[channel] >= 5 ? 1 : 0;
            text.Append(CultureInfo.InvariantCulture, $"{unit.Id},{unit.Tetrode},{Path.GetFileName(unit.Unit.Path)},{unit.Unit.Cut},{channel},{depth:F2},{noise[channel]:F3},{depth / noise[channel]:F3},{count},{count / seconds:F4}\n");
        }
        WholeFile.Write(Path.Combine(folder, "truth_units.csv"), Encoding.UTF8.GetBytes(text.ToString()), "table of units");
        return clear;
    }

    /// <summary>A unit at a tetrode: when it fires next, and what of its spikes is still to come.</summary>
    private sealed class Planted
    {
        private readonly RandomStream _random;
        private readonly SimulatedTetrodeOptions _options;
        private readonly float[] _waveform;
        private readonly int _length;
        private readonly double _trough;
        private double _next;
        private long _begin = long.MaxValue;

        public Planted(int id, int tetrode, RealUnit unit, RandomStream random, SimulatedTetrodeOptions options)
        {
            (Id, Tetrode, Unit, _random, _options) = (id, tetrode, unit, random, options);
            (_length, _trough) = ((int)(LengthS * options.RateHz), (int)(TroughS * options.RateHz));
            _waveform = new float[_length * SimulatedTetrodeOptions.Wires];
            _next = (random.Uniform() * options.RateHz / unit.SpikesPerSecond) + _length;
        }

        public int Id { get; }

        public int Tetrode { get; }

        public RealUnit Unit { get; }

        /// <summary>Adds what falls into a block, and enters the spikes that begin in it.</summary>
        public void Add(SampleBlock block, long first, List<(double Sample, int Unit)> spikes)
        {
            while (true)
            {
                if (_begin == long.MaxValue)
                {
                    _begin = (long)Math.Floor(_next - _trough);
                    if (_begin < first + block.SampleCount)
                    {
                        Unit.Resample((int)(Unit.Count * _random.Uniform()), _next - _begin, _options.RateHz, _waveform);
                        spikes.Add((_next, Id));
                    }
                }
                if (_begin >= first + block.SampleCount)
                {
                    // NB: it is drawn when it begins, so that the size of the blocks does not matter.
                    _begin = long.MaxValue;
                    return;
                }
                AddTo(block, first);
                if (_begin + _length > first + block.SampleCount)
                    return;
                _begin = long.MaxValue;
                // A snippet is as long as no spike of its neuron comes after it.
                _next += Math.Max(_length + 1, Unit.Interval(_random) * _options.RateHz);
            }
        }

        /// <summary>Depth of the mean spike's trough that the band-pass leaves on the best wire.</summary>
        public double FilteredMicrovolts()
        {
            const int Padded = 256;
            const double PerCount = 0.01;
            var mean = new double[Padded];
            for (var i = 0; i < Unit.Count; i++)
            {
                Unit.Resample(i, _trough, _options.RateHz, _waveform);
                for (var t = 0; t < _length; t++)
                    mean[t] += _waveform[(Unit.BestWire * _length) + t] / Unit.Count;
            }
            short[] counts = [.. mean.Select(x => (short)Math.Clamp(x / PerCount, short.MinValue, short.MaxValue))];
            var filtered = new float[Padded];
            new FilterBank(TetrodeNoise.Band(_options.RateHz), [PerCount]).Process(counts, Padded, filtered, Padded);
            return -filtered.Min();
        }

        private void AddTo(SampleBlock block, long first)
        {
            for (var t = (int)Math.Max(0, first - _begin); t < _length && _begin + t < first + block.SampleCount; t++)
                for (var wire = 0; wire < SimulatedTetrodeOptions.Wires; wire++)
                {
                    ref var count = ref block.Samples[((_begin + t - first) * block.ChannelCount) + (SimulatedTetrodeOptions.Wires * Tetrode) + wire];
                    count = (short)Math.Clamp(Math.Round(count + (_waveform[(wire * _length) + t] / _options.MicrovoltsPerCount)), -short.MaxValue, short.MaxValue);
                }
        }
    }
}
