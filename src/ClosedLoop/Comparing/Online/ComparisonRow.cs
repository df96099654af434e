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

/// <summary>A pose and the control step made of it, on their way from the control thread.</summary>
internal sealed class BodyState(Pose pose, ControlStep step)
{
    public Pose Pose { get; } = pose;

    public ControlStep Step { get; } = step;

    public SessionTime Beat { get; set; }
}
