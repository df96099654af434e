using ClosedLoop.Core;

namespace ClosedLoop.NationalInstruments;

/// <summary>A counter that gives pulses, as the trigger of cameras: low before, between and after.</summary>
public sealed class DaqmxPulseOutput : IDisposable
{
    // What the driver is told for pulses without end is not their number.
    private const ulong NoNumber = 1000;

    private readonly DaqmxTask _task;

    /// <summary>Takes a counter into use.</summary>
    /// <param name="counter">The driver's name, as in "Dev1/ctr0".</param>
    /// <param name="frequencyHz">Pulses per second.</param>
    /// <param name="duty">The share of the time that they are high.</param>
    /// <param name="pulses">How many; null: until they are stopped.</param>
    /// <exception cref="ClosedLoopException">The driver is missing, or the device cannot; the message says why.</exception>
    public DaqmxPulseOutput(string counter, double frequencyHz, double duty = 0.5, int? pulses = null)
    {
        if (!(frequencyHz > 0) || !(duty is > 0 and < 1) || pulses < 1)
            throw ClosedLoopException.Usage($"the counter '{counter}' cannot give {(pulses is { } number ? $"{number} " : "")}pulses at {frequencyHz} Hz that are high for {duty} of the time; give a rate above 0, a share between 0 and 1, and at least one pulse");
        _task = new(counter);
        try
        {
            _task.Check(DaqmxNative.DAQmxCreateCOPulseChanFreq(_task.Handle, counter, "", DaqmxValue.Hertz, DaqmxValue.Low, 0, frequencyHz, duty), "making the counter");
            _task.Check(DaqmxNative.DAQmxCfgImplicitTiming(
                _task.Handle, pulses is null ? DaqmxValue.ContinuousSamples : DaqmxValue.FiniteSamples, pulses is { } some ? (ulong)some : NoNumber), "setting the number of pulses of");
        }
        catch
        {
            _task.Dispose();
            throw;
        }
    }

    /// <summary>Whether all pulses have been given; of pulses without end: whether they were stopped.</summary>
    public bool IsDone
    {
        get
        {
            _task.Check(DaqmxNative.DAQmxIsTaskDone(_task.Handle, out var done), "asking for the end of");
            return done != 0;
        }
    }

    /// <summary>Begins the pulses.</summary>
    public void Start() => _task.Start();

    /// <summary>Ends them.</summary>
    public void Stop() => _task.Stop();

    /// <summary>Ends them and lets go of the counter.</summary>
    public void Dispose() => _task.Dispose();
}
