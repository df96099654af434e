using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// The simplest controller: the posture of the next reference frame becomes the set-points of the position actuators.
/// It knows nothing of balance; the root goes where the feet take it. The baseline that every network is measured against.
/// </summary>
public sealed class ServoController : IRodentController
{
    /// <summary>Makes a servo for <paramref name="body"/>.</summary>
    /// <exception cref="ClosedLoopException">The body is driven by torques, for which a posture is no command.</exception>
    public ServoController(BodyModel body)
    {
        using var servo = new PositionServo(body);
        if (servo.FirstTorqueActuator is { } name)
            throw ClosedLoopException.Usage(
                $"the servo controller needs position actuators, and '{name}' of the body {body.Description.Name} is driven by torque; choose another controller or the body's position variant");
    }

    /// <inheritdoc/>
    public string Name => "servo";

    /// <inheritdoc/>
    public int FutureFrames => 1;

    /// <inheritdoc/>
    public ActivationLayout Activations => ActivationLayout.Empty;

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    public void Act(ReferenceWindow reference, MujocoData body, Span<double> action, Span<float> activations) => reference[0].Hold(action);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
