using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>One frame of the reference motion: the registered pose and what follows from it for the body.</summary>
public sealed class ReferenceFrame
{
    internal ReferenceFrame(BodyModel body)
    {
        Pose = new(body.Model.Nq, body.Model.Nv, body.Layout.Count);
        SetPoints = new double[body.Model.Nu];
        BodyPositions = new double[3 * body.Model.BodyCount];
    }

    /// <summary>The registered pose.</summary>
    public Pose Pose { get; }

    /// <summary>
    /// The actuator inputs at which position servos would rest in this pose, one per actuator, not yet limited to [-1, 1].
    /// </summary>
    public double[] SetPoints { get; }

    /// <summary>Where the body's parts are in this pose: x, y, z per body of the model, the world first, metres.</summary>
    public double[] BodyPositions { get; }

    /// <summary>The place of one part: x, y, z in metres.</summary>
    public ReadOnlySpan<double> BodyPosition(int body) => BodyPositions.AsSpan(3 * body, 3);

    /// <summary>Writes the action that holds this pose by position servos: the set-points, limited to [-1, 1].</summary>
    public void Hold(Span<double> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Math.Clamp(SetPoints[i], -1, 1);
    }
}
