using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>What is kept of one bin until its counts are there.</summary>
/// <param name="features">Numbers of its features.</param>
internal sealed class ComparisonRow(int features)
{
    public long Bin { get; set; } = RecordStamp.None;

    public SessionTime Captured { get; set; }

    public float[] Features { get; } = new float[features];

    public int Behaviour { get; set; }

    public double Variability { get; set; }
}
