using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// The noise of each wire: the hash of neurons too far away to be told apart, with the spectrum of spikes and in part common
/// to a tetrode's wires, and the white noise of electrode and amplifier up to the amplifier's bandwidth. Drawn sample by
/// sample, so that nothing ever repeats. Allocates nothing.
/// </summary>
internal sealed class BackgroundNoise
{
    /// <summary>Channels are taken so many at a time: two tetrodes.</summary>
    public const int Width = 8;

    // Shares of the variance between 300 and 6000 Hz: of the hash in all, of the common in the hash.
    private const double HashShare = 0.65, CommonShare = 0.6;

    private const double HashHz = 1000, HashQ = 0.45, AmplifierHz = 7500;

    private readonly NormalRows _random;
    private readonly NoiseSection _hash, _amplifier;
    private readonly float _hashGain, _whiteGain;
    private readonly Vector256<float>[] _ownGains, _commonGains, _hashState, _amplifierState, _commonState;
    private readonly float[] _drawn, _common;

    public BackgroundNoise(SimulatedTetrodeOptions options)
    {
        var random = new RandomStream(options.Seed, "noise");
        _random = new(random);
        var rate = options.RateHz;
        // NB: an amplifier that samples slowly filters lower, or the corner would lie beyond half of the rate.
        (_hash, _amplifier) = (NoiseSection.BandPass(HashHz, HashQ, rate), NoiseSection.LowPass(Math.Min(AmplifierHz, 0.4 * rate), rate));
        var hash = InBand(hz => _hash.Response(hz, rate).Magnitude, rate);
        var white = InBand(hz => _amplifier.Response(hz, rate).Magnitude, rate);
        (_hashGain, _whiteGain) = ((float)(Math.Sqrt(HashShare * (1 - CommonShare)) / hash), (float)(Math.Sqrt(1 - HashShare) / white));
        var own = InBand(hz => ((_whiteGain + (_hashGain * _hash.Response(hz, rate))) * _amplifier.Response(hz, rate)).Magnitude, rate);
        var vectors = Padded(options.Channels) / Width;
        (_ownGains, _commonGains) = (new Vector256<float>[vectors], new Vector256<float>[vectors]);
        var owns = MemoryMarshal.Cast<Vector256<float>, float>(_ownGains.AsSpan());
        var commons = MemoryMarshal.Cast<Vector256<float>, float>(_commonGains.AsSpan());
        for (var channel = 0; channel < options.Channels; channel++)
        {
            // Wires hear what is common unequally well; what is their own makes up for it.
            var heard = random.Uniform(0.8, 1.15) * Math.Sqrt(HashShare * CommonShare);
            commons[channel] = (float)(options.NoiseMicrovolts * heard / hash);
            owns[channel] = (float)(options.NoiseMicrovolts * Math.Sqrt(1 - (heard * heard)) / own);
        }
        var groups = (options.Tetrodes + Width - 1) / Width;
        (_hashState, _amplifierState, _commonState) = (new Vector256<float>[2 * vectors], new Vector256<float>[2 * vectors], new Vector256<float>[2 * groups]);
        _common = new float[groups * Width];
        _drawn = new float[(((vectors + groups) * Width) + NormalRows.Width - 1) / NormalRows.Width * NormalRows.Width];
    }

    /// <summary>Channels with those that fill up the last vector.</summary>
    public static int Padded(int channels) => (channels + Width - 1) / Width * Width;

    /// <summary>Adds the noise of the next samples.</summary>
    /// <param name="rows">Microvolts, sample by sample, of the padded channels.</param>
    public void Add(Span<float> rows)
    {
        var all = MemoryMarshal.Cast<float, Vector256<float>>(rows);
        var drawn = MemoryMarshal.Cast<float, Vector256<float>>(_drawn.AsSpan());
        var common = MemoryMarshal.Cast<float, Vector256<float>>(_common.AsSpan());
        var vectors = _ownGains.Length;
        for (var at = 0; at < all.Length; at += vectors)
        {
            _random.Fill(_drawn);
            for (var g = 0; g < common.Length; g++)
                common[g] = Step(_hash, drawn[vectors + g], ref _commonState[2 * g], ref _commonState[(2 * g) + 1]);
            var row = all.Slice(at, vectors);
            for (var v = 0; v < row.Length; v++)
            {
                var white = drawn[v];
                var hash = Step(_hash, white, ref _hashState[2 * v], ref _hashState[(2 * v) + 1]);
                var own = Step(_amplifier, (white * _whiteGain) + (hash * _hashGain), ref _amplifierState[2 * v], ref _amplifierState[(2 * v) + 1]);
                // A vector is the four wires of one tetrode and the four of the next.
                var shared = Vector256.Create(Vector128.Create(_common[2 * v]), Vector128.Create(_common[(2 * v) + 1]));
                row[v] += (own * _ownGains[v]) + (shared * _commonGains[v]);
            }
        }
    }

    private static Vector256<float> Step(in NoiseSection section, Vector256<float> x, ref Vector256<float> first, ref Vector256<float> second)
    {
        var y = (x * section.B0) + first;
        first = (x * section.B1) - (y * section.A1) + second;
        second = (x * section.B2) - (y * section.A2);
        return y;
    }

    /// <summary>
    /// Standard deviation, through a Butterworth band-pass of second order from 300 to 6000 Hz, of white noise of deviation 1
    /// that went through a filter.
    /// </summary>
    private static double InBand(Func<double, double> gain, double rateHz)
    {
        const double StepHz = 10, Low = 300, High = 6000;
        var sum = 0.0;
        for (var hz = StepHz / 2; hz < rateHz / 2; hz += StepHz)
        {
            var off = ((hz * hz) - (Low * High)) / (hz * (High - Low));
            sum += gain(hz) * gain(hz) / (1 + (off * off * off * off)) * StepHz;
        }
        return Math.Sqrt(sum / (rateHz / 2));
    }
}
