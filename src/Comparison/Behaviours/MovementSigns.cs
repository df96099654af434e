using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// The few numbers of a movement by which behaviours are told apart, from rows of features one after the other. Causal:
/// means are exponential ones over the past. Lengths are relative to the trunk's, so that animals of all sizes look alike.
/// Allocates nothing after construction.
/// </summary>
public sealed class MovementSigns
{
    // Rhythms of the head's nodding that are listened for, Hz, and over how long.
    private static readonly double[] s_nodHz = [6, 8, 10];

    private readonly FeatureGroup _allocentric, _root, _heading;
    private readonly int _snout, _handL, _handR, _footL, _footR, _chest, _loin;
    private readonly double _rateHz, _keepMean, _keepRhythm, _keepSlow;
    private readonly double[] _nod = new double[2 * s_nodHz.Length];
    private double _elevationMean, _forward, _left, _turning, _rollSquare;
    private long _bins;

    /// <summary>Makes them for rows of a layout.</summary>
    /// <exception cref="ClosedLoopException">It lacks a keypoint that they are read from.</exception>
    public MovementSigns(FeatureLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (_allocentric, _root, _heading) = (layout[FeatureLayout.KeypointsAllocentric], layout[FeatureLayout.RootKinematics], layout[FeatureLayout.Heading]);
        (_snout, _handL, _handR, _footL, _footR) = (Place("Snout"), Place("HandL"), Place("HandR"), Place("FootL"), Place("FootR"));
        (_chest, _loin) = (Place("SpineF"), Place("SpineL"));
        _rateHz = layout.RateHz;
        (_keepMean, _keepRhythm, _keepSlow) = (Keep(0.12), Keep(0.2), Keep(0.15));

        int Place(string name) => 3 * layout.Keypoints.IndexOf(name);

        double Keep(double seconds) => Math.Exp(-1 / (seconds * layout.RateHz));
    }

    /// <summary>Speed over the floor, m/s, over about an eighth of a second.</summary>
    public double SpeedMPerS => Math.Sqrt((_forward * _forward) + (_left * _left));

    /// <summary>Turning, rad/s, above 0 to the left, over the same time.</summary>
    public double TurningRadPerS => _turning;

    /// <summary>Sine of the angle between the trunk (loin to chest) and the floor.</summary>
    public double TrunkElevation { get; private set; }

    /// <summary>Height of the lower hand above the feet's mean, in lengths of the trunk.</summary>
    public double HandHeight { get; private set; }

    /// <summary>Distance from the snout to the hands, their mean, in lengths of the trunk.</summary>
    public double HandsToSnout { get; private set; }

    /// <summary>Amplitude of the snout's nodding against the chest at the rhythms of sniffing (6 to 10 Hz), in lengths of the trunk, over a fifth of a second.</summary>
    public double Nodding { get; private set; }

    /// <summary>Root of the mean square of rolling about the long axis, rad/s, over the same time.</summary>
    public double RollingRadPerS => Math.Sqrt(_rollSquare);

    /// <summary>Takes the next row.</summary>
    /// <param name="row">The row.</param>
    /// <returns>False where its pose was not measured; then all stays as it was.</returns>
    public bool Take(ReadOnlySpan<float> row)
    {
        var (root, heading, at) = (_root.Start, _heading.Start, _allocentric.Start);
        if (!float.IsFinite(row[root]))
            return false;
        var first = _bins++ == 0;
        _forward = Mean(_forward, row[root], _keepMean, first);
        _left = Mean(_left, row[root + 1], _keepMean, first);
        _turning = Mean(_turning, row[heading + 2], _keepMean, first);
        _rollSquare = Mean(_rollSquare, row[root + 3] * row[root + 3], _keepRhythm, first);
        double x = row[at + _chest] - row[at + _loin], y = row[at + _chest + 1] - row[at + _loin + 1], z = row[at + _chest + 2] - row[at + _loin + 2];
        var trunk = Math.Max(1e-6, Math.Sqrt((x * x) + (y * y) + (z * z)));
        TrunkElevation = z / trunk;
        HandHeight = (Math.Min(row[at + _handL + 2], row[at + _handR + 2]) - (0.5 * (row[at + _footL + 2] + row[at + _footR + 2]))) / trunk;
        HandsToSnout = 0.5 * (Distance(row, at + _handL, at + _snout) + Distance(row, at + _handR, at + _snout)) / trunk;
        Listen((row[at + _snout + 2] - row[at + _chest + 2]) / trunk, first);
        return true;
    }

    private static double Mean(double mean, double value, double keep, bool first) => first ? value : (keep * mean) + ((1 - keep) * value);

    private static double Distance(ReadOnlySpan<float> row, int a, int b)
    {
        double x = row[a] - row[b], y = row[a + 1] - row[b + 1], z = row[a + 2] - row[b + 2];
        return Math.Sqrt((x * x) + (y * y) + (z * z));
    }

    /// <summary>How strongly an elevation swings at each rhythm: it is turned back by that rhythm, and what then stands still is its amplitude.</summary>
    private void Listen(double elevation, bool first)
    {
        _elevationMean = Mean(_elevationMean, elevation, _keepSlow, first);
        var swing = elevation - _elevationMean;
        var most = 0.0;
        for (var k = 0; k < s_nodHz.Length; k++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * s_nodHz[k] * _bins / _rateHz);
            _nod[2 * k] = Mean(_nod[2 * k], 2 * swing * cosine, _keepRhythm, false);
            _nod[(2 * k) + 1] = Mean(_nod[(2 * k) + 1], 2 * swing * sine, _keepRhythm, false);
            most = Math.Max(most, (_nod[2 * k] * _nod[2 * k]) + (_nod[(2 * k) + 1] * _nod[(2 * k) + 1]));
        }
        Nodding = Math.Sqrt(most);
    }
}
