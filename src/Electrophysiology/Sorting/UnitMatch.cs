namespace ClosedLoop.Electrophysiology;

/// <summary>A true unit and the sorted one that is paired with it.</summary>
/// <param name="Truth">Index of the true unit.</param>
/// <param name="Sorted">Index of the sorted one; -1: none shares a spike with it that is not better paired.</param>
/// <param name="TrueSpikes">Spikes of the true one.</param>
/// <param name="SortedSpikes">Spikes of the sorted one.</param>
/// <param name="Both">Spikes in both.</param>
public readonly record struct UnitMatch(int Truth, int Sorted, int TrueSpikes, int SortedSpikes, int Both)
{
    /// <summary>Those in both over those in either.</summary>
    public double Accuracy => Both == 0 ? 0 : (double)Both / (TrueSpikes + SortedSpikes - Both);

    /// <summary>Share of the true spikes that were found.</summary>
    public double Recall => TrueSpikes == 0 ? 0 : (double)Both / TrueSpikes;

    /// <summary>Share of the sorted spikes that are true.</summary>
    public double Precision => SortedSpikes == 0 ? 0 : (double)Both / SortedSpikes;
}
