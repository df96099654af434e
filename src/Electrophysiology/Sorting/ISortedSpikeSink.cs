namespace ClosedLoop.Electrophysiology;

/// <summary>Takes spikes as they are sorted.</summary>
public interface ISortedSpikeSink
{
    /// <summary>Takes one spike. Those of one tetrode come nearly in order of time: two that overlap may come the later one first.</summary>
    void Take(in SortedSpike spike);
}
