using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>The life of a rat that explores, rests, grooms and eats: the simulated animal's own sequence of behaviours, without its body.</summary>
public sealed class BehaviourActivity : IActivityPlan
{
    // By behaviour: rest, sniff, walk, trot, turn left, turn right, rear, groom, shake, postures.
    private static readonly double[] Movements = [0.05, 0.2, 0.6, 1, 0.6, 0.6, 0.6, 0.5, 1, 0.6];

    private readonly BehaviourSequence _sequence;
    private readonly RandomStream _random;
    private Behaviour _behaviour;
    private double _chewing, _endS;

    /// <summary>Makes a life.</summary>
    /// <param name="seed">Seed of what comes when.</param>
    public BehaviourActivity(int seed)
    {
        _sequence = new(new() { Seed = seed });
        _random = new(seed, "chewing");
        _endS = _sequence.Duration(Behaviour.Rest);
    }

    /// <inheritdoc/>
    public AnimalActivity At(double timeS)
    {
        while (timeS >= _endS)
        {
            (_behaviour, var seconds) = _sequence.After(_behaviour);
            _endS += seconds;
            // A rat that rests may be eating, and one that grooms licks.
            _chewing = _behaviour switch
            {
                Behaviour.Rest when _random.Uniform() < 0.4 => 1,
                Behaviour.Groom => 0.4,
                _ => 0,
            };
        }
        return new(_behaviour, Movements[(int)_behaviour], _chewing);
    }
}
