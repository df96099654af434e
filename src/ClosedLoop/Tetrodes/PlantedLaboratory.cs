using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tetrodes;

/// <summary>
/// Simulated tetrodes in a live session whose neurons follow the session itself: some what its network computes, some how its
/// animal moves, some neither. Which does what is known, and so is which sorted unit is which neuron.
/// </summary>
public sealed class PlantedLaboratory
{
    private readonly SimulatedTetrodeOptions _options;
    private readonly SessionClock _clock;

    /// <summary>Plants neurons; nothing runs yet.</summary>
    /// <param name="setup">The animal, the body, and what drives it.</param>
    /// <param name="options">The tetrodes and their neurons.</param>
    /// <param name="clock">The session's clock.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range.</exception>
    public PlantedLaboratory(SessionSetup setup, SimulatedTetrodeOptions options, SessionClock clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _clock) = (options, clock);
        var features = ComparisonStage.LayoutOf(setup);
        var neurons = SimulatedTetrodeSource.NeuronsOf(options).Select(unit => (unit.Id, unit.Tetrode, unit.RateHz)).ToArray();
        var plan = PlantedPlan.Draw(PlantedClasses.Live(features, options.Seed), 1000 / features.RateHz, neurons);
        Drives = new(plan, [.. features.Groups.Select(group => (group.Name, group.Count))]);
        Rates = new(Drives, clock);
        Match = new(options.Tetrodes, options.RateHz);
    }

    /// <summary>The plan at work, to be told the session's features.</summary>
    public PlannedDrives Drives { get; }

    /// <summary>The rates that follow from it.</summary>
    public PlannedRates Rates { get; }

    /// <summary>Tells which sorted unit is which neuron.</summary>
    public PlantedMatch Match { get; }

    /// <summary>What a person should know at the session's end of how the plan was kept.</summary>
    public IEnumerable<string> Notes()
    {
        if (Rates.LateShare is var late and > 0.01)
            yield return $"{late:P0} of the planted neurons' rates followed features that were older than planned, for the newest had not been computed in time";
    }

    /// <summary>The tetrodes, at real time.</summary>
    /// <param name="activity">What the animal does.</param>
    public SimulatedTetrodeSource Open(IActivityPlan activity) => new(_options, clock: _clock, rates: Rates, activity: activity, truth: Match);
}
