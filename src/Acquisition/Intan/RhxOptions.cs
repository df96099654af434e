using System.Globalization;
using System.Text.RegularExpressions;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Where Intan's RHX software is, what it is to send, and how long it is waited for.</summary>
public sealed partial record RhxOptions
{
    /// <summary>The machine on which RHX runs: a name or an address.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port of commands.</summary>
    public int CommandPort { get; init; } = 5000;

    /// <summary>The port of waveforms.</summary>
    public int WaveformPort { get; init; } = 5001;

    /// <summary>The port of the spikes that RHX detects by thresholds of its own, usually 5002; null: they are not wanted.</summary>
    public int? SpikePort { get; init; }

    /// <summary>
    /// The amplifier channels, wideband, by native names as in A-007. NB: in native order, for in that order RHX sends
    /// them whatever the order in which they are enabled.
    /// </summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>
    /// The native name of a digital input line, as in DIGITAL-IN-01: then the word of all lines is the last channel. RHX
    /// sends it whole where any one line is enabled. Null: no word.
    /// </summary>
    public string? DigitalInput { get; init; }

    /// <summary>Samples per second and channel. RHX is given its rate when it starts; another than this is refused.</summary>
    public double RateHz { get; init; } = 30000;

    /// <summary>
    /// Blocks of 128 samples that RHX gathers before it sends them, 1 to 100. 1 has the least latency: 4.3 ms at 30 kHz
    /// instead of the 43 ms of RHX's own 10.
    /// </summary>
    public int BlocksPerWrite { get; init; } = 1;

    /// <summary>Blocks that may wait to be read; when so many wait, the oldest is dropped, and its samples are lost.</summary>
    public int QueueBlocks { get; init; } = 256;

    /// <summary>Spikes that may wait to be read.</summary>
    public int QueueSpikes { get; init; } = 8192;

    /// <summary>Silence that is a stall, seconds; RHX is then asked whether it still runs.</summary>
    public double StallSeconds { get; init; } = 1;

    /// <summary>Silence after which the connection is given up and made anew, seconds.</summary>
    public double SilenceSeconds { get; init; } = 5;

    /// <summary>How long RHX may be away once it was connected before the source fails, seconds.</summary>
    public double PatienceSeconds { get; init; } = 60;

    /// <summary>How long an answer to a command, or a connection, may take, seconds.</summary>
    public double AnswerSeconds { get; init; } = 2;

    /// <summary>The longest pause between two attempts to connect, seconds; the first attempt is made at once, the second after a tenth of this.</summary>
    public double LongestPauseSeconds { get; init; } = 0.25;

    /// <summary>The names of the first <paramref name="count"/> channels of each of <paramref name="ports"/>, as in "ABCD" and 32.</summary>
    public static IReadOnlyList<string> ChannelsOf(string ports, int count) =>
        [.. ports.SelectMany(port => Enumerable.Range(0, count).Select(channel => string.Create(CultureInfo.InvariantCulture, $"{port}-{channel:000}")))];

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="ClosedLoopException">Something cannot be; exit code 2.</exception>
    public void Check()
    {
        if (Channels.Count == 0)
            throw ClosedLoopException.Usage("no channels of Intan RHX are named; name them as RHX does, as in A-000");
        if (Channels.FirstOrDefault(name => !NativeName().IsMatch(name)) is { } wrong)
            throw ClosedLoopException.Usage($"'{wrong}' is no amplifier channel of Intan RHX; its names are a port and three digits, as in A-007");
        for (var i = 1; i < Channels.Count; i++)
            if (string.CompareOrdinal(Channels[i - 1], Channels[i]) >= 0)
                throw ClosedLoopException.Usage($"the channel {Channels[i]} of Intan RHX is named after {Channels[i - 1]}; RHX sends channels in native order, name each once and in that order");
        Range(RateHz is > 0 and <= 1e6, "rate", RateHz, "above 0 and at most 1 MHz");
        Range(BlocksPerWrite is >= 1 and <= 100, "number of blocks per write", BlocksPerWrite, "1 to 100");
        Range(QueueBlocks >= 2, "number of blocks that may wait", QueueBlocks, "at least 2");
        Range(QueueSpikes >= 2, "number of spikes that may wait", QueueSpikes, "at least 2");
        Range(StallSeconds > 0, "silence that is a stall, in seconds,", StallSeconds, "above 0");
        Range(SilenceSeconds >= StallSeconds, "silence after which to connect anew, in seconds,", SilenceSeconds, "at least as long as a stall");
        Range(PatienceSeconds >= 0, "patience, in seconds,", PatienceSeconds, "0 or more");
        Range(AnswerSeconds > 0, "time for an answer, in seconds,", AnswerSeconds, "above 0");
        Range(LongestPauseSeconds is > 0 and <= 60, "longest pause, in seconds,", LongestPauseSeconds, "above 0 and at most 60");
    }

    private static void Range(bool holds, string what, double value, string range)
    {
        if (!holds)
            throw ClosedLoopException.Usage($"the {what} of Intan RHX cannot be {value}; give {range}");
    }

    [GeneratedRegex("^[A-P]-[0-9]{3}$")]
    private static partial Regex NativeName();
}
