using System.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Commands;

/// <summary>What <c>demo</c> is told of the tetrodes beside its animal.</summary>
internal sealed class SessionTetrodeArguments
{
    private const int DefaultTetrodes = 8;

    private readonly Option<int> _tetrodes = new("--tetrodes")
    {
        Description = "Simulated tetrodes that are sorted beside the body; 0: none.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultTetrodes,
    };

    private readonly Option<double?> _learning = new("--learn-seconds")
    {
        Description = "How long units are learnt from, before their spikes are sorted; a sixth of the session where nothing is said, at most 120.",
        HelpName = "S",
    };

    private readonly Option<bool> _uncompared = new("--no-comparison") { Description = "Do not compare the network with the units; their neurons then have rates by behaviour." };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_tetrodes);
        command.Add(_learning);
        command.Add(_uncompared);
    }

    /// <summary>Refuses what cannot be, before any work is done.</summary>
    /// <exception cref="ClosedLoopException">A number cannot be.</exception>
    public void Check(ParseResult parsed)
    {
        if (parsed.GetValue(_tetrodes) is < 0 or > 1024)
            throw ClosedLoopException.Usage($"--tetrodes {parsed.GetValue(_tetrodes)}: give 0 to 1024");
        if (parsed.GetValue(_learning) is { } seconds && !(seconds is >= 1 and <= 3600))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"--learn-seconds {seconds}: give 1 to 3600 seconds"));
        if (parsed.GetValue(_tetrodes) == 0 && parsed.GetValue(_learning) is not null)
            throw ClosedLoopException.Usage("--learn-seconds says how long units of tetrodes are learnt, and with --tetrodes 0 there are none; leave one of them out");
    }

    /// <summary>The tetrodes, and what compares them with the network; none where they are not wanted.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="seconds">How long the session is.</param>
    /// <param name="seed">Seed of neurons and noise.</param>
    /// <param name="activity">What the animal does.</param>
    /// <param name="setup">The animal, the body, and what drives it.</param>
    /// <param name="clock">The session's clock.</param>
    public SessionTetrodes Open(ParseResult parsed, double seconds, int seed, IActivityPlan activity, SessionSetup setup, SessionClock clock)
    {
        if (parsed.GetValue(_tetrodes) is not (> 0 and var count))
            return new(null, null, []);
        var options = new SimulatedTetrodeOptions { Tetrodes = count, Seed = seed };
        var planted = parsed.GetValue(_uncompared) ? null : new PlantedLaboratory(setup, options, clock);
        var source = planted is null ? new SimulatedTetrodeSource(options, clock: clock, activity: activity) : planted.Open(activity);
        var learning = parsed.GetValue(_learning) ?? Math.Clamp(seconds / 6, 2, 120);
        var stage = new TetrodeStage(source, source.Tetrodes, new() { Sorting = TetrodeConfiguration.Learning(learning) }, clock);
        var comparison = planted is null ? null : new ComparisonStage(setup, new(), stage.Layout.UnitCapacity, clock, isLive: true, planted.Drives, planted.Match);
        return new(stage, comparison, planted?.Notes() ?? []);
    }
}

/// <summary>The tetrodes of a demo.</summary>
/// <param name="Tetrodes">They; null where there are none.</param>
/// <param name="Comparison">What compares them with the network; null where nothing does.</param>
/// <param name="Notes">What a person should know of them; to be read at the session's end.</param>
internal sealed record SessionTetrodes(TetrodeStage? Tetrodes, ComparisonStage? Comparison, IEnumerable<string> Notes) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        // NB: the comparison first, for sorting may wait for it.
        Comparison?.Dispose();
        Tetrodes?.Dispose();
    }
}
