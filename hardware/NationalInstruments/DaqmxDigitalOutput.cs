using ClosedLoop.Core;

namespace ClosedLoop.NationalInstruments;

/// <summary>
/// Digital outputs of one port, written when they are told to. They are in their safe state from the start, and again
/// when this is disposed. One thread at a time.
/// </summary>
public sealed unsafe class DaqmxDigitalOutput : IDisposable
{
    private const double PatienceSeconds = 1;

    private readonly DaqmxTask _task;
    private readonly uint _safe;

    /// <summary>Takes lines into use.</summary>
    /// <param name="lines">The driver's names, as in "Dev1/port1/line0:3".</param>
    /// <param name="safe">The lines' safe state, a bit for each line of the port.</param>
    /// <exception cref="ClosedLoopException">The driver is missing, or the device cannot; the message says why.</exception>
    public DaqmxDigitalOutput(string lines, uint safe = 0)
    {
        (_task, _safe) = (new(lines), safe);
        try
        {
            _task.Check(DaqmxNative.DAQmxCreateDOChan(_task.Handle, lines, "", DaqmxValue.ChannelForAllLines), "making the lines");
            _task.Start();
            Write(safe);
        }
        catch
        {
            _task.Dispose();
            throw;
        }
    }

    /// <summary>What was written last.</summary>
    public uint State { get; private set; }

    /// <summary>Sets all lines.</summary>
    /// <param name="state">A bit for each line of the port.</param>
    /// <exception cref="ClosedLoopException">The device did not take it.</exception>
    public void Write(uint state)
    {
        ObjectDisposedException.ThrowIf(_task.IsClosed, this);
        _task.Check(DaqmxNative.DAQmxWriteDigitalU32(_task.Handle, 1, 0, PatienceSeconds, DaqmxValue.GroupByScanNumber, &state, out var written, 0), "writing");
        State = written == 1 ? state : throw ClosedLoopException.Failed($"NI-DAQmx has not written the lines '{_task.What}', and says nothing of why");
    }

    /// <summary>Returns the lines to their safe state and lets go of them.</summary>
    /// <exception cref="ClosedLoopException">The device did not take the safe state; look at what the lines drive.</exception>
    public void Dispose()
    {
        if (_task.IsClosed)
            return;
        try
        {
            Write(_safe);
        }
        finally
        {
            _task.Dispose();
        }
    }
}
