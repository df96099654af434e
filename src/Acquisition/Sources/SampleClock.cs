using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// Tells the session time of a device's samples: from sync pulses that the device and the session both saw, as soon as
/// there are three, else from when its blocks arrive. Allocates nothing. One thread at a time.
/// </summary>
/// <remarks>
/// NB: without pulses the mean time from the electrode to the program (the device's buffers, the network) stays in what
/// is told: some milliseconds by which spikes seem late. <see cref="Synchronised"/> says which it is.
/// </remarks>
/// <param name="rateHz">Samples per second, by the device's own clock.</param>
public sealed class SampleClock(double rateHz)
{
    private const int FewestPulses = 3;

    // How long the shortest way of a block is remembered: from one to two times this.
    private const double BucketS = 10;

    private readonly ClockFit _arrivals = new();
    // A pulse is seen to a sample by both sides, and comes seldom.
    private readonly ClockFit _pulses = new(memory: 300, jitterSdS: 1e-4);

    /// <summary>Whether times come from pulses.</summary>
    public bool Synchronised => _pulses.Count >= FewestPulses;

    /// <summary>By how much the device's clock runs slow against session time, parts per million.</summary>
    public double DriftPpm => Fit.DriftPpm;

    /// <summary>Root mean square of what the fit leaves over, seconds.</summary>
    public double ResidualS => Fit.ResidualS;

    /// <summary>Seconds of the device's time in which blocks have arrived since the first.</summary>
    public double ArrivedS => (_lastNs - _firstNs) * 1e-9;

    /// <summary>Pulses that were taken in.</summary>
    public long Pulses => _pulses.Count;

    private long _bucketNs, _shortestNs = long.MaxValue, _shortestBeforeNs = long.MaxValue, _firstNs = long.MinValue, _lastNs = long.MinValue;

    private ClockFit Fit => Synchronised ? _pulses : _arrivals;

    /// <summary>Takes note of a block's arrival.</summary>
    /// <param name="firstSample">The device's number of its first sample.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="arrival">Session time at which it was there.</param>
    public void Arrived(long firstSample, int count, SessionTime arrival)
    {
        var device = DeviceNs(firstSample + count);
        _arrivals.Add(device, arrival.Nanoseconds);
        if (_firstNs == long.MinValue)
            (_firstNs, _bucketNs) = (device, device);
        _lastNs = device;
        if (device - _bucketNs > BucketS * SessionTime.NanosecondsPerSecond)
            (_bucketNs, _shortestBeforeNs, _shortestNs) = (device, _shortestNs, long.MaxValue);
        _shortestNs = Math.Min(_shortestNs, arrival.Nanoseconds - device);
    }

    /// <summary>Session time of a sample by the block that had the shortest way of late: none was taken later than that.</summary>
    public SessionTime LatestOf(long sample) => new(DeviceNs(sample) + Math.Min(_shortestNs, _shortestBeforeNs));

    /// <summary>Forgets all pulses: they were taken for others than they were.</summary>
    public void ForgetPulses() => _pulses.Reset();

    /// <summary>Takes note of a sync pulse.</summary>
    /// <param name="sample">The device's number of the sample at its edge.</param>
    /// <param name="time">Session time of the same edge, by another device.</param>
    public void Pulse(long sample, SessionTime time) => _pulses.Add(DeviceNs(sample), time.Nanoseconds);

    /// <summary>Session time of a sample; only when something has been taken note of.</summary>
    public SessionTime TimeOf(long sample) => new(Fit.ToSessionNs(DeviceNs(sample)));

    private long DeviceNs(long sample) => (long)Math.Round(sample * 1e9 / rateHz);
}
