using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>
/// Tetrodes in noise with planted units, simple and quick: wires at the corners of a square, a unit's strength falling off
/// with distance, spikes of two lobes between samples, refractory and overlapping; units may walk, come and go.
/// </summary>
internal sealed class PlantedTetrodes : ISampleSource
{
    private const int Wires = 4, Block = 128;
    private const double Rate = 30000;
    private const double MicrovoltsPerCount = 0.195;

    private readonly List<Unit> _units = [];
    private readonly RandomStream _random;
    private readonly double _noise, _seconds;
    private readonly int _tetrodes, _channels;
    private readonly double[] _slow;
    private readonly List<(double Sample, int Unit)> _spikes = [];
    private int _next;
    private long _sample;

    public PlantedTetrodes(int tetrodes, int unitsEach, double seconds, int seed, double noise = 8, double walkMicrometres = 0)
    {
        (_tetrodes, _seconds, _noise, _channels) = (tetrodes, seconds, noise, tetrodes * Wires);
        _random = new(seed, "planted tetrodes");
        _slow = new double[_channels + tetrodes + 1];
        for (var tetrode = 0; tetrode < tetrodes; tetrode++)
            for (var u = 0; u < unitsEach; u++)
            {
                // Each on its own side of the tetrode, 20 to 45 um from its middle.
                var (angle, away) = (2 * Math.PI * (u + _random.Uniform(-0.25, 0.25)) / unitsEach, _random.Uniform(15, 40));
                var narrow = u % 3 == 2;
                _units.Add(new(
                    tetrode,
                    away * Math.Cos(angle),
                    away * Math.Sin(angle),
                    _random.Uniform(-1, 1) * walkMicrometres,
                    _random.Uniform(-1, 1) * walkMicrometres,
                    narrow ? 3 : _random.Uniform(4.5, 6.5),
                    narrow ? 6 : _random.Uniform(9, 14),
                    narrow ? 0.5 : _random.Uniform(0.25, 0.4),
                    _random.Uniform(110, 260),
                    narrow ? _random.Uniform(10, 25) : Math.Exp(_random.Uniform(Math.Log(1.5), Math.Log(10)))));
            }
        Truth = new double[_units.Count][];
        for (var u = 0; u < _units.Count; u++)
        {
            var times = new List<double>();
            for (var at = 0.0; (at += 60 - (Rate / _units[u].Rate * Math.Log(1 - _random.Uniform()))) < (seconds * Rate) - 100;)
                if (at > 100)
                    times.Add(at);
            Truth[u] = [.. times];
            _spikes.AddRange(times.Select(at => (at, u)));
        }
        _spikes.Sort();
    }

    public int[][] Tetrodes => [.. Enumerable.Range(0, _tetrodes).Select(t => Enumerable.Range(Wires * t, Wires).ToArray())];

    public IReadOnlyList<SampleChannel> Channels => [.. Enumerable.Range(0, _channels).Select(i => new SampleChannel($"{i}", MicrovoltsPerCount, "uV"))];

    public double RateHz => Rate;

    public int BlockCapacity => Block;

    public string Description => "planted tetrodes";

    public SampleLedger Ledger { get; } = new();

    /// <summary>Troughs of each unit's spikes, in samples.</summary>
    public double[][] Truth { get; }

    /// <summary>From which sample to which a unit fires at all.</summary>
    public void Confine(int unit, double from, double to)
    {
        Truth[unit] = [.. Truth[unit].Where(at => at >= from && at < to)];
        _spikes.RemoveAll(spike => spike.Unit == unit && !(spike.Sample >= from && spike.Sample < to));
    }

    /// <summary>Moves a share of one unit's spikes to within half a millisecond of another's.</summary>
    public void Overlap(int unit, int other, double share)
    {
        var moved = new SortedSet<double>();
        foreach (var at in Truth[unit])
        {
            var beside = Truth[other][(int)(_random.Uniform() * Truth[other].Length)] + _random.Uniform(-15, 15);
            var to = _random.Uniform() < share ? beside : at;
            // It stays refractory.
            if (moved.GetViewBetween(to - 60, to + 60).Count == 0)
                moved.Add(to);
        }
        Truth[unit] = [.. moved];
        _spikes.RemoveAll(spike => spike.Unit == unit);
        _spikes.AddRange(moved.Select(at => (at, unit)));
        _spikes.Sort();
    }

    public bool TryRead(SampleBlock block, CancellationToken cancellation = default)
    {
        var count = (int)Math.Min(block.Samples.Length / _channels, (long)(_seconds * Rate) - _sample);
        if (count <= 0)
            return false;
        var signal = new double[_channels * count];
        for (var t = 0; t < count; t++)
        {
            // Noise of each wire, of each tetrode and of all: white and slow parts.
            double Coloured(int i) => (_slow[i] = (0.8 * _slow[i]) + (0.6 * _random.Normal())) + (0.5 * _random.Normal());
            var all = Coloured(_channels + _tetrodes);
            for (var tetrode = 0; tetrode < _tetrodes; tetrode++)
            {
                var own = Coloured(_channels + tetrode);
                for (var wire = 0; wire < Wires; wire++)
                    signal[(t * _channels) + (Wires * tetrode) + wire] = _noise * ((0.85 * Coloured((Wires * tetrode) + wire)) + (0.4 * own) + (0.4 * all)) * 1.1;
            }
        }
        for (; _next < _spikes.Count && _spikes[_next].Sample < _sample - 60; _next++)
        {
        }
        for (var i = _next; i < _spikes.Count && _spikes[i].Sample < _sample + count + 60; i++)
            Add(_spikes[i], signal, count);
        for (var i = 0; i < signal.Length; i++)
            block.Samples[i] = (short)Math.Clamp(Math.Round(signal[i] / MicrovoltsPerCount), short.MinValue, short.MaxValue);
        block.SampleCount = count;
        block.MicrovoltsPerCount = MicrovoltsPerCount;
        block.Stamp = new() { DeviceCounter = _sample };
        _sample += count;
        return true;
    }

    public SampleBlock NewBlock() => new(_channels, Block);

    public SpikeSortingChain NewChain(SortingChainOptions options) => new(Tetrodes, [.. Enumerable.Repeat(MicrovoltsPerCount, _channels)], Rate, Block, options);

    /// <summary>Compares spikes with the truth, tetrode by tetrode.</summary>
    public SortingComparison[] Compare(IEnumerable<SortedSpike> spikes) => [.. Enumerable.Range(0, _tetrodes).Select(tetrode => SortingComparison.Of(
        [.. Enumerable.Range(0, _units.Count).Where(unit => _units[unit].Tetrode == tetrode).Select(unit => Truth[unit])],
        [.. spikes.Where(spike => spike.Tetrode == tetrode && spike.Unit > 0).GroupBy(spike => spike.Unit).Select(unit => unit.Select(spike => spike.Sample).Order().ToArray())],
        Rate))];

    public void Dispose()
    {
    }


    private void Add((double Sample, int Unit) spike, double[] signal, int count)
    {
        var unit = _units[spike.Unit];
        for (var wire = 0; wire < Wires; wire++)
        {
            var strength = Strength(unit, wire, spike.Sample / (_seconds * Rate));
            for (var t = (int)Math.Max(0, Math.Ceiling(spike.Sample - _sample - 25)); t < Math.Min(count, spike.Sample - _sample + 50); t++)
            {
                var at = t + _sample - spike.Sample;
                var lag = (at - (1.7 * unit.Width)) / unit.Tail;
                signal[(t * _channels) + (Wires * unit.Tetrode) + wire] -= strength * (Math.Exp(-at * at / unit.Width / unit.Width) - (unit.Hump * Math.Exp(-lag * lag)));
            }
        }
    }

    private static double Strength(Unit unit, int wire, double progress)
    {
        const double Half = 12;
        var (x, y) = (unit.X + (progress * unit.WalkX) - (wire % 2 == 0 ? -Half : Half), unit.Y + (progress * unit.WalkY) - (wire < 2 ? -Half : Half));
        return unit.Strength * Math.Exp(-Math.Sqrt((x * x) + (y * y) + 400) / 28) * 2;
    }

    private sealed record Unit(int Tetrode, double X, double Y, double WalkX, double WalkY, double Width, double Tail, double Hump, double Strength, double Rate);
}
