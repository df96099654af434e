using ClosedLoop.Core;

namespace ClosedLoop.NationalInstruments;

/// <summary>
/// Analog inputs. The driver's calibrated volts become counts, 32767 of them for the largest voltage asked for.
/// </summary>
public sealed unsafe class DaqmxAnalogInput : DaqmxSampleSource
{
    private readonly double[] _volts;
    private readonly double _countsPerVolt;

    /// <summary>Makes a task that has not been started.</summary>
    /// <param name="options">What to sample.</param>
    /// <param name="clock">The session's clock.</param>
    /// <exception cref="ClosedLoopException">The driver is missing, or the device cannot; the message says why.</exception>
    public DaqmxAnalogInput(DaqmxInputOptions options, SessionClock clock)
        : base(options, clock, 1e6 * VoltsPerCount(options) / (options.ElectrodeGain ?? 1), task => Create(task, options))
    {
        _countsPerVolt = 1 / VoltsPerCount(options);
        _volts = new double[Channels.Count * BlockCapacity];
    }

    /// <inheritdoc/>
    public override string Description => $"analog inputs {TaskChannels} of National Instruments";

    private protected override int Fetch(nint task, int samples, out int fetched, Span<short> counts)
    {
        int status;
        fixed (double* at = _volts)
            status = DaqmxNative.DAQmxReadAnalogF64(task, samples, 0, DaqmxValue.GroupByScanNumber, at, (uint)_volts.Length, out fetched, 0);
        for (var i = 0; i < fetched * Channels.Count; i++)
            counts[i] = (short)Math.Clamp(Math.Round(_volts[i] * _countsPerVolt), short.MinValue, short.MaxValue);
        return status;
    }

    private static double VoltsPerCount(DaqmxInputOptions options) => Math.Max(Math.Abs(options.MinVolts), Math.Abs(options.MaxVolts)) / short.MaxValue;

    private static IReadOnlyList<SampleChannel> Create(DaqmxTask task, DaqmxInputOptions options)
    {
        task.Check(DaqmxNative.DAQmxCreateAIVoltageChan(task.Handle, options.Channels, "", (int)options.Terminal, options.MinVolts, options.MaxVolts, DaqmxValue.Volts, null), "making the channels");
        var names = DaqmxStatus.Text((text, bytes) => DaqmxNative.DAQmxGetTaskChannels(task.Handle, text, bytes), $"asking for the channels of '{task.What}'");
        var all = names.Split(',', StringSplitOptions.TrimEntries);
        if (options.Sensors < 0 || options.Sensors > all.Length)
            throw ClosedLoopException.Usage($"{options.Sensors} of the analog inputs {options.Channels} are to be sensors, and there are {all.Length}");
        return [.. all.Select((name, i) => options.ElectrodeGain is { } gain && i < all.Length - options.Sensors
            ? new SampleChannel(name, 1e6 * VoltsPerCount(options) / gain, "uV")
            : new(name, VoltsPerCount(options), "V"))];
    }
}
