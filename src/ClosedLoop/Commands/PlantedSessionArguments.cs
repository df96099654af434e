using System.CommandLine;
using System.Diagnostics;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Datasets;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>simulate --session</c>: the recording of a session with planted neurons, faster than real time.</summary>
internal sealed class PlantedSessionArguments
{
    private readonly Option<bool> _session = new("--session") { Description = "Write the recording of a session instead, to compare: a simulated animal, its virtual rodent, and planted neurons that follow network or movement, as fast as that can be computed." };
    private readonly Option<int> _units = new("--units") { Description = "Planted neurons of the session.", HelpName = "N", DefaultValueFactory = _ => 60 };
    private readonly Option<string?> _policy = new("--policy") { Description = "What drives the session's virtual rodent; the shipped policy where nothing is said.", HelpName = ControllerFactory.HelpName };

    /// <summary>The options, to be added to the command.</summary>
    public IEnumerable<Option> Options => [_session, _units, _policy];

    /// <summary>Whether a session was asked for.</summary>
    /// <exception cref="ClosedLoopException">It was not, but something of it was.</exception>
    public bool Asked(ParseResult parsed)
    {
        if (parsed.GetValue(_session))
            return true;
        foreach (var option in new Option[] { _units, _policy })
            if (parsed.GetResult(option) is { Implicit: false })
                throw ClosedLoopException.Usage($"'{option.Name}' is of a simulated session, and none is asked for; add --session");
        return false;
    }

    /// <summary>Writes the session.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folder">An existing, empty folder.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="seed">Seed of everything.</param>
    /// <param name="json">Where the facts go.</param>
    /// <param name="cancellation">Ends the session where it is.</param>
    public void Write(ParseResult parsed, string folder, double seconds, int seed, FileInfo? json, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        PlantedSessionSummary made;
        using (var line = new ProgressLine())
            made = PlantedSession.Write(folder, new() { Seconds = seconds, Seed = seed, Units = parsed.GetValue(_units), Controller = parsed.GetValue(_policy) }, line, cancellation);
        var (session, took) = (made.Session, watch.Elapsed.TotalSeconds);
        int Count(PlannedDrive drive) => made.Plan.Units.Count(unit => unit.Drive == drive);
        Terminal.Output.WriteLine($"{session.DurationS:F1} s of a session in {folder}: {PlantedSession.FileName} and {PlantedPlan.FileName}; {made.Plan.Units.Count} planted neurons ({Count(PlannedDrive.Network)} follow the network, {Count(PlannedDrive.Movement)} movement, {Count(PlannedDrive.None)} neither), {made.Spikes} spikes; {session.Imitation.Controller}: {session.Imitation.MedianTotalErrorMm:F1} mm, {session.Imitation.Resets} resets; {session.DurationS / took:F1} times real time");
        if (session.Comparison is { } comparison)
            ComparisonSummary.Print(Terminal.Output, comparison);
        JsonReport.Write(json, new
        {
            Kind = "session",
            session.Frames,
            session.DurationS,
            Planned = seconds,
            Units = made.Plan.Units.Count,
            made.Spikes,
            Plan = made.Plan.Units,
            session.Imitation,
            session.Comparison,
            Seed = seed,
            Seconds = took,
            RealtimeFactor = session.DurationS / took,
            session.Digest,
            Output = folder,
        });
    }
}
