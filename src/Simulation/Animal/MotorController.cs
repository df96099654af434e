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

    private static readonly (Channel Channel, string Actuator)[] Spine =
    [
        (Channel.LumbarExtend, "lumbar_extend"), (Channel.LumbarBend, "lumbar_bend"), (Channel.LumbarTwist, "lumbar_twist"),
        (Channel.CervicalExtend, "cervical_extend"), (Channel.CervicalBend, "cervical_bend"), (Channel.CervicalTwist, "cervical_twist"),
        (Channel.TailExtend, "caudal_extend"), (Channel.TailBend, "caudal_bend"),
        (Channel.Atlas, "atlas"), (Channel.Mandible, "mandible"),
    ];

    private readonly MujocoModel _model;
    private readonly BodyState _body;
    private readonly BodyState _plan;
    private readonly ServoDrive _drive;
    private readonly Limb[] _limbs;
    private readonly Paw[] _paws = [new(), new(), new(), new()];
    private readonly StepPattern _steps = new();
    private readonly GroundForces _ground = new();
    private readonly (Channel Channel, int Actuator, (int Qpos, double Share)[] Joints)[] _spine;
    private readonly double _scale, _time, _mass;
    private readonly double[] _previousPlan;
    private readonly double[] _nominalX = [Tuning.Get("hx",-0.076), Tuning.Get("hx",-0.076), Tuning.Get("fx",0.022), Tuning.Get("fx",0.022)];
    private readonly double[] _nominalY = [Tuning.Get("hy",0.028), -Tuning.Get("hy",0.028), Tuning.Get("fy",0.022), -Tuning.Get("fy",0.022)];
    private readonly double[] _previousCentre = new double[3];
    private readonly double[] _velocity = new double[3];
    private readonly double[] _pawPositions = new double[12];
    private readonly double[] _loads = new double[4];
    private readonly double[] _torques = new double[8];
    private readonly double[] _usual = new double[8];
    private readonly int _trunk, _pelvis;
    private readonly double _pelvisX;
    private double _planX, _planY, _planYaw, _speedCorrection;
    private bool _started;
    private readonly double ki=Tuning.Get("ki",2),leak=Tuning.Get("leak",0.25), kz=Tuning.Get("kz",250), dz=Tuning.Get("dz",25), kr=Tuning.Get("kr",250), dr=Tuning.Get("dr",25), kp=Tuning.Get("kp",250), dp=Tuning.Get("dp",25), kv=Tuning.Get("kv",8), cap=Tuning.Get("cap",0.08), offr=Tuning.Get("off",0.08), onr=Tuning.Get("on",0.06), lateral=Tuning.Get("lat",8), near=Tuning.Get("near",0.003), lf=Tuning.Get("lf",0.010), lh=Tuning.Get("lh",0.012);

    public MotorController(BodyModel body, BodyState state)
    {
        _model = body.Model;
        _body = state;
        _plan = new(_model);
        _drive = new(_model);
        _scale = body.Scale;
        _time = Math.Sqrt(body.Scale);
        _limbs = [Limb.Hind(_model, true, _scale), Limb.Hind(_model, false, _scale), Limb.Fore(_model, true, _scale), Limb.Fore(_model, false, _scale)];
        _trunk = body.RootBody;
        _pelvis = _model.Id(ObjectType.Body, "pelvis");
        _plan.Data.Qpos[3] = 1;
        _plan.Data.Kinematics();
        _pelvisX = _plan.Data.BodyPositions.Row(_pelvis)[0] - _plan.Data.BodyPositions.Row(_trunk)[0];
        var masses = _model.Doubles("body_mass").Span;
        for (var i = 0; i < masses.Length; i++)
            _mass += masses[i];
        var addresses = _model.Ints("jnt_qposadr");
        var kinds = _model.Ints("actuator_trntype");
        var targets = _model.Ints("actuator_trnid");
        _spine = [.. Spine.Select(row =>
        {
            var actuator = _model.Id(ObjectType.Actuator, row.Actuator);
            var target = targets.Row(actuator)[0];
            var parts = kinds[actuator] == 3 ? TendonParts.Of(_model, target) : [(target, 1.0)];
            var squares = parts.Sum(p => p.Coefficient * p.Coefficient);
            return (row.Channel, actuator, parts.Select(p => (addresses[p.Joint], p.Coefficient / squares)).ToArray());
        })];
        _previousPlan = new double[_model.Nq];
    }

    public Channels Channels { get; } = new();

    /// <summary>Whether paw 0 to 3 (hind left, hind right, fore left, fore right) is planned to stand.</summary>
    public bool Stands(int paw) => !_paws[paw].Swings && _paws[paw].Load > 0.5;

    /// <summary>Yaw of the trunk, rad.</summary>
    public double Yaw { get; private set; }

    /// <summary>Pitch of the trunk, rad, positive nose up.</summary>
    public double Pitch { get; private set; }

    /// <summary>Roll of the trunk, rad, positive right side down.</summary>
    public double Roll { get; private set; }

    /// <summary>Velocity of the centre of mass, m/s.</summary>
    public ReadOnlySpan<double> Velocity => _velocity;

    /// <summary>Sets the plan, and the body's state, to standing at a place: for the start and after a counted reset.</summary>
    public void Stand(double x, double y, double yaw)
    {
        var data = _body.Data;
        data.Reset();
        data.Forward();
        (_planX, _planY, _planYaw) = (x, y, yaw);
        for (var i = 0; i < 4; i++)
        {
            var (dx, dy) = Turned(_nominalX[i] * _scale, _nominalY[i] * _scale, yaw);
            _paws[i].PlaceAt(x + dx, y + dy, _limbs[i].RestingHeightM);
        }
        data.Qpos.Span.CopyTo(_plan.Data.Qpos.Span);
        SolvePlan(60);
        _plan.Data.Qpos.Span.CopyTo(data.Qpos.Span);
        _plan.Data.Qpos.Span.CopyTo(_previousPlan);
        data.Forward();
        _body.SubtreeCentres.Row(_trunk).CopyTo(_previousCentre);
        Array.Clear(_velocity);
        // Servos begin where they would be after a while of standing.
        for (var i = 0; i < 80; i++)
        {
            Control(settle: true);
            for (var k = 0; k < _model.Nu; k++)
                data.Act[k] += 0.3 * (data.Ctrl[k] - data.Act[k]);
        }
        _started = false;
    }

    /// <summary>Computes the controls for the body's present state.</summary>
    public void Control(bool settle = false)
    {
        Sense();
        if (!settle)
        {
            Channels.Advance(PeriodS);
            FindUsualPlaces();
            AdvancePlan();
            MovePaws();
            SolvePlan(2);
        }
        CarryWeight();
        SetServos();
        _plan.Data.Qpos.Span.CopyTo(_previousPlan);
        _started = true;
    }

    public string Debug() => string.Join(" ", Enumerable.Range(0,4).Select(i => $"{(_paws[i].Swings?"s":"-")}{_loads[i]:F2}/{_ground.Forces[3*i+2]:F2}/{(_pawPositions[3*i+2]-_limbs[i].RestingHeightM)*1000:F1}/{(_paws[i].Target[2]-_limbs[i].RestingHeightM)*1000:F1}"));
    public void Dispose() => _plan.Dispose();

    private void Sense()
    {
        var r = _body.Data.BodyRotations.Row(_trunk);
        Yaw = Math.Atan2(r[3], r[0]);
        Pitch = Math.Asin(Math.Clamp(r[6], -1, 1));
        Roll = Math.Atan2(r[7], r[8]);
        var centre = _body.SubtreeCentres.Row(_trunk);
        for (var i = 0; i < 3; i++)
        {
            if (_started)
                _velocity[i] += 0.4 * (((centre[i] - _previousCentre[i]) / PeriodS) - _velocity[i]);
            _previousCentre[i] = centre[i];
        }
        for (var i = 0; i < 4; i++)
            _limbs[i].PawPosition(_body, _pawPositions.AsSpan(3 * i, 3));
    }

    private void AdvancePlan()
    {
        // What the legs' compliance takes from the speed is added to the plan.
        var wanted = Channels[Channel.Speed] * _scale / _time;
        var actual = (_velocity[0] * Math.Cos(Yaw)) + (_velocity[1] * Math.Sin(Yaw));
        _speedCorrection = Math.Abs(wanted) < 0.02
            ? _speedCorrection * (1 - (PeriodS / 0.1))
            : Math.Clamp(_speedCorrection + (ki * PeriodS * (wanted - actual)), -0.1, 0.2);
        var (vx, vy) = Turned(wanted + _speedCorrection, 0, _planYaw);
        _planX += vx * PeriodS;
        _planY += vy * PeriodS;
        _planYaw += Channels[Channel.TurnRate] / _time * PeriodS;
        var p = _body.Data.BodyPositions.Row(_trunk);
        var Leak = PeriodS / leak;
        _planX += Leak * (p[0] - _planX);
        _planY += Leak * (p[1] - _planY);
        _planYaw += Leak * 0.5 * Wrapped(Yaw - _planYaw);
        // The trunk is pulled to its place over the standing hind paws, all paws where the forepaws carry too.
        double x = 0, y = 0, count = 0;
        for (var i = 0; i < 4; i++)
        {
            var weight = i < 2 ? 1 : Channels[Channel.ForeLoad];
            var (leanX, leanY) = Turned(Channels[Channel.Lean] * _scale, 0, _planYaw);
            x += weight * (_paws[i].Ground[0] - _usual[2 * i] + leanX);
            y += weight * (_paws[i].Ground[1] - _usual[(2 * i) + 1] + leanY);
            count += weight;
        }
        var still = Math.Clamp(1 - (Math.Abs(Channels[Channel.Speed]) / 0.03), 0, 1);
        var pull = PeriodS / 0.15 * still;
        _planX += pull * ((x / count) - _planX);
        _planY += pull * ((y / count) - _planY);
    }

    /// <summary>
    /// The paws' usual places from the trunk, in the world's axes: the forepaws' go with the trunk, the hind paws' with the
    /// pelvis, which a bent spine carries to the side.
    /// </summary>
    private void FindUsualPlaces()
    {
        var pelvis = _plan.Data.BodyPositions.Row(_pelvis);
        var trunk = _plan.Data.BodyPositions.Row(_trunk);
        var r = _plan.Data.BodyRotations.Row(_pelvis);
        var pelvisYaw = Math.Atan2(r[3], r[0]);
        for (var i = 0; i < 4; i++)
        {
            var (x, y) = i < 2
                ? Turned((_nominalX[i] * _scale) - _pelvisX, _nominalY[i] * _scale, pelvisYaw)
                : Turned(_nominalX[i] * _scale, _nominalY[i] * _scale, _planYaw);
            _usual[2 * i] = x + (i < 2 ? pelvis[0] - trunk[0] : 0);
            _usual[(2 * i) + 1] = y + (i < 2 ? pelvis[1] - trunk[1] : 0);
        }
    }

    private void MovePaws()
    {
        var speed = Channels[Channel.Speed];
        var turn = Channels[Channel.TurnRate] / _time;
        var moving = Math.Abs(speed) > 0.015 || Math.Abs(Channels[Channel.TurnRate]) > 0.15;
        _steps.Advance(PeriodS, Math.Abs(speed) + (0.04 * Math.Abs(turn)), _time);
        var stanceS = _steps.Duty * _steps.PeriodS;
        for (var i = 0; i < 4; i++)
        {
            var paw = _paws[i];
            var phase = _steps.Phase(i);
            var swinging = phase >= _steps.Duty;
            var s = (phase - _steps.Duty) / (1 - _steps.Duty);
            var away = Math.Sqrt(Square(paw.Ground[0] - _planX - _usual[2 * i]) + Square(paw.Ground[1] - _planY - _usual[(2 * i) + 1]));
            var free = i >= 2 && Channels[Channel.ForeLoad] < 0.98;
            if (!paw.Swings && swinging && s < 0.3 && !free && (moving || away > 0.010 * _scale))
                paw.LiftOff(_pawPositions.AsSpan(3 * i, 3));
            if (paw.Swings && (!swinging || free))
                paw.TouchDown();
            if (paw.Swings)
            {
                // Landing: where the paw will be at its usual place at the middle of the stance to come.
                var ahead = ((1 - s) * (1 - _steps.Duty) * _steps.PeriodS) + (stanceS / 2);
                var (lx, ly) = Turned(_usual[2 * i], _usual[(2 * i) + 1], turn * ahead);
                var (wx, wy) = Turned(speed * _scale / _time, 0, _planYaw + (turn * ahead / 2));
                
                paw.Ground[0] = _planX + lx + (wx * ahead) + (cap * (_velocity[0] - wx));
                paw.Ground[1] = _planY + ly + (wy * ahead) + (cap * (_velocity[1] - wy));
                paw.Ground[2] = _limbs[i].RestingHeightM;
                paw.SwingTo(Math.Clamp(s, 0, 1), (i < 2 ? lh : lf) * _scale);
                paw.Load = 0;
            }
            else
            {
                // Weight comes on over the first tenth of the stance and goes before the leg lifts.
                var willLift = moving || away > 0.010 * _scale;
                var on = Math.Clamp(phase / onr, 0, 1);
                var off = willLift ? Math.Clamp((_steps.Duty - phase) / offr, 0.05, 1) : 1;
                paw.Load = swinging ? (paw.Load < 1 ? Math.Min(1, paw.Load + (PeriodS / 0.05)) : 1) : Math.Min(Math.Min(1, paw.Load + (PeriodS / 0.03)), Math.Min(Math.Max(on, 0.1), off));
                for (var k = 0; k < 2; k++)
                    paw.Ground[k] += PeriodS / 0.3 * (_pawPositions[(3 * i) + k] - paw.Ground[k]);
                paw.Ground.CopyTo(paw.Target, 0);
            }
        }
    }

    private void SolvePlan(int iterations)
    {
        var q = _plan.Data.Qpos;
        q[0] = _planX;
        q[1] = _planY;
        q[2] = Channels[Channel.Height] * _scale;
        double cy = Math.Cos(_planYaw / 2), sy = Math.Sin(_planYaw / 2), cp = Math.Cos(-Channels[Channel.Pitch] / 2), sp = Math.Sin(-Channels[Channel.Pitch] / 2);
        (q[3], q[4], q[5], q[6]) = (cy * cp, -sy * sp, cy * sp, sy * cp);
        foreach (var (channel, _, joints) in _spine)
            foreach (var (address, share) in joints)
                q[address] = share * Channels[channel];
        for (var i = 0; i < iterations; i++)
        {
            _plan.Data.Kinematics();
            for (var k = 0; k < 4; k++)
                _limbs[k].Approach(_plan, _paws[k].Target, 0.15, 0.3, 1);
        }
    }

    private void CarryWeight()
    {
        Span<double> wrench = stackalloc double[6];
        var p = _body.Data.BodyPositions.Row(_trunk);
        var spin = _body.Data.Qvel.Span.Slice(3, 3);
        var weight = _mass * 9.81;
        var (vx, vy) = Turned(Channels[Channel.Speed] * _scale / _time, 0, _planYaw);
        var still = Math.Clamp(1 - (Math.Abs(Channels[Channel.Speed]) / 0.03), 0, 1);
        wrench[0] = _mass * ((kv * (vx - _velocity[0])) + (60 * still * (_planX - p[0])));
        wrench[1] = _mass * ((kv * (vy - _velocity[1])) + (60 * still * (_planY - p[1])));
        wrench[2] = weight + (_mass * ((kz * ((Channels[Channel.Height] * _scale) - p[2])) - (dz * _velocity[2])));
        wrench[2] = Math.Clamp(wrench[2], 0.3 * weight, 1.8 * weight);
        // Moments in the trunk's own axes: inertia times an angular acceleration.
        var length = 0.06 * _scale;
        var inertia = _mass * length * length;
        var rolling = inertia * 0.25 * ((-kr * Roll) - (dr * spin[0]));
        var pitching = inertia * ((kp * (Pitch - Channels[Channel.Pitch])) - (dp * spin[1]));
        var yawing = inertia * ((100 * Wrapped(_planYaw - Yaw)) + (15 * ((Channels[Channel.TurnRate] / _time) - spin[2])));
        (wrench[3], wrench[4]) = Turned(rolling, pitching, Yaw);
        wrench[5] = yawing;
        for (var i = 0; i < 4; i++)
        {
            // A paw that is not yet down cannot push.
            var gap = Math.Clamp(1 - ((_pawPositions[(3 * i) + 2] - _limbs[i].RestingHeightM - (0.001 * _scale)) / near), 0, 1);
            _loads[i] = gap * _paws[i].Load * (i < 2 ? 1 : Channels[Channel.ForeLoad]);
        }
        _ground.Distribute(wrench, _body.SubtreeCentres.Row(_trunk), _pawPositions, _loads);
    }

    private void SetServos()
    {
        var data = _body.Data;
        var q = _plan.Data.Qpos;
        foreach (var (channel, actuator, _) in _spine)
            _drive.Set(data, actuator, Channels[channel], Channels.Speed(channel), 0);
        for (var i = 0; i < 4; i++)
        {
            var limb = _limbs[i];
            limb.TorquesFor(_body, _ground.Forces.AsSpan(3 * i, 3), _torques);
            for (var j = 0; j < limb.JointCount; j++)
            {
                var address = limb.Qpos[j];
                var speed = _started ? (q[address] - _previousPlan[address]) / PeriodS : 0;
                _drive.Set(data, limb.Actuators[j], q[address], Math.Clamp(speed, -15, 15), _torques[j]);
            }
        }
    }

    private static (double X, double Y) Turned(double x, double y, double angle) =>
        ((x * Math.Cos(angle)) - (y * Math.Sin(angle)), (x * Math.Sin(angle)) + (y * Math.Cos(angle)));

    private static double Wrapped(double angle) => Math.IEEERemainder(angle, 2 * Math.PI);

    private static double Square(double x) => x * x;
}
