using ClosedLoop.Core;

namespace ClosedLoop.NationalInstruments;

/// <summary>What a task samples, and how.</summary>
public sealed record DaqmxInputOptions
{
    /// <summary>The driver's names of channels or lines, as in "Dev1/ai0:3" or "Dev1/port0/line0:7".</summary>
    public required string Channels { get; init; }

    /// <summary>Samples per second and channel. The device takes the nearest that it can; <see cref="ISampleSource.RateHz"/> says which.</summary>
    public required double RateHz { get; init; }

    /// <summary>Samples of a block: how many the device gathers before it calls.</summary>
    public int BlockSamples { get; init; } = 128;

    /// <summary>The terminal of the sample clock, as in "/Dev1/PFI0"; empty: the device's own.</summary>
    public string Clock { get; init; } = "";

    /// <summary>The terminal whose rising edge begins the first sample; null: it begins at once.</summary>
    public string? StartTrigger { get; init; }

    /// <summary>Analog inputs: the lowest voltage.</summary>
    public double MinVolts { get; init; } = -10;

    /// <summary>Analog inputs: the highest voltage.</summary>
    public double MaxVolts { get; init; } = 10;

    /// <summary>Analog inputs of electrodes: how often their signals are amplified before they are sampled; they are then in uV. Null: all inputs are in volts.</summary>
    public double? ElectrodeGain { get; init; }

    /// <summary>With <see cref="ElectrodeGain"/>: so many of the last inputs are no electrodes and in volts.</summary>
    public int Sensors { get; init; }

    /// <summary>Analog inputs: what they are measured against.</summary>
    public DaqmxTerminal Terminal { get; init; } = DaqmxTerminal.Default;

    /// <summary>Blocks that may wait to be read; when so many wait, the oldest is dropped, and its samples are lost.</summary>
    public int QueueBlocks { get; init; } = 64;

    /// <summary>How long the driver keeps samples that this program has not fetched, seconds.</summary>
    public double BufferSeconds { get; init; } = 5;

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="ClosedLoopException">Something cannot be; exit code 2.</exception>
    public void Check()
    {
        Range(Channels.Trim().Length > 0, "channels", $"'{Channels}'", "their names, as in Dev1/ai0:3");
        Range(RateHz is > 0 and <= 1e8, "rate in Hz", RateHz, "above 0");
        Range(BlockSamples is >= 1 and <= 1 << 20, "samples of a block", BlockSamples, "1 to 1048576");
        Range(MaxVolts > MinVolts, "voltages", $"{MinVolts} to {MaxVolts}", "a lowest below the highest");
        Range(ElectrodeGain is null or (>= 1 and <= 1e6), "gain", ElectrodeGain ?? 0, "1 to 1000000");
        Range(QueueBlocks >= 2, "blocks that may wait", QueueBlocks, "at least 2");
        Range(BufferSeconds is > 0 and <= 600 && BufferSeconds * RateHz < int.MaxValue / 2, "seconds of the driver's buffer", BufferSeconds, "above 0, at most 600 and so few that a buffer can hold them");
    }

    private void Range<T>(bool holds, string what, T value, string range)
    {
        if (!holds)
            throw ClosedLoopException.Usage($"the {what} of the NI-DAQmx input '{Channels}' cannot be {value}; give {range}");
    }
}
