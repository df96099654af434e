namespace ClosedLoop.Electrophysiology;

/// <summary>Takes spikes as they are detected.</summary>
public interface ISpikeSink
{
    /// <summary>Takes one spike.</summary>
    /// <param name="tetrode">Index of the tetrode.</param>
    /// <param name="sample">The device's number of the sample at the trough.</param>
    /// <param name="snippet">Filtered samples around it, wire by wire, lent for the call.</param>
    void Take(int tetrode, long sample, ReadOnlySpan<float> snippet);
}
