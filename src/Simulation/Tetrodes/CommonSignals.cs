using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// What all wires pick up together, each with a gain of its own: the field potential, mains, the cable's movement with its
/// impacts and contacts that break, and two jaw muscles. Allocates nothing while it runs.
/// </summary>
internal sealed class CommonSignals
{
    /// <summary>How many there are.</summary>
    public const int Count = 5;

    private const int Drawn = 8;

    // Chewing of a rat, opening and closing; impacts a second and contacts that break a second in a trot.
    private const double ChewingHz = 5.5, ImpactsHz = 4, BreaksHz = 0.03;
    private const double ImpactMicrovolts = 80, BreakMicrovolts = 12_000, MuscleMicrovolts = 60, SwayMicrovolts = 250, ThetaMicrovolts = 70;

    private readonly SimulatedTetrodeOptions _options;
    private readonly RandomStream _random;
    private readonly NormalRows _normals;
    private readonly SlowNoise _delta, _middle, _gamma, _sway;
    private readonly NoiseSection _muscleBand;
    private readonly double[] _muscle = new double[4];
    private readonly float[] _drawn;
    private readonly double _ringTurn, _ringDecay, _breakDecay, _follow, _muscleGain;
    private double _movement, _chewing, _theta, _mains, _mainsLevel = 1, _jaw, _ring, _ringBefore, _broken, _impactWait, _breakWait;

    public CommonSignals(SimulatedTetrodeOptions options, int capacity)
    {
        _options = options;
        var rate = options.RateHz;
        _random = new(options.Seed, "artefacts");
        _normals = new(new(options.Seed, "field potential"));
        (_delta, _middle, _gamma) = (new(2, 80, rate), new(10, 50, rate), new(40, 20, rate));
        _sway = new(6, SwayMicrovolts, rate);
        _muscleBand = NoiseSection.BandPass(350, 0.5, rate);
        // The band's noise gain, from its own samples' theory: width over half of the rate.
        _muscleGain = MuscleMicrovolts / Math.Sqrt(Math.PI / 2 * (350 / 0.5) / (rate / 2));
        _drawn = new float[capacity * Drawn];
        // An impact rings at 700 Hz for about a millisecond; a broken contact recovers in 6 ms.
        (_ringTurn, _ringDecay, _breakDecay) = (2 * Math.PI * 700 / rate, Math.Exp(-1 / (0.0012 * rate)), Math.Exp(-1 / (0.006 * rate)));
        _follow = 1 - Math.Exp(-1 / (0.05 * rate));
        (_impactWait, _breakWait) = (Wait(), Wait());
        Gains = [.. Enumerable.Range(0, Count).Select(_ => new float[BackgroundNoise.Padded(options.Channels)])];
        DrawGains();
    }

    /// <summary>By signal and channel, how much of it is picked up.</summary>
    public float[][] Gains { get; }

    /// <summary>Makes the next samples.</summary>
    /// <param name="count">How many.</param>
    /// <param name="activity">What the animal does meanwhile.</param>
    /// <param name="signals">Receives microvolts, signal by signal, <paramref name="count"/> numbers each.</param>
    public void Fill(int count, in AnimalActivity activity, Span<float> signals)
    {
        _normals.Fill(_drawn.AsSpan(0, count * Drawn));
        var rate = _options.RateHz;
        for (var i = 0; i < count; i++)
        {
            var normal = _drawn.AsSpan(i * Drawn, Drawn);
            _movement += _follow * (activity.Movement - _movement);
            _chewing += _follow * (activity.Chewing - _chewing);
            signals[i] = (float)FieldPotential(normal, rate);
            signals[count + i] = (float)Mains(normal[4], rate);
            signals[(2 * count) + i] = (float)Movement(normal[5], rate);
            _jaw = Turn(_jaw, ChewingHz / rate);
            var pull = _chewing * Math.Max(0, Math.Sin(2 * Math.PI * _jaw)) * _muscleGain;
            signals[(3 * count) + i] = (float)(pull * Muscle(0, normal[6]));
            signals[(4 * count) + i] = (float)(pull * Muscle(2, normal[7]));
        }
    }

    private double FieldPotential(ReadOnlySpan<float> normal, double rate)
    {
        // Theta is quicker and larger while the animal moves.
        _theta = Turn(_theta, (7 + (1.5 * _movement)) / rate);
        return _delta.Next(normal[0]) + _middle.Next(normal[1]) + _gamma.Next(normal[2])
            + (ThetaMicrovolts * (0.2 + _movement) * Math.Sin(2 * Math.PI * _theta));
    }

    private double Mains(double normal, double rate)
    {
        // The hum waxes and wanes over seconds, with the cable's place; its third and fifth harmonics are those of lamps and supplies.
        _mainsLevel += ((1 - _mainsLevel) / (3 * rate)) + (0.3 * normal * Math.Sqrt(2 / (3 * rate)));
        _mains = Turn(_mains, _options.MainsHz / rate);
        var angle = 2 * Math.PI * _mains;
        return _options.MainsMicrovolts * _mainsLevel * (Math.Sin(angle) + (0.3 * Math.Sin(3 * angle)) + (0.12 * Math.Sin(5 * angle)));
    }

    private double Movement(double normal, double rate)
    {
        _impactWait -= ImpactsHz * _movement / rate;
        _breakWait -= BreaksHz * _movement / rate;
        var kick = 0.0;
        if (_impactWait < 0)
        {
            _impactWait += Wait();
            kick = ImpactMicrovolts * Math.Exp(0.5 * _random.Normal()) * (_random.Uniform() < 0.5 ? -1 : 1);
        }
        if (_breakWait < 0)
        {
            _breakWait += Wait();
            _broken += BreakMicrovolts * (_random.Uniform() < 0.5 ? -1 : 1);
        }
        var ring = (2 * _ringDecay * Math.Cos(_ringTurn) * _ring) - (_ringDecay * _ringDecay * _ringBefore) + (kick * Math.Sin(_ringTurn));
        (_ringBefore, _ring) = (_ring, ring);
        _broken *= _breakDecay;
        return (_movement * _sway.Next(normal)) + ring + _broken;
    }

    private double Muscle(int state, double white)
    {
        var y = (white * _muscleBand.B0) + _muscle[state];
        _muscle[state] = (white * _muscleBand.B1) - (y * _muscleBand.A1) + _muscle[state + 1];
        _muscle[state + 1] = (white * _muscleBand.B2) - (y * _muscleBand.A2);
        return y;
    }

    private static double Turn(double phase, double by) => phase + by is var next && next >= 1 ? next - 1 : next;

    private double Wait() => -Math.Log(1 - _random.Uniform());

    private void DrawGains()
    {
        var random = new RandomStream(_options.Seed, "gains");
        for (var tetrode = 0; tetrode < _options.Tetrodes; tetrode++)
        {
            // The field is larger in some layers; muscles pull more on one side than on the other.
            double[] gains =
            [
                random.Uniform(0.8, 1.2) * _options.FieldPotential,
                random.Uniform(0.5, 1.5),
                random.Uniform(0.75, 1.25) * _options.Artefacts,
                random.Uniform(0.5, 1.5) * _options.Artefacts,
                random.Uniform(0.5, 1.5) * _options.Artefacts,
            ];
            for (var wire = 0; wire < SimulatedTetrodeOptions.Wires; wire++)
                for (var signal = 0; signal < Count; signal++)
                    Gains[signal][(SimulatedTetrodeOptions.Wires * tetrode) + wire] = (float)(gains[signal] * random.Uniform(0.95, 1.05));
        }
    }
}
