namespace ClosedLoop.Core;

/// <summary>
/// Where samples of electrodes come from: simulated tetrodes, an acquisition system on the network, a file, a recording.
/// What follows cannot tell which.
/// </summary>
/// <remarks>
/// NB: a block never spans a gap. Where samples are missing the next block's <see cref="RecordStamp.DeviceCounter"/> is
/// further on than the last one's end, and <see cref="Ledger"/> has counted what lies between.
/// </remarks>
public interface ISampleSource : IDisposable
{
    /// <summary>The channels, in the order of <see cref="SampleBlock.Samples"/>.</summary>
    IReadOnlyList<SampleChannel> Channels { get; }

    /// <summary>Samples per second and channel of the device's time, whatever the rate at which they are read.</summary>
    double RateHz { get; }

    /// <summary>Most samples per channel that a block is given.</summary>
    int BlockCapacity { get; }

    /// <summary>What this source is, in a few words for a person.</summary>
    string Description { get; }

    /// <summary>What came, and what did not.</summary>
    SampleLedger Ledger { get; }

    /// <summary>Waits for the next block and writes it, stamp included. A source without end waits at its own pace.</summary>
    /// <param name="block">Of this source's channels, for <see cref="BlockCapacity"/> samples.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False at the end, or when <paramref name="cancellation"/> is asked for.</returns>
    /// <exception cref="ClosedLoopException">The source failed; the message says how.</exception>
    bool TryRead(SampleBlock block, CancellationToken cancellation);
}
