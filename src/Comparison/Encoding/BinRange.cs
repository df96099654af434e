namespace ClosedLoop.Comparison;

/// <summary>Bins that follow each other.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The one after the last.</param>
public readonly record struct BinRange(int Start, int End)
{
    /// <summary>How many.</summary>
    public int Length => Math.Max(0, End - Start);
}
