using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The channels and tetrodes whose samples a recording holds, and the sizes of what is sorted of them.</summary>
/// <param name="Channels">The channels, in the order of a sample's numbers.</param>
/// <param name="RateHz">Samples per second and channel of the device's time.</param>
/// <param name="BlockCapacity">Most samples per channel of a block.</param>
/// <param name="Tetrodes">The channels of each tetrode.</param>
/// <param name="SpikeCapacity">Most spikes of a message.</param>
/// <param name="UnitCapacity">Most units that are counted.</param>
public sealed record TetrodeLayout(
    IReadOnlyList<SampleChannel> Channels, double RateHz, int BlockCapacity, IReadOnlyList<IReadOnlyList<int>> Tetrodes, int SpikeCapacity, int UnitCapacity)
{
    /// <summary>Samples per second and channel that are kept of the local field potential; 0: none are.</summary>
    public double LfpRateHz { get; init; }

    /// <summary>The channel on which sync pulses are seen; null: none is.</summary>
    public string? SyncChannel { get; init; }

    /// <summary>An empty block of this layout.</summary>
    public SampleBlock NewSampleBlock() => new(Channels.Count, BlockCapacity);

    /// <summary>An empty block of the local field potential of what a sample block gives.</summary>
    public LfpBlock NewLfpBlock() => new(Channels.Count, (int)(BlockCapacity * LfpRateHz / RateHz) + 2);

    /// <summary>An empty batch of spikes of this layout.</summary>
    public SpikeBatch NewSpikeBatch() => new(SpikeCapacity);

    /// <summary>An empty bin of this layout.</summary>
    public SpikeCounts NewSpikeCounts() => new(UnitCapacity);

    /// <summary>About how many bytes a second of these takes in a recording: samples as they are, and a few thousand spikes.</summary>
    internal double EstimateBytesPerSecond() => (RateHz * Channels.Count * sizeof(short)) + (LfpRateHz * Channels.Count * sizeof(float)) + (RateHz / BlockCapacity * (LfpRateHz > 0 ? 300 : 200)) + (Tetrodes.Count * 2000);

    internal Dictionary<string, string> Describe() => new()
    {
        // NB: names stand in a list that commas part.
        ["channels"] = string.Join(',', Channels.Select(channel => channel.Name.Replace(',', ';'))),
        ["units"] = string.Join(',', Channels.Select(channel => channel.Unit)),
        ["units_per_count"] = string.Join(',', Channels.Select(channel => Exact(channel.UnitsPerCount))),
        ["rate_hz"] = Exact(RateHz),
        ["block_capacity"] = Whole(BlockCapacity),
        ["tetrodes"] = string.Join(';', Tetrodes.Select(wires => string.Join(',', wires.Select(Whole)))),
        ["spike_capacity"] = Whole(SpikeCapacity),
        ["unit_capacity"] = Whole(UnitCapacity),
        ["lfp_rate_hz"] = Exact(LfpRateHz),
        ["sync_channel"] = SyncChannel ?? "",
        ["samples"] = "int16, little-endian: all channels of the first sample, then of the second",
        ["device_counter"] = "the device's number of the first sample",
    };

    /// <summary>The layout back from what the channel says.</summary>
    /// <exception cref="FormatException">It does not say it.</exception>
    internal static TetrodeLayout Parse(IReadOnlyDictionary<string, string> channel)
    {
        string[] names = RecordingLayout.Of(channel, "channels").Split(','), units = RecordingLayout.Of(channel, "units").Split(','), scales = RecordingLayout.Of(channel, "units_per_count").Split(',');
        if (names.Length != units.Length || names.Length != scales.Length || names.Length > 100_000)
            throw new FormatException($"{names.Length} channels have {units.Length} units and {scales.Length} scales");
        var capacity = Size(channel, "block_capacity", 1_000_000);
        IReadOnlyList<int>[] tetrodes = [.. RecordingLayout.Of(channel, "tetrodes").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(wires => (IReadOnlyList<int>)[.. wires.Split(',').Select(RecordingLayout.Number)])];
        if (tetrodes.SelectMany(wires => wires).Any(wire => wire >= names.Length))
            throw new FormatException("a tetrode has a channel that is not there");
        return new(
            [.. names.Select((name, i) => new SampleChannel(name, Number(scales[i]), units[i]))], Number(RecordingLayout.Of(channel, "rate_hz")),
            // Sizes come from a file: a damaged one must not exhaust the memory.
            (long)capacity * names.Length <= 100_000_000 ? capacity : throw new FormatException($"blocks of {capacity} samples of {names.Length} channels cannot be"),
            tetrodes, Size(channel, "spike_capacity", 1_000_000), Size(channel, "unit_capacity", 1_000_000))
        {
            SyncChannel = channel.TryGetValue("sync_channel", out var sync) && sync.Length > 0 ? sync : null,
            LfpRateHz = channel.TryGetValue("lfp_rate_hz", out var kept) && kept != "0" ? Number(kept) is var lfp && lfp <= 100_000 ? lfp : throw new FormatException($"'{kept}' is no rate") : 0,
        };
    }

    private static int Size(IReadOnlyDictionary<string, string> channel, string key, int most) =>
        RecordingLayout.Number(RecordingLayout.Of(channel, key)) is var size and > 0 && size <= most ? size : throw new FormatException($"'{key}' is no size");

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number > 0
            ? number : throw new FormatException($"'{text}' is no rate or scale");

    private static string Exact(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
