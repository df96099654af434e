using System.Numerics;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Knows the samples that artefacts cover: of all tetrodes, where most are struck at once (chewing, bumps of the cable; what
/// the common reference has left of them); of one, where it comes to what no neuron does, or its converter is at its end
/// and the filters ring after it. Works in pieces of half a millisecond, the same whatever the blocks. Allocates
/// nothing after construction.
/// </summary>
public sealed class ArtefactVeto
{
    private const int Piece = 16, Remembered = 16;

    private readonly VetoOptions _options;
    private readonly int[][] _tetrodes;
    private readonly int[] _tetrodeOf;
    private readonly int _channels, _least, _before, _after, _settling;
    private readonly bool[] _struck, _beyond, _vetoed;
    private readonly float[] _limits;
    // Intervals of each tetrode and, last, of all of them: the latest, in a ring.
    private readonly (long From, long To)[] _intervals;
    private readonly int[] _latest;
    private long _piece = long.MinValue;

    /// <summary>Makes a veto that knows of no artefact.</summary>
    /// <param name="tetrodes">The channels of each tetrode.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="options">What is an artefact.</param>
    public ArtefactVeto(IReadOnlyList<IReadOnlyList<int>> tetrodes, int channels, int blockCapacity, double rateHz, VetoOptions? options = null)
    {
        _options = options ?? new();
        _options.Check();
        _tetrodes = [.. tetrodes.Select(wires => wires.ToArray())];
        _tetrodeOf = new int[channels];
        Array.Fill(_tetrodeOf, -1);
        for (var tetrode = 0; tetrode < _tetrodes.Length; tetrode++)
            foreach (var wire in _tetrodes[tetrode])
                _tetrodeOf[wire] = tetrode;
        _channels = channels;
        _least = Math.Max(6, (int)Math.Ceiling(_options.LeastShare * _tetrodes.Length));
        (_before, _after, _settling) = ((int)(_options.BeforeS * rateHz), (int)(_options.AfterS * rateHz), (int)(_options.SettlingS * rateHz));
        (_struck, _beyond, _vetoed) = (new bool[_tetrodes.Length], new bool[_tetrodes.Length], new bool[blockCapacity]);
        _limits = new float[channels];
        (_intervals, _latest) = (new (long, long)[(_tetrodes.Length + 1) * Remembered], new int[_tetrodes.Length + 1]);
        Array.Fill(_intervals, (long.MinValue, long.MinValue));
    }

    /// <summary>Artefacts that struck most tetrodes, those that touch counted as one.</summary>
    public long Common { get; private set; }

    /// <summary>Artefacts of single tetrodes, those that touch counted as one.</summary>
    public long Single { get; private set; }

    /// <summary>Looks for converters at their end.</summary>
    /// <param name="samples">Counts, sample by sample: all channels of the first, then of the second.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="firstSample">The device's number of the first.</param>
    public void ObserveCounts(ReadOnlySpan<short> samples, int count, long firstSample)
    {
        samples = samples[..(count * _channels)];
        var (high, low) = (new Vector<short>((short)Math.Min(short.MaxValue, _options.SaturationCounts)), new Vector<short>((short)Math.Max(short.MinValue, -_options.SaturationCounts)));
        var i = 0;
        for (; i + Vector<short>.Count <= samples.Length; i += Vector<short>.Count)
        {
            var x = new Vector<short>(samples[i..]);
            if (Vector.GreaterThanOrEqualAny(x, high) || Vector.LessThanOrEqualAny(x, low))
                Saturated(samples, i, i + Vector<short>.Count, firstSample);
        }
        Saturated(samples, i, samples.Length, firstSample);
    }

    /// <summary>Looks for what strikes most tetrodes at once, and for what no neuron is.</summary>
    /// <param name="samples">Filtered and referenced samples, channel by channel, in microvolts.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="stride">Numbers from a channel's first sample to the next channel's.</param>
    /// <param name="firstSample">The device's number of the first.</param>
    /// <param name="noise">Standard deviation of each channel's noise; NaN where it is not known.</param>
    public void Observe(ReadOnlySpan<float> samples, int count, int stride, long firstSample, ReadOnlySpan<float> noise)
    {
        for (var c = 0; c < _channels; c++)
            _limits[c] = (float)(_options.Threshold * noise[c]);
        var most = (float)_options.MostMicrovolts;
        for (var t = 0; t < count;)
        {
            var piece = Math.DivRem(firstSample + t, Piece, out var within);
            if (piece != _piece)
                Begin(piece);
            var length = Math.Min(Piece - (int)within, count - t);
            for (var tetrode = 0; tetrode < _tetrodes.Length; tetrode++)
                foreach (var wire in _tetrodes[tetrode])
                {
                    var (struck, beyond) = Beyond(samples.Slice((wire * stride) + t, length), _limits[wire], most);
                    _struck[tetrode] |= struck;
                    _beyond[tetrode] |= beyond;
                }
            t += length;
            // NB: at the end of each part, so that an artefact is known as soon as its samples are.
            Judge(piece * Piece);
        }
        for (var t = 0; t < count; t++)
            _vetoed[t] = Covers(_tetrodes.Length, firstSample + t, _latest[_tetrodes.Length]);
    }

    /// <summary>By sample of the last block, whether an artefact of most tetrodes covers it: what noise is not to be estimated from.</summary>
    public ReadOnlySpan<bool> Vetoed => _vetoed;

    /// <summary>Whether an artefact covers a sample of a tetrode.</summary>
    public bool Covers(int tetrode, long sample) =>
        Covers(tetrode, sample, _latest[tetrode]) || Covers(_tetrodes.Length, sample, _latest[_tetrodes.Length]);

    /// <summary>The samples begin anew: nothing is believed until the filters have settled.</summary>
    public void Restart(long firstSample)
    {
        _piece = long.MinValue;
        Add(_tetrodes.Length, firstSample, firstSample + _settling);
    }

    private bool Covers(int row, long sample, int latest)
    {
        for (var i = 0; i < Remembered; i++)
        {
            var (from, to) = _intervals[(row * Remembered) + ((latest - i + Remembered) % Remembered)];
            if (sample >= to)
                return false;
            if (sample >= from)
                return true;
        }
        return false;
    }

    private void Begin(long piece)
    {
        _piece = piece;
        Array.Clear(_struck);
        Array.Clear(_beyond);
    }

    private void Judge(long from)
    {
        var struck = 0;
        for (var tetrode = 0; tetrode < _tetrodes.Length; tetrode++)
        {
            if (_struck[tetrode])
                struck++;
            if (_beyond[tetrode] && Add(tetrode, from - _before, from + Piece + _settling))
                Single++;
        }
        if (struck >= _least && Add(_tetrodes.Length, from - _before, from + Piece + _after))
            Common++;
    }

    private void Saturated(ReadOnlySpan<short> samples, int from, int to, long firstSample)
    {
        for (var i = from; i < to; i++)
            if (Math.Abs((int)samples[i]) >= _options.SaturationCounts && _tetrodeOf[i % _channels] is >= 0 and var tetrode)
            {
                var at = firstSample + (i / _channels);
                if (Add(tetrode, at - _before, at + _settling))
                    Single++;
            }
    }

    /// <summary>Adds an interval, or lengthens the last one that it touches. True: it is a new one.</summary>
    private bool Add(int row, long from, long to)
    {
        ref var last = ref _intervals[(row * Remembered) + _latest[row]];
        if (from <= last.To)
        {
            last = (Math.Min(last.From, from), Math.Max(last.To, to));
            return false;
        }
        _latest[row] = (_latest[row] + 1) % Remembered;
        _intervals[(row * Remembered) + _latest[row]] = (from, to);
        return true;
    }

    /// <summary>Whether any sample is further from zero than one limit, and than another. None is further than one that is NaN.</summary>
    private static (bool Low, bool High) Beyond(ReadOnlySpan<float> samples, float low, float high)
    {
        var (most, i) = (Vector<float>.Zero, 0);
        for (; i + Vector<float>.Count <= samples.Length; i += Vector<float>.Count)
            most = Vector.Max(most, Vector.Abs(new Vector<float>(samples[i..])));
        var (struck, beyond) = (Vector.GreaterThanAny(most, new Vector<float>(low)), Vector.GreaterThanAny(most, new Vector<float>(high)));
        for (; i < samples.Length; i++)
        {
            struck |= Math.Abs(samples[i]) > low;
            beyond |= Math.Abs(samples[i]) > high;
        }
        return (struck, beyond);
    }
}
