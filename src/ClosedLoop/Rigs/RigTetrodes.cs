using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Simulation;
using ClosedLoop.Sorting;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Rigs;

/// <summary>The section <c>tetrodes</c>: what is recorded of the brain beside the body, and how it is sorted.</summary>
public sealed record RigTetrodes
{
    /// <summary>What gives the samples.</summary>
    public required TetrodeSourceKind Source { get; init; }

    /// <summary>Simulated tetrodes.</summary>
    public int Count { get; init; } = 8;

    /// <summary>Seed of what is simulated.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The recording; null where the source is none.</summary>
    public string? Path { get; init; }

    /// <summary>Which stream of an Open Ephys recording that has several.</summary>
    public string? Stream { get; init; }

    /// <summary>Wires of a tetrode, where the source does not say which channels belong together: those that follow each other.</summary>
    public int Wires { get; init; } = 4;

    /// <summary>The machine on which RHX runs.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>RHX's port of commands.</summary>
    public int CommandPort { get; init; } = 5000;

    /// <summary>RHX's port of waveforms.</summary>
    public int WaveformPort { get; init; } = 5001;

    /// <summary>The ports of the Intan controller with headstages, as in AB.</summary>
    public string Ports { get; init; } = "A";

    /// <summary>Channels of each port.</summary>
    public int ChannelsPerPort { get; init; } = 32;

    /// <summary>Samples per second at which the Intan controller runs.</summary>
    public double RateHz { get; init; } = 30_000;

    /// <summary>How long units are learnt from, seconds.</summary>
    public double LearnSeconds { get; init; } = new SortingOptions().LearningS;

    /// <summary>Width of the bins that spikes are counted in, milliseconds.</summary>
    public double BinMs { get; init; } = 20;

    /// <summary>Samples per second and channel that are kept of the local field potential; 0: none are.</summary>
    public double LfpHz { get; init; } = 1000;

    /// <summary>Where units are kept from one session to the next: begun with where the file is there, written at the end. Null: learnt anew each time.</summary>
    public string? StatePath { get; init; }

    /// <summary>What is simulated where the source is.</summary>
    public SimulatedTetrodeOptions Simulated => new() { Tetrodes = Count, Seed = Seed };

    /// <summary>Opens the source and puts together what sorts it. Nothing is connected and nothing runs yet.</summary>
    /// <param name="clock">The session's clock.</param>
    /// <param name="activity">What a simulated animal does.</param>
    /// <param name="planted">What simulated neurons follow; null: their own likes.</param>
    /// <exception cref="ClosedLoopException">The recording, the options or the kept units cannot be used.</exception>
    public TetrodeStage Open(SessionClock clock, IActivityPlan activity, PlantedLaboratory? planted = null)
    {
        var (source, tetrodes) = OpenSource(clock, activity, planted);
        try
        {
            return new(
                source, tetrodes, new() { Sorting = TetrodeConfiguration.Learning(LearnSeconds), BinS = BinMs / 1000, LfpRateHz = LfpHz }, clock,
                StatePath is not null && File.Exists(StatePath) ? SorterState.Read(StatePath) : null, stateName: StatePath ?? "", ownsSource: true);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private (ISampleSource Source, IReadOnlyList<IReadOnlyList<int>> Tetrodes) OpenSource(SessionClock clock, IActivityPlan activity, PlantedLaboratory? planted)
    {
        switch (Source)
        {
            case TetrodeSourceKind.File:
                var file = SampleRecordings.Open(Path!, speed: 1, clock: clock, stream: Stream);
                return (file.Source, file.Tetrodes ?? SampleRecordings.Neighbours(file.Source, Wires, Path!));
            case TetrodeSourceKind.IntanRhx:
                var rhx = new RhxSampleSource(
                    new() { Host = Host, CommandPort = CommandPort, WaveformPort = WaveformPort, Channels = RhxOptions.ChannelsOf(Ports, ChannelsPerPort), RateHz = RateHz }, clock);
                return (rhx, SampleRecordings.Neighbours(rhx, Wires, rhx.Description));
            default:
                var simulated = new SimulatedTetrodeSource(Simulated, clock: clock, rates: planted?.Rates, activity: activity, truth: planted?.Match);
                return (simulated, simulated.Tetrodes);
        }
    }
}
