using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Translates postures to the inputs of position actuators. An actuator's force is gain * activation + b0 + b1 * length;
/// it vanishes where length = (gain * input + b0) / -b1, so that -1..1 spans the joint's range. For tendons the length is
/// the weighted sum of joint angles that MuJoCo computes.
/// </summary>
public sealed class PositionServo : IDisposable
{
    private readonly MujocoData _scratch;
    private readonly double[] _gain;
    private readonly double[] _b0;
    private readonly double[] _b1;

    /// <summary>Reads the actuators of <paramref name="body"/>.</summary>
    public PositionServo(BodyModel body)
    {
        var model = body.Model;
        _scratch = new(model);
        var gain = model.Doubles("actuator_gainprm");
        var bias = model.Doubles("actuator_biasprm");
        _gain = [.. Enumerable.Range(0, model.Nu).Select(i => gain.Row(i)[0])];
        _b0 = [.. Enumerable.Range(0, model.Nu).Select(i => bias.Row(i)[0])];
        _b1 = [.. Enumerable.Range(0, model.Nu).Select(i => bias.Row(i)[1])];
        FirstTorqueActuator = Array.FindIndex(_b1, b1 => b1 >= 0) is var index and >= 0 ? model.Name(ObjectType.Actuator, index) : null;
    }

    /// <summary>The name of the first actuator that is not a position servo; null where all are.</summary>
    public string? FirstTorqueActuator { get; }

    /// <summary>Where the model's bodies are in the posture of the last <see cref="SetPoints"/> (nbody by 3), metres.</summary>
    public NativeArray<double> BodyPositions => _scratch.BodyPositions;

    /// <summary>Where the model's sites are in that posture (nsite by 3), metres.</summary>
    public NativeArray<double> SitePositions => _scratch.SitePositions;

    /// <summary>
    /// The inputs that hold the posture <paramref name="qpos"/> (nq), one per actuator, not limited to [-1, 1]. An
    /// actuator that is no position servo gets 0.
    /// </summary>
    public void SetPoints(ReadOnlySpan<double> qpos, Span<double> setPoints)
    {
        qpos.CopyTo(_scratch.Qpos.Span);
        _scratch.Kinematics();
        _scratch.Transmission();
        var lengths = _scratch.ActuatorLengths.Span;
        for (var i = 0; i < setPoints.Length; i++)
            setPoints[i] = _b1[i] < 0 && _gain[i] != 0 ? ((-_b1[i] * lengths[i]) - _b0[i]) / _gain[i] : 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();
}
