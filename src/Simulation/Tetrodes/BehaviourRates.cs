using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// Every neuron has behaviours that it likes: its mean rate times a factor by behaviour, log-normal with a geometric mean
/// of 1, reached within a tenth of a second.
/// </summary>
public sealed class BehaviourRates : IRatePlan
{
    private const double TimeConstantS = 0.1;

    private readonly int _seed;
    private readonly double _spread;
    private double[] _factors = [], _present = [];
    private double _lastS;

    /// <summary>Makes a plan.</summary>
    /// <param name="seed">Seed of what each neuron likes.</param>
    /// <param name="spread">Standard deviation of the factors' logarithms; 0: constant rates.</param>
    public BehaviourRates(int seed, double spread = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(spread);
        (_seed, _spread) = (seed, spread);
    }

    /// <inheritdoc/>
    public void Fill(double timeS, in AnimalActivity activity, IReadOnlyList<SimulatedUnit> units, Span<double> ratesHz)
    {
        const int Behaviours = (int)Behaviour.Postures + 1;
        if (_present.Length != ratesHz.Length)
            Draw(units, Behaviours);
        var share = 1 - Math.Exp(-(timeS - _lastS) / TimeConstantS);
        _lastS = timeS;
        for (var i = 0; i < ratesHz.Length; i++)
        {
            _present[i] += share * (_factors[(i * Behaviours) + (int)activity.Behaviour] - _present[i]);
            ratesHz[i] = units[i].RateHz * _present[i];
        }
    }

    private void Draw(IReadOnlyList<SimulatedUnit> units, int behaviours)
    {
        (_factors, _present) = (new double[units.Count * behaviours], new double[units.Count]);
        for (var i = 0; i < units.Count; i++)
        {
            var random = new RandomStream(_seed, $"likes of unit {units[i].Id}");
            var factors = _factors.AsSpan(i * behaviours, behaviours);
            var sum = 0.0;
            foreach (ref var factor in factors)
                sum += factor = _spread * random.Normal();
            foreach (ref var factor in factors)
                factor = Math.Exp(factor - (sum / behaviours));
            _present[i] = factors[(int)Behaviour.Rest];
        }
    }
}
