using ClosedLoop.Core;

namespace ClosedLoop.NationalInstruments;

/// <summary>
/// Digital inputs of one port, sampled by a clock: sync pulses, beams, levers. Two channels: the word of the port's lines
/// 0 to 15, and that of 16 to 31.
/// </summary>
public sealed unsafe class DaqmxDigitalInput : DaqmxSampleSource
{
    private readonly uint[] _words;

    /// <summary>Makes a task that has not been started.</summary>
    /// <param name="options">What to sample.</param>
    /// <param name="clock">The session's clock.</param>
    /// <exception cref="ClosedLoopException">The driver is missing, or the device cannot; the message says why.</exception>
    public DaqmxDigitalInput(DaqmxInputOptions options, SessionClock clock)
        : base(options, clock, 1, Create) => _words = new uint[BlockCapacity];

    /// <inheritdoc/>
    public override string Description => $"digital inputs {TaskChannels} of National Instruments";

    private protected override int Fetch(nint task, int samples, out int fetched, Span<short> counts)
    {
        int status;
        fixed (uint* at = _words)
            status = DaqmxNative.DAQmxReadDigitalU32(task, samples, 0, DaqmxValue.GroupByScanNumber, at, (uint)_words.Length, out fetched, 0);
        for (var i = 0; i < fetched; i++)
            (counts[2 * i], counts[(2 * i) + 1]) = ((short)_words[i], (short)(_words[i] >> 16));
        return status;
    }

    private static IReadOnlyList<SampleChannel> Create(DaqmxTask task)
    {
        task.Check(DaqmxNative.DAQmxCreateDIChan(task.Handle, task.What, "", DaqmxValue.ChannelForAllLines), "making the lines");
        return [new($"{task.What}, lines 0 to 15", 1, ""), new($"{task.What}, lines 16 to 31", 1, "")];
    }
}
