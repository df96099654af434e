using System.Diagnostics;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Calms keypoints over time: the one-euro filter (Casiez, Roussel and Vogel, CHI 2012), a low-pass whose cut-off rises
/// with speed, per keypoint on its position in space. Off unless it is asked for.
/// </summary>
/// <remarks>
/// What calms delays: <see cref="DelayS"/> says by how much. A missing keypoint stays missing; one that was away for
/// longer than <see cref="KeypointFilterOptions.LongestGapS"/> begins anew. Allocates nothing per set.
/// </remarks>
public sealed class KeypointFilter
{
    private readonly KeypointFilterOptions _options;
    private readonly double _periodS;
    private readonly Keypoints _output;
    private readonly double[] _position;
    private readonly double[] _raw;
    private readonly double[] _velocity;
    private readonly SessionTime[] _seen;
    private readonly bool[] _begun;

    /// <summary>Makes a filter that has seen nothing.</summary>
    /// <param name="layout">The keypoints.</param>
    /// <param name="periodS">Nominal time from one set to the next, seconds; the time that really passed is taken from the stamps.</param>
    /// <param name="options">How much it calms.</param>
    public KeypointFilter(KeypointLayout layout, double periodS, KeypointFilterOptions? options = null)
    {
        _options = options ?? new();
        _options.Check();
        if (!(periodS > 0))
            throw ClosedLoopException.Usage($"a period of {periodS} s cannot be; give the time from one set to the next, as in 0.02");
        _periodS = periodS;
        _output = new(layout);
        _position = new double[3 * layout.Count];
        _raw = new double[3 * layout.Count];
        _velocity = new double[3 * layout.Count];
        _seen = new SessionTime[layout.Count];
        _begun = new bool[layout.Count];
    }

    /// <summary>How long each call took.</summary>
    public LatencyHistogram Latency { get; } = new("keypoint filter");

    /// <summary>Forgets everything.</summary>
    public void Reset() => Array.Clear(_begun);

    /// <summary>
    /// How far the filter lags behind a point that moves steadily at a speed, in time, seconds: dt (1 - a) / a with
    /// a = 1 / (1 + 1 / (2 pi cut-off dt)).
    /// </summary>
    public double DelayS(double speedMPerS)
    {
        var share = Share(_options.CutoffHz + (_options.CutoffHzPerMPerS * speedMPerS), _periodS);
        return _periodS * (1 - share) / share;
    }

    /// <summary>The calmed keypoints of one set, with its stamp; lent until the next.</summary>
    public Keypoints Process(Keypoints keypoints)
    {
        var started = Stopwatch.GetTimestamp();
        _output.CopyFrom(keypoints);
        for (var k = 0; k < keypoints.Layout.Count; k++)
            if (keypoints.IsPresent(k))
                Calm(k, keypoints.Stamp.Captured);
        Latency.Record((long)Stopwatch.GetElapsedTime(started).TotalNanoseconds);
        return _output;
    }

    private void Calm(int k, SessionTime now)
    {
        var raw = _output.Position(k);
        var position = _position.AsSpan(3 * k, 3);
        var velocity = _velocity.AsSpan(3 * k, 3);
        var before = _raw.AsSpan(3 * k, 3);
        var passedS = (now - _seen[k]) / 1e9;
        var begins = !_begun[k] || passedS > _options.LongestGapS + (1.5 * _periodS);
        (_begun[k], _seen[k]) = (true, now);
        if (begins)
        {
            raw.CopyTo(position);
            raw.CopyTo(before);
            velocity.Clear();
            return;
        }
        // Sets whose times are the same, or run back, are taken as one period apart.
        var dt = passedS > 0 ? passedS : _periodS;
        var speedShare = Share(_options.SpeedCutoffHz, dt);
        var squared = 0.0;
        for (var i = 0; i < 3; i++)
        {
            // NB: from raw to raw: from the calmed position the lag would count as speed, and the stated delay be wrong.
            velocity[i] += speedShare * (((raw[i] - before[i]) / dt) - velocity[i]);
            squared += velocity[i] * velocity[i];
        }
        raw.CopyTo(before);
        var share = Share(_options.CutoffHz + (_options.CutoffHzPerMPerS * Math.Sqrt(squared)), dt);
        for (var i = 0; i < 3; i++)
            raw[i] = position[i] += share * (raw[i] - position[i]);
    }

    private static double Share(double cutoffHz, double dt) => 1 / (1 + (1 / (2 * Math.PI * cutoffHz * dt)));
}
