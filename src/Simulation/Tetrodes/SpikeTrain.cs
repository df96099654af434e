using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// When a neuron fires: a renewal process that follows a rate, with an absolute refractory period, a recovery of a
/// millisecond after it, and bursts whose later spikes are smaller. Times are seconds; asked stretch after stretch.
/// Allocates nothing.
/// </summary>
internal sealed class SpikeTrain(NeuronTraits traits, RandomStream random)
{
    private const double RelativeS = 0.001;

    private double _lastS = double.NegativeInfinity, _burstS = double.PositiveInfinity, _rested = 1;

    /// <summary>The time of the next spike before <paramref name="untilS"/>, and how large it is beside a rested one.</summary>
    /// <param name="fromS">The stretch's begin, or the last spike's time in it.</param>
    /// <param name="untilS">The stretch's end.</param>
    /// <param name="rateHz">Mean rate wanted, bursts and all.</param>
    /// <param name="timeS">The time.</param>
    /// <param name="amplitude">1: as large as when it has rested.</param>
    /// <returns>False where none comes before the end.</returns>
    public bool TryNext(double fromS, double untilS, double rateHz, out double timeS, out float amplitude)
    {
        amplitude = 1;
        timeS = fromS;
        if (_burstS < double.PositiveInfinity)
        {
            // A burst goes on, whatever the rate has become.
            if (_burstS >= untilS)
                return false;
            timeS = _burstS;
        }
        else if (!TryCandidate(untilS, rateHz, ref timeS))
        {
            return false;
        }
        _rested = 1 - ((1 - _rested) * Math.Exp(-(timeS - _lastS) / traits.RecoveryS));
        amplitude = (float)_rested;
        _rested *= 1 - traits.Fatigue;
        _lastS = timeS;
        _burstS = random.Uniform() < traits.BurstProbability
            ? timeS + Math.Max(traits.RefractoryS, traits.BurstIntervalS * Math.Exp(0.25 * random.Normal()))
            : double.PositiveInfinity;
        return true;
    }

    /// <summary>The first spike of a burst, or a lone one.</summary>
    private bool TryCandidate(double untilS, double rateHz, ref double timeS)
    {
        if (!(rateHz > 0))
            return false;
        // A cycle is a wait, the recovery and a burst; the wait makes the mean rate what is wanted.
        var more = traits.BurstProbability / (1 - traits.BurstProbability);
        var lostS = traits.RefractoryS + RelativeS + (more * traits.BurstIntervalS);
        var waitS = Math.Max(1e-4, ((1 + more) / rateHz) - lostS);
        timeS = Math.Max(timeS, _lastS + traits.RefractoryS);
        while (true)
        {
            // NB: an exponential wait forgets where it began, so that the next stretch may draw anew.
            timeS -= waitS * Math.Log(1 - random.Uniform());
            if (timeS >= untilS)
                return false;
            if (random.Uniform() < 1 - Math.Exp(-(timeS - _lastS - traits.RefractoryS) / RelativeS))
                return true;
        }
    }
}
