using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Datasets;

/// <summary>
/// A neuron of a real recording, as spikes that a person cut: single snippets, which vary in strength and shape as spikes do,
/// and the intervals between them. A snippet is the unit's mean and what the snippet itself differs by along the few
/// directions in which its snippets differ most; the rest is the recording's noise, and is left out. Its ends are faded.
/// </summary>
internal sealed class RealUnit
{
    // Spikes from which variation and intervals can be told.
    private const int LeastSpikes = 30;
    private const int Directions = 4, FadeIn = 6, FadeOut = 12;
    // Half the taps of the interpolation, in samples of the recording, and its corner as a share of the new rate.
    private const int HalfTaps = 16;
    private const double Corner = 0.45, LeastIntervalS = 0.0015;

    private readonly float[][] _snippets;
    private readonly double[] _troughs, _intervalsS;
    private readonly double _rateHz;
    private readonly int _samples;

    private RealUnit(string path, int cut, int wires, float[][] snippets, double[] intervalsS, double rateHz)
    {
        (Path, Cut, Wires, _snippets, _intervalsS, _rateHz) = (path, cut, wires, snippets, intervalsS, rateHz);
        _samples = snippets[0].Length / wires;
        var mean = new double[snippets[0].Length];
        foreach (var snippet in snippets)
            for (var d = 0; d < mean.Length; d++)
                mean[d] += snippet[d] / snippets.Length;
        BestWire = Array.IndexOf(mean, mean.Min()) / _samples;
        _troughs = [.. snippets.Select(snippet => Trough(snippet.AsSpan(BestWire * _samples, _samples)))];
    }

    /// <summary>The file that it is of.</summary>
    public string Path { get; }

    /// <summary>What the person called it.</summary>
    public int Cut { get; }

    /// <summary>Wires of its tetrode.</summary>
    public int Wires { get; }

    /// <summary>The wire on which its mean trough is deepest.</summary>
    public int BestWire { get; }

    /// <summary>Snippets that there are.</summary>
    public int Count => _snippets.Length;

    /// <summary>Spikes per second as they were recorded.</summary>
    public double SpikesPerSecond => 1 / _intervalsS.Average();

    /// <summary>Reads the units of a tetrode file and of the cut beside it; what belongs to no unit (0), and units of few spikes, are left out.</summary>
    /// <param name="path">A tetrode file of Axona.</param>
    /// <exception cref="ClosedLoopException">It cannot be read, has no cut beside it, or none of its units has spikes enough.</exception>
    public static IReadOnlyList<RealUnit> Read(string path)
    {
        var tetrode = AxonaTetrode.Open(path);
        var cut = tetrode.ReadCut() ?? throw ClosedLoopException.Usage($"'{path}' has no cut beside it, and without one nobody knows which spikes are one neuron's; put its .cut file into the same folder");
        var units = new List<RealUnit>();
        foreach (var label in cut.Labels.Where(label => label > 0).Distinct().Order())
        {
            int[] members = [.. Enumerable.Range(0, tetrode.Count).Where(i => cut.Labels[i] == label)];
            if (members.Length < LeastSpikes)
                continue;
            var snippets = new float[members.Length][];
            for (var i = 0; i < members.Length; i++)
            {
                tetrode.Microvolts(members[i], snippets[i] = new float[tetrode.Wires * tetrode.SamplesPerSpike]);
                // NB: Axona's spikes go up.
                for (var d = 0; d < snippets[i].Length; d++)
                    snippets[i][d] = -snippets[i][d];
            }
            Denoise(snippets);
            foreach (var snippet in snippets)
                Fade(snippet, tetrode.SamplesPerSpike);
            double[] intervals = [.. members.Zip(members.Skip(1), (a, b) => tetrode.Seconds(b) - tetrode.Seconds(a)).Where(seconds => seconds >= LeastIntervalS)];
            units.Add(new(path, label, tetrode.Wires, snippets, intervals, tetrode.RateHz));
        }
        return units.Count > 0 ? units : throw ClosedLoopException.Usage($"no unit of '{path}' has {LeastSpikes} spikes or more in its cut; name another tetrode");
    }

    /// <summary>Time to the next spike, seconds: one of its own intervals.</summary>
    public double Interval(RandomStream random) => _intervalsS[(int)(_intervalsS.Length * random.Uniform())];

    /// <summary>Writes a snippet at another rate, by a windowed sinc that lets pass what the new rate can hold.</summary>
    /// <param name="index">Which snippet.</param>
    /// <param name="trough">Place of its trough on the best wire, in new samples; may lie between two.</param>
    /// <param name="rateHz">The new rate.</param>
    /// <param name="waveform">Receives it, wire by wire.</param>
    public void Resample(int index, double trough, double rateHz, Span<float> waveform)
    {
        var (snippet, length, step) = (_snippets[index], waveform.Length / Wires, _rateHz / rateHz);
        // Cycles per sample of the recording.
        var corner = Math.Min(0.5, Corner * rateHz / _rateHz);
        for (var i = 0; i < length; i++)
        {
            var at = _troughs[index] + ((i - trough) * step);
            var (first, last) = (Math.Max(0, (int)Math.Ceiling(at - HalfTaps)), Math.Min(_samples - 1, (int)Math.Floor(at + HalfTaps)));
            for (var wire = 0; wire < Wires; wire++)
            {
                var sum = 0.0;
                for (var j = first; j <= last; j++)
                {
                    var x = at - j;
                    var window = 0.5 * (1 + Math.Cos(Math.PI * x / HalfTaps));
                    var sinc = Math.Abs(x) < 1e-9 ? 2 * corner : Math.Sin(2 * Math.PI * corner * x) / (Math.PI * x);
                    sum += snippet[(wire * _samples) + j] * sinc * window;
                }
                waveform[(wire * length) + i] = (float)sum;
            }
        }
    }

    /// <summary>Keeps of each snippet the mean and its part along the directions of most variance.</summary>
    private static void Denoise(float[][] snippets)
    {
        var (n, dimensions) = (snippets.Length, snippets[0].Length);
        var mean = new float[dimensions];
        foreach (var snippet in snippets)
            for (var d = 0; d < dimensions; d++)
                mean[d] += snippet[d] / n;
        foreach (var snippet in snippets)
            for (var d = 0; d < dimensions; d++)
                snippet[d] -= mean[d];
        var random = new RandomStream(1, "directions of snippets");
        var axes = new List<double[]>();
        for (var k = 0; k < Directions; k++)
        {
            double[] axis = [.. Enumerable.Range(0, dimensions).Select(_ => random.Normal())];
            for (var round = 0; round < 40; round++)
            {
                var next = new double[dimensions];
                foreach (var snippet in snippets)
                {
                    var share = Dot(axis, snippet);
                    for (var d = 0; d < dimensions; d++)
                        next[d] += share * snippet[d];
                }
                foreach (var other in axes)
                {
                    var share = other.Zip(next, (a, b) => a * b).Sum();
                    for (var d = 0; d < dimensions; d++)
                        next[d] -= share * other[d];
                }
                var length = Math.Sqrt(next.Sum(x => x * x));
                axis = [.. next.Select(x => length > 0 ? x / length : 0)];
            }
            axes.Add(axis);
        }
        foreach (var snippet in snippets)
        {
            double[] shares = [.. axes.Select(axis => Dot(axis, snippet))];
            for (var d = 0; d < dimensions; d++)
            {
                var sum = (double)mean[d];
                for (var k = 0; k < axes.Count; k++)
                    sum += shares[k] * axes[k][d];
                snippet[d] = (float)sum;
            }
        }
    }

    private static double Dot(double[] axis, float[] snippet)
    {
        var sum = 0.0;
        for (var d = 0; d < axis.Length; d++)
            sum += axis[d] * snippet[d];
        return sum;
    }

    /// <summary>Lets the ends of a snippet come out of nothing and go back to it.</summary>
    private static void Fade(float[] snippet, int samples)
    {
        for (var d = 0; d < snippet.Length; d++)
        {
            var t = d % samples;
            if (t < FadeIn)
                snippet[d] *= (float)(0.5 * (1 - Math.Cos(Math.PI * (t + 0.5) / FadeIn)));
            if (samples - 1 - t < FadeOut)
                snippet[d] *= (float)(0.5 * (1 - Math.Cos(Math.PI * (samples - 0.5 - t) / FadeOut)));
        }
    }

    /// <summary>Place of the deepest point, to a part of a sample, by the parabola through it and its neighbours.</summary>
    private static double Trough(ReadOnlySpan<float> waveform)
    {
        var lowest = 1;
        for (var i = 2; i + 1 < waveform.Length; i++)
            if (waveform[i] < waveform[lowest])
                lowest = i;
        var curvature = waveform[lowest - 1] - (2 * waveform[lowest]) + waveform[lowest + 1];
        return lowest + (curvature > 0 ? Math.Clamp((waveform[lowest - 1] - waveform[lowest + 1]) / (2 * curvature), -0.5f, 0.5f) : 0);
    }
}
