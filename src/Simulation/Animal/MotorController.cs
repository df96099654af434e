using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// Moves the body by its actuators alone. From the channels a posture is planned (trunk, spine, four paws by inverse
/// kinematics); the servos hold the planned joint angles and add the torques of the ground forces that carry the weight
/// and correct height, attitude and speed as the body's own sensors have them.
/// </summary>
internal sealed class MotorController : IDisposable
{
    /// <summary>Time between two controls, seconds.</summary>
    public const double PeriodS = 0.004;

    // Joints' planned speeds are held below this, rad/s.
    private const double FastestRadS = 15;

    // By how long a trotting animal's set-points lead, seconds: what the servos lag behind.
    private const double TrotLeadS = 0.010;

    private readonly MujocoModel _model;
    private readonly BodyState _body;
    private readonly ServoDrive _drive;
    private readonly Paw[] _paws = [new(), new(), new(), new()];
    private readonly BodySense _sense;
    private readonly PosturePlan _plan;
    private readonly Stepping _stepping;
    private readonly WeightBearing _weight;
    private readonly double[] _torques = new double[8];
    private bool _started;

    public MotorController(BodyModel body, BodyState state)
    {
        _model = body.Model;
        _body = state;
        _drive = new(_model);
        _sense = new(body, state);
        _plan = new(_model, _sense, Channels, _paws);
        _stepping = new(_sense, Channels, _plan, _paws);
        _weight = new(_sense, Channels, _plan, _paws);
    }

    public Channels Channels { get; } = new();

    /// <inheritdoc cref="Stepping.InPlace"/>
    public bool InPlace => _stepping.InPlace;

    /// <inheritdoc cref="WeightBearing.Lean"/>
    public double Lean => _weight.Lean;

    /// <inheritdoc cref="WeightBearing.BackwardLean"/>
    public double BackwardLean => _weight.BackwardLean;

    /// <inheritdoc cref="BodySense.Yaw"/>
    public double Yaw => _sense.Yaw;

    /// <summary>Whether paw 0 to 3 (hind left, hind right, fore left, fore right) is planned to stand.</summary>
    public bool Stands(int paw) => !_paws[paw].Swings && _paws[paw].Load > 0.5;

    /// <inheritdoc cref="Stepping.PutPawsInPlace"/>
    public void PutPawsInPlace() => _stepping.PutPawsInPlace();

    /// <summary>Sets the plan, and the body's state, to standing at a place: for the start and after a counted reset.</summary>
    public void Stand(double x, double y, double yaw)
    {
        var data = _body.Data;
        data.Reset();
        data.Forward();
        _sense.Restart();
        _started = false;
        _plan.Stand(x, y, yaw, data.Qpos.Span);
        data.Forward();
        // Servos begin where they would be after a while of standing.
        for (var i = 0; i < 80; i++)
        {
            _sense.Update(PeriodS);
            Drive();
            for (var k = 0; k < _model.Nu; k++)
                data.Act[k] += 0.3 * (data.Ctrl[k] - data.Act[k]);
        }
    }

    /// <summary>Computes the controls for the body's present state.</summary>
    public void Control()
    {
        _sense.Update(PeriodS);
        Channels.Advance(PeriodS);
        _plan.Advance(PeriodS);
        _stepping.Advance(PeriodS);
        _plan.Solve(2);
        Drive();
        _plan.Keep();
        _started = true;
    }

    public void Dispose() => _plan.Dispose();

    /// <summary>Sets the servos to the plan and to the forces of the ground.</summary>
    private void Drive()
    {
        _weight.Update();
        var data = _body.Data;
        foreach (var (channel, actuator) in _plan.Spine)
            _drive.Set(data, actuator, Channels[channel], Channels.Speed(channel), 0);
        var lead = Channels[Channel.Trot] * TrotLeadS;
        for (var i = 0; i < 4; i++)
        {
            var limb = _sense.Limbs[i];
            limb.TorquesFor(_body, _weight.Forces.Slice(3 * i, 3), i < 2 ? _weight.HeelShare : 0, _torques);
            for (var j = 0; j < limb.JointCount; j++)
            {
                var address = limb.Qpos[j];
                var speed = _started ? Math.Clamp(_plan.JointSpeed(address, PeriodS), -FastestRadS, FastestRadS) : 0;
                _drive.Set(data, limb.Actuators[j], _plan.Qpos[address] + (lead * speed), speed, _torques[j]);
            }
        }
    }
}
