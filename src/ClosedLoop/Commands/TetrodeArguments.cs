using System.CommandLine;
using System.Diagnostics;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Datasets;
using ClosedLoop.Simulation;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>simulate --tetrodes</c>: a recording of tetrodes with planted neurons.</summary>
internal sealed class TetrodeArguments
{
    private readonly Option<int?> _tetrodes = new("--tetrodes") { Description = "Write a recording of so many tetrodes with planted neurons instead, to sort.", HelpName = "N" };
    private readonly Option<double> _units = new("--units-per-tetrode") { Description = "Neurons near each tetrode, on average.", HelpName = "N", DefaultValueFactory = _ => new SimulatedTetrodeOptions().UnitsPerTetrode };
    private readonly Option<bool> _noDrift = new("--no-drift") { Description = "The tissue around the tetrodes stays where it is." };

    private readonly Option<string[]> _snippets = new("--snippets") { Description = "Plant real spikes in the noise instead of simulated neurons': tetrode files of Axona with their cuts beside them, one tetrode after the other.", HelpName = "FILE..", AllowMultipleArgumentsPerToken = true };

    /// <summary>The options, to be added to the command.</summary>
    public IEnumerable<Option> Options => [_tetrodes, _units, _noDrift, _snippets];

    /// <summary>Whether tetrodes were asked for.</summary>
    /// <exception cref="ClosedLoopException">They were not, but something of them was.</exception>
    public bool Asked(ParseResult parsed)
    {
        if (parsed.GetValue(_tetrodes) is not null)
            return true;
        foreach (var option in new Option[] { _units, _noDrift, _snippets })
            if (parsed.GetResult(option) is { Implicit: false })
                throw ClosedLoopException.Usage($"'{option.Name}' says how tetrodes are simulated, and none are; add --tetrodes N");
        return false;
    }

    /// <summary>Writes the recording.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folder">An existing, empty folder.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="seed">Seed of everything.</param>
    /// <param name="noise">Noise relative to a usual tetrode's.</param>
    /// <param name="json">Where the facts go.</param>
    /// <param name="cancellation">Ends the recording where it is.</param>
    public void Write(ParseResult parsed, string folder, double seconds, int seed, double noise, FileInfo? json, CancellationToken cancellation)
    {
        var usual = new SimulatedTetrodeOptions();
        var options = usual with
        {
            Seed = seed,
            Tetrodes = parsed.GetValue(_tetrodes)!.Value,
            UnitsPerTetrode = parsed.GetValue(_units),
            NoiseMicrovolts = noise * usual.NoiseMicrovolts,
            DriftMicrometres = parsed.GetValue(_noDrift) ? 0 : usual.DriftMicrometres,
        };
        var snippets = parsed.GetValue(_snippets) ?? [];
        if (snippets.Length > 0 && parsed.GetResult(_units) is { Implicit: false })
            throw ClosedLoopException.Usage("--units-per-tetrode says how many simulated neurons there are, and with --snippets there are none; leave one of them out");
        var watch = Stopwatch.StartNew();
        SimulatedTetrodeSummary made;
        using (var line = new ProgressLine())
        {
            void Progress(double written) => line.Report($"{written:F0} of {seconds:F0} s, {written / watch.Elapsed.TotalSeconds:F1} times real time");
            made = snippets.Length > 0
                ? HybridTetrodeDataset.Write(folder, options, snippets, seconds, Progress, cancellation)
                : SimulatedTetrodeDataset.Write(folder, options, seconds, Progress, cancellation);
        }
        var (recorded, took) = (made.Samples / options.RateHz, watch.Elapsed.TotalSeconds);
        Terminal.Output.WriteLine($"{recorded:F1} s of {made.Channels} channels in {folder}: raw.yaml, {made.Spikes} spikes of {made.Units} {(snippets.Length > 0 ? "real units" : "neurons")} in truth.csv, {made.Clear} neurons with a signal-to-noise ratio of 5 or more; {recorded / took:F1} times real time");
        JsonReport.Write(json, new
        {
            Kind = snippets.Length > 0 ? "tetrodes with real spikes" : "tetrodes",
            Snippets = snippets,
            options.Tetrodes,
            made.Channels,
            options.RateHz,
            made.Samples,
            Planned = (long)Math.Round(seconds * options.RateHz),
            made.Units,
            UnitsWithSnr5 = made.Clear,
            made.Spikes,
            options.NoiseMicrovolts,
            options.DriftMicrometres,
            options.Seed,
            Seconds = took,
            RealtimeFactor = recorded / took,
            Output = folder,
        });
    }
}
