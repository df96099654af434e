using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// Turns wanted joint angles, joint speeds and torques into controls of the body's position servos
/// (force = gain * activation + b0 + b1 * length, activation filtered over the servo's time constant).
/// </summary>
internal sealed class ServoDrive
{
    // The activation is led so that it follows with this lag instead of the filter's own 40 ms.
    private const double LagS = 0.012;

    private readonly double[] _gain, _bias0, _stiffness, _timeConstant, _passiveStiffness, _passiveDamping;

    public ServoDrive(MujocoModel model)
    {
        const int TendonTransmission = 3;
        var gain = model.Doubles("actuator_gainprm");
        var bias = model.Doubles("actuator_biasprm");
        var dynamics = model.Doubles("actuator_dynprm");
        var kind = model.Ints("actuator_trntype");
        var target = model.Ints("actuator_trnid");
        _gain = new double[model.Nu];
        _bias0 = new double[model.Nu];
        _stiffness = new double[model.Nu];
        _timeConstant = new double[model.Nu];
        _passiveStiffness = new double[model.Nu];
        _passiveDamping = new double[model.Nu];
        var springs = model.Doubles("jnt_stiffness");
        var dampers = model.Doubles("dof_damping");
        var dofs = model.Ints("jnt_dofadr");
        for (var i = 0; i < model.Nu; i++)
        {
            _gain[i] = gain.Row(i)[0];
            _bias0[i] = bias.Row(i)[0];
            _stiffness[i] = -bias.Row(i)[1];
            _timeConstant[i] = dynamics.Row(i)[0];
            var id = target.Row(i)[0];
            // A tendon moves its joints in proportion to their coefficients where their springs and dampers are equal:
            // its own stiffness and damping are then theirs over the sum of the squared coefficients.
            double squares = 0, spring = 0, damper = 0;
            var parts = kind[i] == TendonTransmission ? TendonParts.Of(model, id) : [(id, 1.0)];
            foreach (var (joint, coefficient) in parts)
            {
                var square = coefficient * coefficient;
                squares += square;
                spring += square * springs[joint];
                damper += square * dampers[dofs[joint]];
            }
            _passiveStiffness[i] = spring / (squares * squares);
            _passiveDamping[i] = damper / (squares * squares);
        }
    }

    /// <summary>
    /// Writes the control by which actuator <paramref name="i"/> holds <paramref name="length"/> (rad), moves at
    /// <paramref name="speed"/> (rad/s) and exerts <paramref name="torque"/> (N m) beside.
    /// </summary>
    public void Set(MujocoData data, int i, double length, double speed, double torque)
    {
        var force = (_stiffness[i] * length) + (_passiveStiffness[i] * length) + (_passiveDamping[i] * speed) + torque - _bias0[i];
        var wanted = Math.Clamp(force / _gain[i], -1, 1);
        data.Ctrl[i] = Math.Clamp(data.Act[i] + (_timeConstant[i] / LagS * (wanted - data.Act[i])), -1, 1);
    }
}
