using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>The life of a rat that explores, rests, grooms and eats: the simulated animal's own sequence of behaviours, without its body.</summary>
public sealed class BehaviourActivity : IActivityPlan
{
    private readonly BehaviourSequence _sequence;
    private readonly RandomStream _random;
    private Behaviour _behaviour;
    private bool _eating;
    private double _endS;

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
            // A rat that rests may be eating.
            _eating = _behaviour == Behaviour.Rest && _random.Uniform() < 0.4;
        }
        var activity = AnimalActivity.Of(_behaviour);
        return _eating ? activity with { Chewing = 1 } : activity;
    }
}
