using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// The rates of simulated neurons in a live session by a plan: each follows the features of the session itself, at its lag in
/// the animal's time. A neuron whose features have not come in time follows the newest that are there, and that is counted.
/// </summary>
/// <param name="drives">The plan at work, whose units are those of the source, in order.</param>
/// <param name="clock">The session's clock.</param>
public sealed class PlannedRates(PlannedDrives drives, SessionClock clock) : IRatePlan
{
    // Rates hold for a hundredth of a second from when they are asked for.
    private const double HalfStepS = 0.005;

    private SessionTime? _began;
    private long _late, _asked;

    /// <summary>Share of all rates whose features had not come in time.</summary>
    public double LateShare => Interlocked.Read(ref _asked) is > 0 and var asked ? Interlocked.Read(ref _late) / (double)asked : 0;

    /// <inheritdoc/>
    public void Fill(double timeS, in AnimalActivity activity, IReadOnlyList<SimulatedUnit> units, Span<double> ratesHz)
    {
        // NB: the device's time begins with its first sample, and that is made now.
        var began = _began ??= clock.Now;
        Interlocked.Add(ref _late, drives.Rates(began + (long)((timeS + HalfStepS) * SessionTime.NanosecondsPerSecond), ratesHz));
        Interlocked.Add(ref _asked, ratesHz.Length);
    }
}
