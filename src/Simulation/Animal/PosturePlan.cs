using ClosedLoop.Physics;
using static ClosedLoop.Simulation.Plane;

namespace ClosedLoop.Simulation;

/// <summary>
/// The planned posture: a second state of the body, moved by kinematics alone. Its trunk goes where the channels lead it,
/// tied to where the body really is; its spine follows the channels, its legs reach for the paws' targets.
/// </summary>
internal sealed class PosturePlan : IDisposable
{
    // How fast the plan makes up for speed that is lost to the legs' compliance, 1/s, and how soon it follows the body
    // (time constant, seconds), walking and trotting.
    private const double SpeedIntegral = 2, WalkTieS = 0.25, TrotTieS = 0.06;

    // How far a swinging paw of a trotting animal may slope, and hang from its digits, beside the usual.
    private const double TrotSlope = 0.5, TrotHang = 0.63;

    // The paws' usual places from the trunk, metres at scale 1: the centre of mass lies between them, nearer the hind
    // paws. NB: in the walk the forepaws stand at the very back of their reach; a trot's long strides need it all, so
    // that paws stand further forward, the forepaws nearer the middle.
    private static readonly double[] WalkX = [-0.076, -0.076, 0.022, 0.022], WalkY = [0.028, -0.028, 0.022, -0.022];
    private static readonly double[] TrotX = [-0.070, -0.070, 0.0345, 0.0345], TrotY = [0.028, -0.028, 0.0176, -0.0176];

    private static readonly (Channel Channel, string Actuator)[] SpineActuators =
    [
        (Channel.LumbarExtend, "lumbar_extend"), (Channel.LumbarBend, "lumbar_bend"), (Channel.LumbarTwist, "lumbar_twist"),
        (Channel.CervicalExtend, "cervical_extend"), (Channel.CervicalBend, "cervical_bend"), (Channel.CervicalTwist, "cervical_twist"),
        (Channel.TailExtend, "caudal_extend"), (Channel.TailBend, "caudal_bend"),
        (Channel.Atlas, "atlas"), (Channel.Mandible, "mandible"),
    ];

    private readonly BodySense _sense;
    private readonly Channels _channels;
    private readonly BodyState _plan;
    private readonly Paw[] _paws;
    private readonly (Channel Channel, (int Qpos, double Share)[] Joints)[] _spine;
    private readonly double[] _previous;
    private readonly double[] _usual = new double[8];
    private readonly int _pelvis, _skull;
    private readonly double _pelvisX;
    private double _speedCorrection;

    public PosturePlan(MujocoModel model, BodySense sense, Channels channels, Paw[] paws)
    {
        (_sense, _channels, _paws) = (sense, channels, paws);
        _plan = new(model);
        _skull = model.Id(ObjectType.Body, "skull");
        _pelvis = model.Id(ObjectType.Body, "pelvis");
        _plan.Data.Qpos[3] = 1;
        _plan.Data.Kinematics();
        _pelvisX = _plan.Data.BodyPositions.Row(_pelvis)[0] - TrunkPosition[0];
        _previous = new double[model.Nq];
        var addresses = model.Ints("jnt_qposadr");
        var kinds = model.Ints("actuator_trntype");
        var targets = model.Ints("actuator_trnid");
        Spine = [.. SpineActuators.Select(row => (row.Channel, model.Id(ObjectType.Actuator, row.Actuator)))];
        _spine = [.. Spine.Select(row =>
        {
            var target = targets.Row(row.Actuator)[0];
            var parts = kinds[row.Actuator] == 3 ? TendonParts.Of(model, target) : [(target, 1.0)];
            var squares = parts.Sum(p => p.Coefficient * p.Coefficient);
            return (row.Channel, parts.Select(p => (addresses[p.Joint], p.Coefficient / squares)).ToArray());
        })];
    }

    /// <summary>The actuators that follow a channel directly.</summary>
    public (Channel Channel, int Actuator)[] Spine { get; }

    /// <summary>Planned place of the trunk on the floor, metres, and its yaw, rad.</summary>
    public double X { get; private set; }

    /// <inheritdoc cref="X"/>
    public double Y { get; private set; }

    /// <inheritdoc cref="X"/>
    public double Yaw { get; private set; }

    /// <summary>How much the animal stands rather than goes: 1 at rest, 0 from 3 cm/s on.</summary>
    public double Stillness => Math.Clamp(1 - (Math.Abs(_channels[Channel.Speed]) / 0.03), 0, 1);

    /// <summary>The paws' usual places from the planned trunk in the world's axes, metres, two a paw.</summary>
    public ReadOnlySpan<double> Usual => _usual;

    public ReadOnlySpan<double> Qpos => _plan.Data.Qpos.Span;

    public ReadOnlySpan<double> TrunkPosition => _plan.Data.BodyPositions.Row(_sense.Trunk);

    public ReadOnlySpan<double> TrunkRotation => _plan.Data.BodyRotations.Row(_sense.Trunk);

    public ReadOnlySpan<double> SkullPosition => _plan.Data.BodyPositions.Row(_skull);

    public ReadOnlySpan<double> SkullRotation => _plan.Data.BodyRotations.Row(_skull);

    /// <summary>Planned speed of the joint with this address among the positions, rad/s, since the last <see cref="Keep"/>.</summary>
    public double JointSpeed(int address, double dtS) => (Qpos[address] - _previous[address]) / dtS;

    /// <summary>Keeps the posture for the speeds to come.</summary>
    public void Keep() => Qpos.CopyTo(_previous);

    /// <summary>Plans to stand at a place with the paws where they usually are, from the joints of <paramref name="qpos"/>.</summary>
    public void Stand(double x, double y, double yaw, Span<double> qpos)
    {
        (X, Y, Yaw) = (x, y, yaw);
        for (var i = 0; i < 4; i++)
        {
            var (dx, dy) = Turned(WalkX[i] * _sense.Scale, WalkY[i] * _sense.Scale, yaw);
            _paws[i].PlaceAt(x + dx, y + dy, _sense.Limbs[i].RestingHeightM);
        }
        qpos.CopyTo(_plan.Data.Qpos.Span);
        Solve(60);
        Qpos.CopyTo(qpos);
        Keep();
    }

    /// <summary>Moves the trunk's place on.</summary>
    public void Advance(double dtS)
    {
        FindUsualPlaces();
        var wanted = _channels[Channel.Speed] * _sense.Scale / _sense.TimeScale;
        var trot = _channels[Channel.Trot];
        // What the legs' compliance takes from the walk's speed is added to the plan. NB: not in the trot: a plan that
        // ran ahead would take the paws out of their reach.
        var actual = (_sense.Velocity[0] * Math.Cos(_sense.Yaw)) + (_sense.Velocity[1] * Math.Sin(_sense.Yaw));
        _speedCorrection = Math.Abs(wanted) < 0.02 || trot > 0.5
            ? _speedCorrection * (1 - (dtS / 0.1))
            : Math.Clamp(_speedCorrection + (SpeedIntegral * dtS * (wanted - actual)), -0.1, 0.2);
        var (vx, vy) = Turned(wanted + _speedCorrection, 0, Yaw);
        X += vx * dtS;
        Y += vy * dtS;
        Yaw += _channels[Channel.TurnRate] / _sense.TimeScale * dtS;
        // NB: a standing plan that followed the body would creep with it; it holds to the paws instead.
        var still = Stillness;
        var leak = dtS / Blend(WalkTieS, TrotTieS, trot) * (1 - (0.8 * still));
        var p = _sense.TrunkPosition;
        X += leak * (p[0] - X);
        Y += leak * (p[1] - Y);
        Yaw += leak * 0.5 * Wrapped(_sense.Yaw - Yaw);
        PullOverPaws(dtS, still);
    }

    /// <summary>Reaches for the paws' targets by so many steps of inverse kinematics.</summary>
    public void Solve(int iterations)
    {
        var back = _channels[Channel.WeightBack];
        var free = 1 - _channels[Channel.ForeLoad];
        var trot = _channels[Channel.Trot];
        var q = _plan.Data.Qpos;
        q[0] = X;
        q[1] = Y;
        q[2] = _channels[Channel.Height] * _sense.Scale;
        var pitch = _channels[Channel.Pitch];
        double cy = Math.Cos(Yaw / 2), sy = Math.Sin(Yaw / 2), cp = Math.Cos(-pitch / 2), sp = Math.Sin(-pitch / 2);
        (q[3], q[4], q[5], q[6]) = (cy * cp, -sy * sp, cy * sp, sy * cp);
        foreach (var (channel, joints) in _spine)
            foreach (var (address, share) in joints)
                q[address] = share * _channels[channel];
        Span<double> aim = stackalloc double[3];
        for (var i = 0; i < iterations; i++)
        {
            _plan.Data.Kinematics();
            for (var k = 0; k < 4; k++)
            {
                var paw = _paws[k];
                Aim(paw, trot * paw.Lifted, aim);
                var loose = trot * (paw.Swings ? Math.Sin(Math.PI * paw.SwingPhase) : 0);
                // On the hind feet alone the soles lie flat from heel to toe; in the air the forepaws hang as they like.
                var slope = k < 2 ? 0.15 - (0.24 * back) : 0.15;
                var tolerance = k < 2 ? 0.3 - (0.22 * back) : 0.3 + (2 * free);
                var flat = k < 2 ? 1 - (loose * TrotHang) : 1 - (0.98 * free) - (loose * (1 - free) * TrotHang);
                _sense.Limbs[k].Approach(_plan, aim, slope, tolerance + (loose * TrotSlope), flat, blockAtLimits: trot > 0.5);
            }
        }
    }

    public void Dispose() => _plan.Dispose();

    /// <summary>
    /// Where the plan's leg reaches for a target in the world. A paw in the air is to land in the world whatever the real
    /// trunk's attitude, so its target is taken from the body's trunk to the plan's; a standing one's is not, so that the
    /// legs' stiffness rights the trunk.
    /// </summary>
    private void Aim(Paw paw, double share, Span<double> aim)
    {
        paw.Target.CopyTo(aim);
        if (share <= 0)
            return;
        var p = _sense.TrunkPosition;
        var r = _sense.TrunkRotation;
        var pp = TrunkPosition;
        var pr = TrunkRotation;
        Span<double> own = stackalloc double[3];
        for (var k = 0; k < 3; k++)
            own[k] = (r[k] * (aim[0] - p[0])) + (r[3 + k] * (aim[1] - p[1])) + (r[6 + k] * (aim[2] - p[2]));
        for (var k = 0; k < 3; k++)
            aim[k] = Blend(aim[k], pp[k] + (pr[3 * k] * own[0]) + (pr[(3 * k) + 1] * own[1]) + (pr[(3 * k) + 2] * own[2]), share);
    }

    /// <summary>Pulls a standing trunk to its place over the standing paws.</summary>
    private void PullOverPaws(double dtS, double still)
    {
        // Over the hind paws, all paws where the forepaws carry too.
        double x = 0, y = 0, count = 0;
        for (var i = 0; i < 4; i++)
        {
            var weight = i < 2 ? 1 : _channels[Channel.ForeLoad];
            x += weight * (_paws[i].Ground[0] - _usual[2 * i]);
            y += weight * (_paws[i].Ground[1] - _usual[(2 * i) + 1]);
            count += weight;
        }
        x /= count;
        y /= count;
        // Balanced on the hind feet, the planned centre of mass goes over them instead.
        var back = _channels[Channel.WeightBack];
        var centre = _plan.SubtreeCentres.Row(_sense.Trunk);
        x += back * (_sense.HindSupport[0] - (centre[0] - TrunkPosition[0]) - x);
        y += back * (_sense.HindSupport[1] - (centre[1] - TrunkPosition[1]) - y);
        var pull = dtS / (0.15 - (0.09 * back)) * still;
        X += pull * (x - X);
        Y += pull * (y - Y);
    }

    /// <summary>The forepaws' usual places go with the trunk, the hind paws' with the pelvis, which a bent spine carries to the side.</summary>
    private void FindUsualPlaces()
    {
        var pelvis = _plan.Data.BodyPositions.Row(_pelvis);
        var r = _plan.Data.BodyRotations.Row(_pelvis);
        var pelvisYaw = Math.Atan2(r[3], r[0]);
        var trot = _channels[Channel.Trot];
        for (var i = 0; i < 4; i++)
        {
            var nx = Blend(WalkX[i], TrotX[i], trot) * _sense.Scale;
            var ny = Blend(WalkY[i], TrotY[i], trot) * _sense.Scale;
            var (x, y) = i < 2 ? Turned(nx - _pelvisX, ny, pelvisYaw) : Turned(nx, ny, Yaw);
            _usual[2 * i] = x + (i < 2 ? pelvis[0] - TrunkPosition[0] : 0);
            _usual[(2 * i) + 1] = y + (i < 2 ? pelvis[1] - TrunkPosition[1] : 0);
        }
    }
}
