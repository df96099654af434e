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

    // Gains of height, attitude and speed: accelerations per error (1/s2) and per speed (1/s).
    private const double HeightStiffness = 250, HeightDamping = 25, AttitudeStiffness = 250, AttitudeDamping = 25, YawStiffness = 100, YawDamping = 15;
    private const double PlaceStiffness = 60, SpeedGain = 8, SpeedIntegral = 2;

    // Landing places move by this long times what the body is faster than planned, seconds.
    private const double CaptureS = 0.08;

    // Heights that swinging paws are lifted, that forepaws hover while the weight is behind, and over the floor from which
    // a paw no longer pushes, metres at scale 1.
    private const double HindLiftM = 0.012, ForeLiftM = 0.010, HoverM = 0.008, NearM = 0.003;

    // Shares of a cycle over which weight comes onto a leg and leaves it.
    private const double LoadShare = 0.06, UnloadShare = 0.08;

    // On the hind feet: where between soles (0) and heels (1) the body balances, how far the centre of pressure goes past
    // the capture point, and what is left of the trunk's attitude control, which would work against the balance.
    private const double BalancePoint = 0.3, CaptureGain = 1, AttitudeShare = 0.5;

    // Forepaws tucked under the chest, metres at scale 1 in the trunk's frame.
    private const double TuckX = 0.055, TuckZ = -0.045;

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
    // The paws' usual places from the trunk, metres at scale 1: the centre of mass lies between them, nearer the hind paws.
    private static readonly double[] NominalX = [-0.076, -0.076, 0.022, 0.022];
    private static readonly double[] NominalY = [0.028, -0.028, 0.022, -0.022];

    private readonly double[] _previousCentre = new double[3];
    private readonly double[] _velocity = new double[3];
    private readonly double[] _pawPositions = new double[12];
    private readonly double[] _pressure = new double[12];
    private readonly double[] _loads = new double[4];
    private readonly double[] _torques = new double[8];
    private readonly double[] _usual = new double[8];
    private readonly double[] _support = new double[2];
    private readonly double[] _soles = new double[2];
    private readonly double[] _heels = new double[2];
    private double _heelShare, _settlingS;
    private readonly int _trunk, _pelvis, _skull;
    private readonly double _pelvisX;
    private double _planX, _planY, _planYaw, _speedCorrection;
    private bool _started;

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
        _skull = _model.Id(ObjectType.Body, "skull");
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

    /// <summary>Whether the body has come to a stand with every paw in its place.</summary>
    public bool InPlace { get; private set; }

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
            var (dx, dy) = Turned(NominalX[i] * _scale, NominalY[i] * _scale, yaw);
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
            : Math.Clamp(_speedCorrection + (SpeedIntegral * PeriodS * (wanted - actual)), -0.1, 0.2);
        var (vx, vy) = Turned(wanted + _speedCorrection, 0, _planYaw);
        _planX += vx * PeriodS;
        _planY += vy * PeriodS;
        _planYaw += Channels[Channel.TurnRate] / _time * PeriodS;
        var p = _body.Data.BodyPositions.Row(_trunk);
        // NB: a standing plan that followed the body would creep with it; it holds to the paws instead.
        var still = Math.Clamp(1 - (Math.Abs(Channels[Channel.Speed]) / 0.03), 0, 1);
        var leak = PeriodS / 0.25 * (1 - (0.8 * still));
        _planX += leak * (p[0] - _planX);
        _planY += leak * (p[1] - _planY);
        _planYaw += leak * 0.5 * Wrapped(Yaw - _planYaw);
        // The trunk is pulled to its place over the standing hind paws, all paws where the forepaws carry too.
        double x = 0, y = 0, count = 0;
        for (var i = 0; i < 4; i++)
        {
            var weight = i < 2 ? 1 : Channels[Channel.ForeLoad];
            x += weight * (_paws[i].Ground[0] - _usual[2 * i]);
            y += weight * (_paws[i].Ground[1] - _usual[(2 * i) + 1]);
            count += weight;
        }
        x /= count;
        y /= count;
        // Balanced on the hind feet, the planned centre of mass goes over them instead.
        var back = Channels[Channel.WeightBack];
        var centre = _plan.SubtreeCentres.Row(_trunk);
        var trunk = _plan.Data.BodyPositions.Row(_trunk);
        FindSupport();
        x += back * (_support[0] - (centre[0] - trunk[0]) - x);
        y += back * (_support[1] - (centre[1] - trunk[1]) - y);
        var pull = PeriodS / (0.15 - (0.09 * back)) * still;
        _planX += pull * (x - _planX);
        _planY += pull * (y - _planY);
    }

    /// <summary>The middle of the hind feet between heels and soles.</summary>
    private void FindSupport()
    {
        for (var k = 0; k < 2; k++)
        {
            _soles[k] = 0.5 * (_pawPositions[k] + _pawPositions[3 + k]);
            _heels[k] = 0.5 * (_limbs[0].Heel(_body)[k] + _limbs[1].Heel(_body)[k]);
            _support[k] = _soles[k] + (BalancePoint * (_heels[k] - _soles[k]));
        }
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
                ? Turned((NominalX[i] * _scale) - _pelvisX, NominalY[i] * _scale, pelvisYaw)
                : Turned(NominalX[i] * _scale, NominalY[i] * _scale, _planYaw);
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
        // After moving the paws are put in order for a cycle or two; later only one that is far out of its place steps.
        _settlingS = moving ? 1.2 : Math.Max(0, _settlingS - PeriodS);
        var outOfPlace = (_settlingS > 0 ? 0.009 : 0.018) * _scale;
        InPlace = !moving;
        var stanceS = StepPattern.Duty * _steps.PeriodS;
        for (var i = 0; i < 4; i++)
        {
            var paw = _paws[i];
            var phase = _steps.Phase(i);
            var swinging = phase >= StepPattern.Duty;
            var s = (phase - StepPattern.Duty) / (1 - StepPattern.Duty);
            var away = Math.Sqrt(Square(paw.Ground[0] - _planX - _usual[2 * i]) + Square(paw.Ground[1] - _planY - _usual[(2 * i) + 1]));
            InPlace &= !paw.Swings && away < 0.012 * _scale;
            var free = i >= 2 && Channels[Channel.ForeLoad] < 0.98;
            var planted = Channels[Channel.WeightBack] > 0.02;
            if (!paw.Swings && swinging && s < 0.2 && !free && !planted && (moving || away > outOfPlace))
                paw.LiftOff(_pawPositions.AsSpan(3 * i, 3));
            if (paw.Swings && (!swinging || free || (s > 0.8 && _pawPositions[(3 * i) + 2] < _limbs[i].RestingHeightM + (0.0005 * _scale))))
                paw.TouchDown();
            if (free)
            {
                HoldForepaw(i);
                continue;
            }
            if (paw.Swings)
            {
                // Landing: where the paw will be at its usual place at the middle of the stance to come.
                var ahead = ((1 - s) * (1 - StepPattern.Duty) * _steps.PeriodS) + (stanceS / 2);
                var (lx, ly) = Turned(_usual[2 * i], _usual[(2 * i) + 1], turn * ahead);
                var (wx, wy) = Turned(speed * _scale / _time, 0, _planYaw + (turn * ahead / 2));
                paw.Ground[0] = _planX + lx + (wx * ahead) + (CaptureS * (_velocity[0] - wx));
                paw.Ground[1] = _planY + ly + (wy * ahead) + (CaptureS * (_velocity[1] - wy));
                paw.Ground[2] = _limbs[i].RestingHeightM;
                paw.SwingTo(Math.Clamp(s, 0, 1), (i < 2 ? HindLiftM : ForeLiftM) * _scale);
                paw.Load = 0;
            }
            else
            {
                paw.Ground[2] = _limbs[i].RestingHeightM + (i < 2 ? 0 : HoverM * _scale * Channels[Channel.WeightBack]);
                // Weight comes on over the first tenth of the stance and goes before the leg lifts.
                var willLift = !planted && (moving || away > outOfPlace);
                var on = willLift ? Math.Clamp(phase / LoadShare, 0, 1) : 1;
                var off = willLift ? Math.Clamp((StepPattern.Duty - phase) / UnloadShare, 0.05, 1) : 1;
                paw.Load = swinging || !willLift ? (paw.Load < 1 ? Math.Min(1, paw.Load + (PeriodS / 0.05)) : 1) : Math.Min(Math.Min(1, paw.Load + (PeriodS / 0.03)), Math.Min(Math.Max(on, 0.1), off));
                // Where it stands is learnt from where it is; slowly at rest, so that it does not creep.
                var learnS = moving ? 0.3 : 3;
                for (var k = 0; k < 2; k++)
                    paw.Ground[k] += PeriodS / learnS * (_pawPositions[(3 * i) + k] - paw.Ground[k]);
                paw.Ground.CopyTo(paw.Target, 0);
            }
        }
    }

    /// <summary>A forepaw in the air: from its place on the floor to under the chest or to the snout.</summary>
    private void HoldForepaw(int i)
    {
        Span<double> target = stackalloc double[3];
        var trunk = _plan.Data.BodyPositions.Row(_trunk);
        var t = _plan.Data.BodyRotations.Row(_trunk);
        var skull = _plan.Data.BodyPositions.Row(_skull);
        var h = _plan.Data.BodyRotations.Row(_skull);
        var side = i == 2 ? 1 : -1;
        var snout = Channels[Channel.HandsAtSnout];
        var stroke = Channels[Channel.Stroke] * side;
        var paw = _paws[i];
        // It comes down where it belongs once the weight lies between all four paws again.
        for (var k = 0; k < 2; k++)
            paw.Ground[k] = (0.5 * (_paws[0].Ground[k] + _paws[1].Ground[k] - _usual[k] - _usual[2 + k])) + _usual[(2 * i) + k];
        // NB: forepaws pressed to the floor while the weight is behind push the body over backwards; they hover until it comes.
        paw.Ground[2] = _limbs[i].RestingHeightM + (HoverM * _scale * Channels[Channel.WeightBack]);
        paw.Load = 1;
        var down = Channels[Channel.ForeLoad];
        double ax = TuckX, ay = 0.015 * side, az = TuckZ, bx = 0.022 + stroke, by = 0.009 * side, bz = -0.014 - (0.3 * stroke);
        for (var k = 0; k < 3; k++)
        {
            var tucked = trunk[k] + (_scale * ((t[3 * k] * ax) + (t[(3 * k) + 1] * ay) + (t[(3 * k) + 2] * az)));
            var atSnout = skull[k] + (_scale * ((h[3 * k] * bx) + (h[(3 * k) + 1] * by) + (h[(3 * k) + 2] * bz)));
            var held = tucked + (snout * (atSnout - tucked));
            target[k] = held + (down * (paw.Ground[k] - held));
        }
        paw.Hold(target);
    }

    private void SolvePlan(int iterations)
    {
        var back = Channels[Channel.WeightBack];
        var free = 1 - Channels[Channel.ForeLoad];
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
            {
                // On the hind feet alone the soles lie flat from heel to toe; in the air the forepaws hang as they like.
                if (k < 2)
                    _limbs[k].Approach(_plan, _paws[k].Target, 0.15 - (0.24 * back), 0.3 - (0.22 * back), 1);
                else
                    _limbs[k].Approach(_plan, _paws[k].Target, 0.15, 0.3 + (2 * free), 1 - (0.98 * free));
            }
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
        wrench[0] = _mass * ((SpeedGain * (vx - _velocity[0])) + (PlaceStiffness * still * (_planX - p[0])));
        wrench[1] = _mass * ((SpeedGain * (vy - _velocity[1])) + (PlaceStiffness * still * (_planY - p[1])));
        wrench[2] = weight + (_mass * ((HeightStiffness * ((Channels[Channel.Height] * _scale) - p[2])) - (HeightDamping * _velocity[2])));
        wrench[2] = Math.Clamp(wrench[2], 0.3 * weight, 1.8 * weight);
        // Moments in the trunk's own axes: inertia times an angular acceleration.
        var length = 0.06 * _scale;
        var inertia = _mass * length * length;
        var rolling = inertia * 0.25 * ((-AttitudeStiffness * Roll) - (AttitudeDamping * spin[0]));
        var pitching = inertia * ((AttitudeStiffness * (Pitch - Channels[Channel.Pitch])) - (AttitudeDamping * spin[1]));
        var yawing = inertia * ((YawStiffness * Wrapped(_planYaw - Yaw)) + (YawDamping * ((Channels[Channel.TurnRate] / _time) - spin[2])));
        var back = Channels[Channel.WeightBack];
        pitching *= 1 - ((1 - AttitudeShare) * back);
        (wrench[3], wrench[4]) = Turned(rolling, pitching, Yaw);
        wrench[5] = yawing;
        if (back > 0.5)
            Balance(wrench, back);
        else
            _heelShare = 0;
        for (var i = 0; i < 4; i++)
        {
            // A paw that is not yet down cannot push.
            var gap = Math.Clamp(1 - ((_pawPositions[(3 * i) + 2] - _limbs[i].RestingHeightM - (0.001 * _scale)) / (NearM * _scale)), 0, 1);
            _loads[i] = gap * _paws[i].Load * (i < 2 ? 1 : Channels[Channel.ForeLoad] * (1 - (0.9 * Channels[Channel.WeightBack])));
        }
        _pawPositions.CopyTo(_pressure, 0);
        for (var i = 0; i < 2; i++)
            for (var k = 0; k < 3; k++)
                _pressure[(3 * i) + k] += _heelShare * (_limbs[i].Heel(_body)[k] - _pawPositions[(3 * i) + k]);
        _ground.Distribute(wrench, _body.SubtreeCentres.Row(_trunk), _pressure, _loads);
    }

    /// <summary>
    /// Balance on the hind feet: the centre of pressure goes past the capture point (where the body, as an inverted
    /// pendulum, would come to rest) to bring it back over the feet, between heels and soles.
    /// </summary>
    private void Balance(Span<double> wrench, double back)
    {
        var centre = _body.SubtreeCentres.Row(_trunk);
        var rate = Math.Sqrt(9.81 / Math.Max(0.03, centre[2]));
        double along = 0, square = 0;
        for (var k = 0; k < 2; k++)
        {
            var capture = centre[k] + (_velocity[k] / rate);
            var pressure = _support[k] + ((1 + CaptureGain) * (capture - _support[k]));
            var foot = _heels[k] - _soles[k];
            along += (pressure - _soles[k]) * foot;
            square += foot * foot;
        }
        _heelShare = Math.Clamp(along / square, 0, 1) * Math.Clamp((back - 0.5) * 4, 0, 1);
        for (var k = 0; k < 2; k++)
        {
            var pressure = _soles[k] + (_heelShare * (_heels[k] - _soles[k]));
            var force = _mass * rate * rate * (centre[k] - pressure);
            wrench[k] += (1 - Channels[Channel.ForeLoad]) * (force - wrench[k]);
        }
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
            limb.TorquesFor(_body, _ground.Forces.AsSpan(3 * i, 3), i < 2 ? _heelShare : 0, _torques);
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
