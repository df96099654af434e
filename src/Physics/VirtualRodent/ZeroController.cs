using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Does nothing: every input is 0, which position servos take for the middle of their ranges. What a body comes to that
/// nobody drives, the lower bound of every comparison.
/// </summary>
public sealed class ZeroController : IRodentController
{
    /// <inheritdoc/>
    public string Name => "zero";

    /// <inheritdoc/>
    public int FutureFrames => 1;

    /// <inheritdoc/>
    public ActivationLayout Activations => ActivationLayout.Empty;

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    public void Act(ReferenceWindow reference, MujocoData body, Span<double> action, Span<float> activations) => action.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
