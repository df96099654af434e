using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>A pose and the control step made of it, on their way from the control thread.</summary>
internal sealed class BodyState(Pose pose, ControlStep step)
{
    public Pose Pose { get; } = pose;

    public ControlStep Step { get; } = step;

    public SessionTime Beat { get; set; }
}
