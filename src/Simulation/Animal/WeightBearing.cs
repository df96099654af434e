using static ClosedLoop.Simulation.Plane;

namespace ClosedLoop.Simulation;

/// <summary>
/// The forces by which the standing paws carry the body, correct its height, attitude and speed, and balance it on the
/// hind feet.
/// </summary>
internal sealed class WeightBearing(BodySense sense, Channels channels, PosturePlan plan, Paw[] paws)
{
    // Gains of height, attitude and speed: accelerations per error (1/s2) and per speed (1/s).
    private const double HeightStiffness = 250, HeightDamping = 25, AttitudeStiffness = 250, AttitudeDamping = 25, YawStiffness = 100, YawDamping = 15;
    private const double PlaceStiffness = 60, SpeedGain = 8, BackSpeedGain = 16;

    // In the trot diagonal feet hold the roll better than the pitch: what is added to these gains.
    private const double TrotRoll = 0.9, TrotPitch = -0.3;

    // Height over the floor from which a paw no longer pushes, metres at scale 1.
    private const double NearM = 0.003;

    // On the hind feet: how far the centre of pressure goes past the capture point, how much of the way from the middle to
    // one foot it may go, and what is left of the trunk's attitude control, which would work against the balance.
    private const double CaptureGain = 1, SideReach = 0.9, AttitudeShare = 0.5;

    private readonly GroundForces _ground = new();
    private readonly double[] _pressure = new double[12];
    private readonly double[] _loads = new double[4];

    /// <summary>Where between soles (0) and heels (1) the hind feet press.</summary>
    public double HeelShare { get; private set; }

    /// <summary>
    /// How far to the side the body tends to fall on its hind feet: the capture point from the middle (0) to over a
    /// foot (1 left, -1 right). 0 on four paws.
    /// </summary>
    public double Lean { get; private set; }

    /// <summary>The same along the feet: the capture point from over the soles (0) to over the heels (1). 0 on four paws.</summary>
    public double BackwardLean { get; private set; }

    /// <summary>Forces of the ground on each paw, N, three a paw.</summary>
    public ReadOnlySpan<double> Forces => _ground.Forces;

    /// <summary>Computes the forces for the present state.</summary>
    public void Update()
    {
        Span<double> wrench = stackalloc double[6];
        var weight = sense.MassKg * 9.81;
        var p = sense.TrunkPosition;
        var still = plan.Stillness;
        var (vx, vy) = Turned(channels[Channel.Speed] * sense.Scale / sense.TimeScale, 0, plan.Yaw);
        // NB: weight that swings back onto the hind feet must not overshoot the heels: critically damped there.
        var speedGain = Blend(SpeedGain, BackSpeedGain, channels[Channel.WeightBack]);
        wrench[0] = sense.MassKg * ((speedGain * (vx - sense.Velocity[0])) + (PlaceStiffness * still * (plan.X - p[0])));
        wrench[1] = sense.MassKg * ((speedGain * (vy - sense.Velocity[1])) + (PlaceStiffness * still * (plan.Y - p[1])));
        wrench[2] = weight + (sense.MassKg * ((HeightStiffness * ((channels[Channel.Height] * sense.Scale) - p[2])) - (HeightDamping * sense.Velocity[2])));
        wrench[2] = Math.Clamp(wrench[2], 0.3 * weight, 1.8 * weight);
        RightTrunk(wrench);
        var back = channels[Channel.WeightBack];
        if (back > 0.5)
            Balance(wrench, back);
        else
            (HeelShare, Lean, BackwardLean) = (0, 0, 0);
        for (var i = 0; i < 4; i++)
        {
            // A paw that is not yet down cannot push.
            var gap = Math.Clamp(1 - ((sense.Paw(i)[2] - sense.Limbs[i].RestingHeightM - (0.001 * sense.Scale)) / (NearM * sense.Scale)), 0, 1);
            _loads[i] = gap * paws[i].Load * (i < 2 ? 1 : channels[Channel.ForeLoad] * (1 - (0.9 * back)));
        }
        sense.Paws.CopyTo(_pressure, 0);
        for (var i = 0; i < 2; i++)
            for (var k = 0; k < 3; k++)
                _pressure[(3 * i) + k] += HeelShare * (sense.Limbs[i].Heel(sense.State)[k] - sense.Paw(i)[k]);
        _ground.Distribute(wrench, sense.Centre, _pressure, _loads);
    }

    /// <summary>Moments in the trunk's own axes: inertia times an angular acceleration.</summary>
    private void RightTrunk(Span<double> wrench)
    {
        var spin = sense.State.Data.Qvel.Span.Slice(3, 3);
        var length = 0.06 * sense.Scale;
        var inertia = sense.MassKg * length * length;
        var trot = channels[Channel.Trot];
        var rolling = inertia * 0.25 * (1 + (trot * TrotRoll)) * ((-AttitudeStiffness * sense.Roll) - (AttitudeDamping * spin[0]));
        var pitching = inertia * (1 + (trot * TrotPitch)) * ((AttitudeStiffness * (sense.Pitch - channels[Channel.Pitch])) - (AttitudeDamping * spin[1]));
        pitching *= 1 - ((1 - AttitudeShare) * channels[Channel.WeightBack]);
        (wrench[3], wrench[4]) = Turned(rolling, pitching, sense.Yaw);
        wrench[5] = inertia * ((YawStiffness * Wrapped(plan.Yaw - sense.Yaw)) + (YawDamping * ((channels[Channel.TurnRate] / sense.TimeScale) - spin[2])));
    }

    /// <summary>
    /// Balance on the hind feet: the centre of pressure goes past the capture point (where the body, as an inverted
    /// pendulum, would come to rest; Pratt et al. 2006) to bring it back over the feet, between heels and soles and
    /// between left and right.
    /// </summary>
    private void Balance(Span<double> wrench, double back)
    {
        var centre = sense.Centre;
        var rate = Math.Sqrt(9.81 / Math.Max(0.03, centre[2]));
        double along = 0, reached = 0, square = 0, offset = 0, half = 0;
        for (var k = 0; k < 2; k++)
        {
            var capture = centre[k] + (sense.Velocity[k] / rate);
            var pressure = sense.HindSupport[k] + ((1 + CaptureGain) * (capture - sense.HindSupport[k]));
            var foot = sense.Heels[k] - sense.Soles[k];
            along += (pressure - sense.Soles[k]) * foot;
            reached += (capture - sense.Soles[k]) * foot;
            square += foot * foot;
            var left = k == 0 ? -Math.Sin(sense.Yaw) : Math.Cos(sense.Yaw);
            offset += left * (capture - sense.HindSupport[k]);
            half += left * 0.5 * (sense.Paws[k] - sense.Paws[3 + k]);
        }
        // Feet close together, or crossed, carry on a line.
        half = Math.Max(half, 0.005 * sense.Scale);
        Lean = offset / half;
        BackwardLean = reached / square;
        var shift = Math.Clamp((1 + CaptureGain) * offset, -SideReach * half, SideReach * half);
        HeelShare = Math.Clamp(along / square, 0, 1) * Math.Clamp((back - 0.5) * 4, 0, 1);
        for (var k = 0; k < 2; k++)
        {
            var left = k == 0 ? -Math.Sin(sense.Yaw) : Math.Cos(sense.Yaw);
            var pressure = sense.Soles[k] + (HeelShare * (sense.Heels[k] - sense.Soles[k])) + (left * shift);
            var force = sense.MassKg * rate * rate * (centre[k] - pressure);
            wrench[k] += (1 - channels[Channel.ForeLoad]) * (force - wrench[k]);
        }
    }
}
