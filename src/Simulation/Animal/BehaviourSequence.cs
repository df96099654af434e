using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// What comes next and for how long: a semi-Markov chain. The next behaviour depends on the present one, the time spent
/// in it is log-normal within bounds of its own.
/// </summary>
internal sealed class BehaviourSequence
{
    // Rows: from; columns: to (in the order of Behaviour). Exploring rats alternate stops with head scans and walks. Most
    // trots asked for find no room in a usual arena and become walks, so that few remain.
    private static readonly double[][] Next =
    [
        [0, 5, 4, 0, 1, 1, 1.5, 2], // rest
        [2, 0, 6, 1.5, 1.5, 1.5, 2, 1], // sniff
        [1.5, 4, 0, 7, 2, 2, 1.5, 0.7], // walk
        [0.5, 2, 8, 0, 1, 1, 0, 0], // trot
        [0.5, 2, 5, 3, 0, 0.5, 1, 0.3], // turn left
        [0.5, 2, 5, 3, 0.5, 0, 1, 0.3], // turn right
        [1, 4, 3, 0, 1, 1, 0, 0.5], // rear
        [2, 4, 2, 0, 1, 1, 0.5, 0], // groom
        [2, 4, 2, 0, 1, 1, 0.5, 0], // shake
        [2, 4, 2, 0, 1, 1, 0.5, 0], // postures
    ];

    // Median seconds, spread of the logarithm, bounds.
    private static readonly (double Median, double Spread, double Least, double Most)[] Dwell =
    [
        (2, 0.5, 1, 6), (2.2, 0.5, 1, 6), (2.8, 0.5, 1.2, 8), (1.6, 0.3, 1.2, 2.5), (1.3, 0.3, 1, 2.5), (1.3, 0.3, 1, 2.5), (3.2, 0.25, 2.8, 5), (5, 0.3, 4, 8),
        (1, 0.2, 0.6, 1.5), (6, 0.3, 4, 10),
    ];

    private readonly RandomStream _random;
    private readonly IReadOnlyList<(Behaviour Behaviour, double Seconds)>? _listed;
    private int _place = -1;

    public BehaviourSequence(SimulatedAnimalOptions options)
    {
        _random = new(options.Seed, "behaviour");
        _listed = options.Sequence;
    }

    public (Behaviour Behaviour, double Seconds) After(Behaviour present)
    {
        if (_listed is not null)
        {
            _place = (_place + 1) % _listed.Count;
            return _listed[_place];
        }
        var row = Next[(int)present];
        var draw = _random.Uniform() * row.Sum();
        var next = 0;
        while (next < row.Length - 1 && (draw -= row[next]) >= 0)
            next++;
        return ((Behaviour)next, Duration((Behaviour)next));
    }

    public double Duration(Behaviour behaviour)
    {
        var (median, spread, least, most) = Dwell[(int)behaviour];
        return Math.Clamp(median * Math.Exp(spread * _random.Normal()), least, most);
    }
}
