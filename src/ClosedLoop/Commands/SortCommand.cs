using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sorting;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop sort</c>: tetrode recordings to sorted units.</summary>
public static class SortCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A recording: of a session (.mcap), an Open Ephys, Intan or SpikeGLX folder or file, or a raw.yaml that describes a file of int16 samples." };
        var output = new Option<string>("--out") { Description = "The units that are written.", HelpName = "units.nwb", Required = true };
        var online = new Option<bool>("--online") { Description = "Sort as a session does and be done; otherwise a second pass follows, which knows the whole recording." };
        var truth = new Option<string?>("--truth") { Description = "The true spikes, a table with the columns unit and sample; truth_units.csv beside it says how clear each unit is.", HelpName = "truth.csv" };
        var wires = new Option<int>("--wires") { Description = "Wires of a tetrode, where the recording does not say which channels belong together.", HelpName = "N", DefaultValueFactory = _ => 4 };
        var stream = new Option<string?>("--stream") { Description = "Which stream of an Open Ephys recording that has several.", HelpName = "NAME" };
        var state = new Option<string?>("--state") { Description = "With --online: begin with the units that this file keeps, where it is there, and keep those of the end in it.", HelpName = "FILE" };
        var decisions = new Option<string?>("--decisions") { Description = "With --state: units to merge, split or discard before it begins.", HelpName = "FILE.yaml" };
        var figure = new Option<string?>("--figure") { Description = "Draw the units: rasters, waveforms, autocorrelograms.", HelpName = "units.png" };
        var json = JsonReport.CreateOption();
        var command = new Command("sort", "Sort the spikes of a tetrode recording into units.") { path, output, online, truth, wires, stream, state, decisions, figure, json };
        command.SetAction((parsed, cancellation) =>
        {
            var target = parsed.GetRequiredValue(output);
            if (!target.EndsWith(".nwb", StringComparison.OrdinalIgnoreCase))
                throw ClosedLoopException.Usage($"--out {target}: units are written as NWB; name a file that ends in .nwb");
            OutputPath.RequireFile("--out", target);
            var picture = parsed.GetValue(figure);
            OutputPath.RequireFigure("--figure", picture);
            if (parsed.GetValue(state) is not null && !parsed.GetValue(online))
                throw ClosedLoopException.Usage("--state is for sorting as a session does; say --online too");
            if (parsed.GetValue(decisions) is not null && !(parsed.GetValue(state) is { } kept && File.Exists(kept)))
                throw ClosedLoopException.Usage("--decisions is about the units that a file of --state keeps, and there is none; sort once with --online --state FILE first");
            var planted = parsed.GetValue(truth) is { } table ? SpikeTruth.Read(table) : null;
            var run = new SortingRun
            {
                Path = parsed.GetRequiredValue(path), Stream = parsed.GetValue(stream), Wires = parsed.GetValue(wires), OnlineOnly = parsed.GetValue(online),
                State = parsed.GetValue(state), Decisions = parsed.GetValue(decisions),
            };
            SortingRun.Outcome outcome;
            using (var line = new ProgressLine())
                outcome = run.Run(line, cancellation);
            var (spikes, chain) = (outcome.Second ?? outcome.Online, outcome.SecondChain ?? outcome.OnlineChain);
            var units = spikes.With(chain, outcome.FirstSample);
            var seconds = outcome.Samples / outcome.RateHz;
            NwbUnitsWriter.Write(target, File.GetLastWriteTimeUtc(run.Path).AddSeconds(-seconds), $"{Path.GetFileName(run.Path)}, sorted {(outcome.Second is null ? "online" : "in two passes")}; the start is when the file was last written, less the recording's length", units);
            if (picture is not null)
                SortedUnitFigure.Write(picture, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run.Path))), seconds, units, chain);
            var (found, first) = (planted is null ? null : SortingTruthResult.Of(planted, spikes, outcome.RateHz), planted is null || outcome.Second is null ? null : SortingTruthResult.Of(planted, outcome.Online, outcome.RateHz));
            Terminal.Output.WriteLine(
                $"{units.Count} units on {chain.Tetrodes.Count} tetrodes in {target}: {spikes.Sorted} spikes sorted, {spikes.Unsorted} that no unit explains, {chain.Vetoed} under artefacts; {seconds:F0} s at {seconds / outcome.OnlineS:F1} times real time (first pass)");
            if (first is not null)
                Tell("first pass ", first);
            if (found is not null)
                Tell(outcome.Second is null ? "online" : "second pass", found);
            JsonReport.Write(parsed.GetValue(json), new
            {
                outcome.Channels,
                Seconds = seconds,
                outcome.RateHz,
                SamplesLost = outcome.Lost,
                RealtimeFactor = seconds / outcome.OnlineS,
                Passes = outcome.Second is null ? 1 : 2,
                SpikesSorted = spikes.Sorted,
                SpikesUnsorted = spikes.Unsorted,
                SpikesVetoed = chain.Vetoed,
                Units = units.Select(unit => new { unit.Tetrode, Id = unit.Unit, Spikes = unit.SpikeTimesS.Length, unit.Snr, unit.IsiViolation, unit.IsolationDistance, unit.LRatio }),
                Truth = found,
                TruthOnline = first,
                Output = target,
                Figure = picture,
            });
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Tell(string pass, SortingTruthResult result) => Terminal.Output.WriteLine(
        $"{pass}: {result.WellDetected} of {result.Units} true units{(double.IsNaN(result.MedianAccuracy) ? "" : $" with an accuracy of 0.8 or more (median {result.MedianAccuracy:F3}, precision {result.MedianPrecision:F3}, recall {result.MedianRecall:F3})")}; {result.FalseUnits} of {result.SortedUnits} sorted units are false");
}
