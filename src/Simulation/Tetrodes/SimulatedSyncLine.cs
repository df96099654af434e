using ClosedLoop.Acquisition;
using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// Simulated tetrodes with one more channel: a digital word whose bit 0 is the line that triggers the cameras, high for
/// half of each period, sampled by the tetrodes' own clock. Allocates nothing while it reads.
/// </summary>
public sealed class SimulatedSyncLine : ISampleSource
{
    private readonly SimulatedTetrodeSource _tetrodes;
    private readonly TriggerClock _trigger;
    private readonly SampleBlock _inner;

    /// <summary>Adds the line.</summary>
    /// <param name="tetrodes">The tetrodes, which run at real time; are this source's then.</param>
    /// <param name="trigger">The cameras' trigger.</param>
    /// <param name="name">What the channel is called.</param>
    public SimulatedSyncLine(SimulatedTetrodeSource tetrodes, TriggerClock trigger, string name)
    {
        (_tetrodes, _trigger) = (tetrodes, trigger);
        _inner = new(tetrodes.Channels.Count, tetrodes.BlockCapacity);
        Channels = [.. tetrodes.Channels, new(name, 1, "")];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SampleChannel> Channels { get; }

    /// <inheritdoc/>
    public double RateHz => _tetrodes.RateHz;

    /// <inheritdoc/>
    public int BlockCapacity => _tetrodes.BlockCapacity;

    /// <inheritdoc/>
    public string Description => $"{_tetrodes.Description} and the cameras' trigger";

    /// <inheritdoc/>
    public SampleLedger Ledger => _tetrodes.Ledger;

    /// <inheritdoc/>
    public bool TryRead(SampleBlock block, CancellationToken cancellation)
    {
        block.Require(Channels.Count, BlockCapacity);
        if (!_tetrodes.TryRead(_inner, cancellation))
            return false;
        int some = _inner.ChannelCount, all = Channels.Count;
        for (var i = 0; i < _inner.SampleCount; i++)
        {
            _inner.Samples.AsSpan(i * some, some).CopyTo(block.Samples.AsSpan(i * all));
            block.Samples[(i * all) + some] = (short)(_trigger.IsHigh(_tetrodes.TimeOf(_inner.Stamp.DeviceCounter + i)) ? 1 : 0);
        }
        (block.SampleCount, block.MicrovoltsPerCount, block.Stamp) = (_inner.SampleCount, _inner.MicrovoltsPerCount, _inner.Stamp);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _tetrodes.Dispose();
}
