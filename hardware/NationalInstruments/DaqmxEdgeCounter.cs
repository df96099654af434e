namespace ClosedLoop.NationalInstruments;

/// <summary>A counter of rising or falling edges, as of a camera's exposure line. Counts from 0 when it is made. One thread at a time.</summary>
public sealed unsafe class DaqmxEdgeCounter : IDisposable
{
    private const double PatienceSeconds = 1;

    private readonly DaqmxTask _task;
    private uint _last;
    private long _count;

    /// <summary>Takes a counter into use and begins to count.</summary>
    /// <param name="counter">The driver's name, as in "Dev1/ctr1".</param>
    /// <param name="falling">Count falling edges.</param>
    /// <exception cref="Core.ClosedLoopException">The driver is missing, or the device cannot; the message says why.</exception>
    public DaqmxEdgeCounter(string counter, bool falling = false)
    {
        _task = new(counter);
        try
        {
            _task.Check(DaqmxNative.DAQmxCreateCICountEdgesChan(_task.Handle, counter, "", falling ? DaqmxValue.Falling : DaqmxValue.Rising, 0, DaqmxValue.CountUp), "making the counter");
            _task.Start();
        }
        catch
        {
            _task.Dispose();
            throw;
        }
    }

    /// <summary>Edges so far. NB: the device's 32 bits turn over; read it at least once in 2^32 edges.</summary>
    public long Read()
    {
        ObjectDisposedException.ThrowIf(_task.IsClosed, this);
        uint value;
        _task.Check(DaqmxNative.DAQmxReadCounterU32(_task.Handle, 1, PatienceSeconds, &value, 1, out _, 0), "reading");
        _count += value - _last;
        _last = value;
        return _count;
    }

    /// <summary>Lets go of the counter.</summary>
    public void Dispose() => _task.Dispose();
}
