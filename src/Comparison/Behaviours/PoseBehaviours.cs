using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// The classifier that comes with the program: a list of rules on <see cref="MovementSigns"/>, the most conspicuous behaviour
/// first. Allocates nothing after construction.
/// </summary>
/// <remarks>
/// What it says is what can be seen: an animal that gathers itself to rise still stands, and one that stops walks on for a
/// quarter of a second. Behind the plans of simulated animals it is by about that much.
/// </remarks>
public sealed class PoseBehaviours : IBehaviourClassifier
{
    private const int Rest = 0, Sniff = 1, Walk = 2, Trot = 3, TurnLeft = 4, TurnRight = 5, Rear = 6, Groom = 7, Shake = 8;

    private readonly MovementSigns _signs;
    private readonly BehaviourLimits _limits;
    private readonly int _leastBins;
    private int _label = -1, _next = -1, _seen;

    /// <summary>Makes it for rows of a layout.</summary>
    /// <exception cref="ClosedLoopException">It lacks a keypoint that behaviours are told by.</exception>
    public PoseBehaviours(FeatureLayout layout, BehaviourLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (_signs, _limits) = (new(layout), limits ?? new());
        _leastBins = Math.Max(1, (int)Math.Round(_limits.LeastS * layout.RateHz));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["rest", "sniff", "walk", "trot", "turn_left", "turn_right", "rear", "groom", "shake"];

    /// <summary>What the last row looked like.</summary>
    public MovementSigns Signs => _signs;

    /// <inheritdoc/>
    public int Classify(FeatureRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Classify((ReadOnlySpan<float>)row.Values);
    }

    /// <summary>Classifies a row, of which only the movement is looked at.</summary>
    public int Classify(ReadOnlySpan<float> row)
    {
        if (!_signs.Take(row))
            return -1;
        var seen = Look();
        _seen = seen == _next ? _seen + 1 : 1;
        _next = seen;
        if (_label < 0 || _seen >= _leastBins)
            _label = seen;
        return _label;
    }

    private int Look()
    {
        var speed = _signs.SpeedMPerS;
        if (_signs.HandHeight > _limits.RisenHand || _signs.TrunkElevation > _limits.RisenTrunk)
            return _signs.HandsToSnout < _limits.GroomingHands ? Groom : Rear;
        if (_signs.RollingRadPerS > _limits.ShakingRadPerS)
            return Shake;
        if (speed > _limits.TrottingMPerS)
            return Trot;
        if (Math.Abs(_signs.TurningRadPerS) > Math.Max(_limits.TurningRadPerS, _limits.TurningRadPerM * speed))
            return _signs.TurningRadPerS > 0 ? TurnLeft : TurnRight;
        if (speed > _limits.WalkingMPerS)
            return Walk;
        return _signs.Nodding > _limits.SniffingNod ? Sniff : Rest;
    }
}
