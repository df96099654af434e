using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>How spikes of a tetrode are learnt and told apart. The defaults are for 300 to 6000 Hz at 30 kHz.</summary>
public sealed record SortingOptions
{
    /// <summary>Seconds of signal that the units are learnt from, at most.</summary>
    public double LearningS { get; init; } = 120;

    /// <summary>Events of one tetrode that end its learning period before its time.</summary>
    public int LearningEvents { get; init; } = 10_000;

    /// <summary>
    /// Seconds of signal from the end of the learning period until what was learnt is taken into use. Learning goes on
    /// beside the stream meanwhile, and what comes waits. NB: a fixed time and not "when ready", so that the same signal
    /// gives the same spikes on any machine; one that is slower than this holds the stream up. A tetrode takes a second or so.
    /// </summary>
    public double AdoptionS { get; init; } = 45;

    /// <summary>Tetrodes that may be learnt at a time.</summary>
    public int LearningThreads { get; init; } = 1;

    /// <summary>Samples of a template before its trough.</summary>
    public int Before { get; init; } = 10;

    /// <summary>Samples of a template from its trough on.</summary>
    public int After { get; init; } = 22;

    /// <summary>Samples beyond a template's, on both sides, in which a neighbour that overlaps is looked for.</summary>
    public int Margin { get; init; } = 24;

    /// <summary>Samples within which troughs are one event; a unit does not fire twice within them.</summary>
    public int Apart { get; init; } = 15;

    /// <summary>How many times its noise a wire is below zero for templates to be tried there. Most that cross it are noise, and no template fits.</summary>
    public double CandidateThreshold { get; init; } = 3.3;

    /// <summary>How many times its noise a wire is below zero for an event to be learnt from, and to be told of where no template fits.</summary>
    public double Threshold { get; init; } = 4.5;

    /// <summary>
    /// By how much a spike must lessen the squared residual (in units of the noise): twice the logarithm of the odds against
    /// a spike at a sample, that of a few a second among 30,000.
    /// </summary>
    public double LeastGain { get; init; } = 20;

    /// <summary>Standard deviation of a unit's amplitude from spike to spike, relative: bursts and movement.</summary>
    public double AmplitudeSpread { get; init; } = 0.15;

    /// <summary>Times the noise that a unit's mean trough must be on its best wire.</summary>
    public double LeastSnr { get; init; } = 4;

    /// <summary>
    /// Times the noise from which on it is called a unit. What is smaller has templates, so that its spikes are not taken for a
    /// neighbour's, and is told of as unit 0: it is as often several neurons' as one's.
    /// </summary>
    public double UnitSnr { get; init; } = 4.5;

    /// <summary>Squared length of a unit's mean waveform in units of the noise. NB: noise that crosses a threshold has a mean too, of the threshold squared.</summary>
    public double LeastEnergy { get; init; } = 40;

    /// <summary>Spikes that a unit is learnt from, at least.</summary>
    public int LeastSpikes { get; init; } = 25;

    /// <summary>Seconds in which a template goes most of the way to what its unit's spikes have become.</summary>
    public double DriftS { get; init; } = 40;

    /// <summary>Seconds between two searches for new units among the spikes that no template fits.</summary>
    public double RejectsS { get; init; } = 60;

    /// <summary>Seconds without a spike after which a unit may be called lost, if by its rate some twenty were due.</summary>
    public double LostS { get; init; } = 120;

    /// <summary>Samples of a template on one wire.</summary>
    public int Length => Before + After;

    /// <summary>Samples of an event on one wire.</summary>
    public int Window => Length + (2 * Margin);

    /// <summary>What the detector is to cut out.</summary>
    public DetectorOptions Detector => new() { Threshold = CandidateThreshold, Before = Before + Margin, After = After + Margin, Apart = Apart };

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        Detector.Check();
        if (!(LearningS > 0 && AdoptionS >= 0 && DriftS > 0 && RejectsS > 0 && LostS > 0))
            throw ClosedLoopException.Usage("a sorter's times must be above 0 seconds");
        if (Margin < 4 || Before < 4 || After < 4)
            throw ClosedLoopException.Usage($"templates of {Before} samples before the trough and {After} from it on, searched {Margin} samples to both sides, cannot be; give at least 4 each");
        if (LearningEvents < 100 || LeastSpikes < 10 || LearningThreads < 1 || !(Threshold >= CandidateThreshold) || !(AmplitudeSpread > 0) || !(LeastGain > 0))
            throw ClosedLoopException.Usage("a sorter needs 100 events to learn from, 10 spikes of a unit, a thread, a threshold not below that of its candidates, and an amplitude spread and a least gain above 0");
    }
}
