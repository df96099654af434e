using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;
using ClosedLoop.NationalInstruments;
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

    /// <summary>The channels of each tetrode by name, a tetrode a line, the names parted by blanks; null: neighbours belong together.</summary>
    public string? Groups { get; init; }

    /// <summary>The channel on which the cameras' triggers are seen, as DIGITAL-IN-01 of an Intan controller; null: on none.</summary>
    public string? SyncChannel { get; init; }

    /// <summary>The line within a digital word, where the channel's name does not say it.</summary>
    public int? SyncBit { get; init; }

    /// <summary>Analog: the middle between low and high, in the channel's unit.</summary>
    public double SyncThreshold { get; init; } = 1.5;

    /// <summary>NI-DAQmx: the analog inputs of the electrodes by the driver's names, as in Dev1/ai0:15.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>NI-DAQmx: further analog inputs that are recorded beside, in volts; single names parted by commas.</summary>
    public string? Sensors { get; init; }

    /// <summary>NI-DAQmx: how often the electrodes' signals are amplified before they are sampled.</summary>
    public double Gain { get; init; } = 1000;

    /// <summary>NI-DAQmx: the largest voltage either way.</summary>
    public double MaxVolts { get; init; } = 10;

    /// <summary>What is simulated where the source is.</summary>
    public SimulatedTetrodeOptions Simulated => new() { Tetrodes = Count, Seed = Seed };

    /// <summary>Opens the source and puts together what sorts it. Nothing is connected and nothing runs yet.</summary>
    /// <param name="clock">The session's clock.</param>
    /// <param name="activity">What a simulated animal does.</param>
    /// <param name="trigger">What triggers cameras that play videos; null where there are none.</param>
    /// <param name="hasCameras">Whether the session has cameras at all.</param>
    /// <param name="planted">What simulated neurons follow; null: their own likes.</param>
    /// <exception cref="ClosedLoopException">The recording, the options, the device or the kept units cannot be used.</exception>
    public TetrodeStage Open(SessionClock clock, IActivityPlan activity, TriggerClock? trigger = null, bool hasCameras = false, PlantedLaboratory? planted = null)
    {
        if (SyncChannel is not null && !hasCameras)
            throw ClosedLoopException.Usage($"the channel '{SyncChannel}' is to show the triggers of cameras, and the session has none; leave 'sync' out, or take the keypoints from cameras");
        var (source, grouped) = OpenSource(clock, activity, trigger, planted);
        try
        {
            return new(
                source, TetrodesOf(source, grouped), new() { Sorting = TetrodeConfiguration.Learning(LearnSeconds), BinS = BinMs / 1000, LfpRateHz = LfpHz }, clock,
                StatePath is not null && File.Exists(StatePath) ? SorterState.Read(StatePath) : null, stateName: StatePath ?? "", ownsSource: true,
                sync: SyncChannel is null ? null : SyncLine.Of(source.Channels, Source == TetrodeSourceKind.IntanRhx ? source.Channels[^1].Name : SyncChannel, SyncBit ?? RhxLine, SyncThreshold));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The bit of a line of Intan's digital inputs: DIGITAL-IN-01 is bit 0.</summary>
    private int? RhxLine => Source == TetrodeSourceKind.IntanRhx && SyncChannel?.StartsWith("DIGITAL-IN-", StringComparison.Ordinal) == true && int.TryParse(SyncChannel.Split('-')[^1], out var line) ? line - 1 : null;

    private IReadOnlyList<IReadOnlyList<int>> TetrodesOf(ISampleSource source, IReadOnlyList<IReadOnlyList<int>>? grouped)
    {
        if (Groups is null)
            return grouped ?? SampleRecordings.Neighbours(source, Wires, Path ?? source.Description);
        var names = source.Channels.Select((channel, place) => (channel.Name, place)).ToDictionary();
        return [.. Groups.Split('\n').Select(group => (IReadOnlyList<int>)[.. group.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => names.TryGetValue(name, out var place)
            ? place
            : throw ClosedLoopException.Usage($"the group '{group}' names the channel '{name}'{Spelling.Suggest(name, [.. names.Keys])}, which {source.Description} does not have"))])];
    }

    private (ISampleSource Source, IReadOnlyList<IReadOnlyList<int>>? Grouped) OpenSource(SessionClock clock, IActivityPlan activity, TriggerClock? trigger, PlantedLaboratory? planted)
    {
        switch (Source)
        {
            case TetrodeSourceKind.File:
                var file = SampleRecordings.Open(Path!, speed: 1, clock: clock, stream: Stream);
                return (file.Source, file.Tetrodes);
            case TetrodeSourceKind.IntanRhx when SyncChannel is not null && RhxLine is not (>= 0 and < 16):
                throw ClosedLoopException.Usage($"'{SyncChannel}' is no digital input of an Intan controller; its lines are DIGITAL-IN-01 to DIGITAL-IN-16");
            case TetrodeSourceKind.IntanRhx:
                return (new RhxSampleSource(
                    new() { Host = Host, CommandPort = CommandPort, WaveformPort = WaveformPort, Channels = RhxOptions.ChannelsOf(Ports, ChannelsPerPort), RateHz = RateHz, DigitalInput = SyncChannel }, clock), null);
            case TetrodeSourceKind.NiDaqmx:
                var sensors = Sensors?.Split(',', StringSplitOptions.TrimEntries) ?? [];
                return (new DaqmxAnalogInput(
                    new() { Channels = string.Join(',', [Inputs, .. sensors]), RateHz = RateHz, MinVolts = -MaxVolts, MaxVolts = MaxVolts, Sensors = sensors.Length, ElectrodeGain = Gain }, clock), null);
            default:
                var simulated = new SimulatedTetrodeSource(Simulated, clock: clock, rates: planted?.Rates, activity: activity, truth: planted?.Match);
                return SyncChannel is null ? (simulated, simulated.Tetrodes)
                    : (new SimulatedSyncLine(simulated, trigger ?? throw ClosedLoopException.Usage("simulated tetrodes see the triggers of cameras that play videos, and the rig's cameras are devices; leave 'sync' out"), SyncChannel), simulated.Tetrodes);
        }
    }
}
