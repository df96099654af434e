using static ClosedLoop.Simulation.Plane;

namespace ClosedLoop.Simulation;

/// <summary>Where the paws go: steps in the rhythm of the gait, or forepaws held in the air.</summary>
internal sealed class Stepping(BodySense sense, Channels channels, PosturePlan plan, Paw[] paws)
{
    // Landing places move by this long times what the body is faster than planned (Raibert's foot placement), seconds.
    private const double WalkCaptureS = 0.08, TrotCaptureS = 0.03;

    // Heights that swinging paws are lifted, and that forepaws hover while the weight is behind, metres at scale 1.
    private const double WalkHindLiftM = 0.012, WalkForeLiftM = 0.010, TrotHindLiftM = 0.014, TrotForeLiftM = 0.009, HoverM = 0.008;

    // Share of the swing after which a paw is over its landing place and comes down without speed over the floor. A
    // trotting leg lags more behind its target.
    private const double WalkArrival = 0.92, TrotArrival = 0.84;

    // Shares of a cycle over which weight comes onto a leg and leaves it, and the least time that it comes in, seconds.
    private const double WalkLoadShare = 0.06, TrotLoadShare = 0.16, UnloadShare = 0.08, WalkLoadS = 0.030, TrotLoadS = 0.022;

    // Time constant in which a paw counts as lifted or landed, seconds.
    private const double LiftedS = 0.04;

    // Forepaws tucked under the chest, metres at scale 1 in the trunk's frame.
    private const double TuckX = 0.055, TuckZ = -0.045;

    private readonly StepPattern _steps = new();
    private double _settlingS;

    /// <summary>Whether the body has come to a stand with every paw in its place.</summary>
    public bool InPlace { get; private set; }

    /// <summary>Has paws that are only a little out of their places step into them.</summary>
    public void PutPawsInPlace() => _settlingS = Math.Max(_settlingS, 0.1);

    /// <summary>Moves the steps on and sets the paws' targets and loads.</summary>
    public void Advance(double dtS)
    {
        var speed = channels[Channel.Speed];
        var turn = channels[Channel.TurnRate] / sense.TimeScale;
        var trot = channels[Channel.Trot];
        var moving = Math.Abs(speed) > 0.015 || Math.Abs(channels[Channel.TurnRate]) > 0.15;
        var planted = channels[Channel.WeightBack] > 0.02;
        _steps.Advance(dtS, Math.Abs(speed) + (0.04 * Math.Abs(turn)), trot, sense.TimeScale);
        // After moving the paws are put in order for a cycle or two; later only one that is far out of its place steps.
        _settlingS = moving ? 1.2 : Math.Max(0, _settlingS - dtS);
        var outOfPlace = (_settlingS > 0 ? 0.009 : 0.018) * sense.Scale;
        InPlace = !moving;
        for (var i = 0; i < 4; i++)
        {
            var paw = paws[i];
            var phase = _steps.Phase(i);
            var swinging = phase >= _steps.Duty;
            var s = (phase - _steps.Duty) / (1 - _steps.Duty);
            var away = Math.Sqrt(Square(paw.Ground[0] - plan.X - plan.Usual[2 * i]) + Square(paw.Ground[1] - plan.Y - plan.Usual[(2 * i) + 1]));
            InPlace &= !paw.Swings && away < 0.012 * sense.Scale;
            var free = i >= 2 && channels[Channel.ForeLoad] < 0.98;
            if (!paw.Swings && swinging && s < 0.2 && !free && !planted && (moving || away > outOfPlace))
                paw.LiftOff(sense.Paw(i));
            if (paw.Swings && (!swinging || free || (s > 0.8 && sense.Paw(i)[2] < sense.Limbs[i].RestingHeightM + (0.0005 * sense.Scale))))
                paw.TouchDown();
            paw.Lifted += dtS / LiftedS * ((paw.Swings ? 1 : 0) - paw.Lifted);
            if (free)
                HoldForepaw(i);
            else if (paw.Swings)
                Swing(i, s, turn, trot);
            else
                Stand(i, phase, swinging, moving, willLift: !planted && (moving || away > outOfPlace), trot, dtS);
        }
    }

    private void Swing(int i, double s, double turn, double trot)
    {
        var paw = paws[i];
        // Landing: where the paw will be at its usual place at the middle of the stance to come.
        var ahead = ((1 - s) * (1 - _steps.Duty) * _steps.PeriodS) + (_steps.Duty * _steps.PeriodS / 2);
        var (lx, ly) = Turned(plan.Usual[2 * i], plan.Usual[(2 * i) + 1], turn * ahead);
        var (wx, wy) = Turned(channels[Channel.Speed] * sense.Scale / sense.TimeScale, 0, plan.Yaw + (turn * ahead / 2));
        var capture = Blend(WalkCaptureS, TrotCaptureS, trot);
        paw.Ground[0] = plan.X + lx + (wx * ahead) + (capture * (sense.Velocity[0] - wx));
        paw.Ground[1] = plan.Y + ly + (wy * ahead) + (capture * (sense.Velocity[1] - wy));
        paw.Ground[2] = sense.Limbs[i].RestingHeightM;
        var lift = i < 2 ? Blend(WalkHindLiftM, TrotHindLiftM, trot) : Blend(WalkForeLiftM, TrotForeLiftM, trot);
        paw.SwingTo(Math.Clamp(s, 0, 1), lift * sense.Scale, Blend(WalkArrival, TrotArrival, trot));
        paw.Load = 0;
    }

    private void Stand(int i, double phase, bool swinging, bool moving, bool willLift, double trot, double dtS)
    {
        var paw = paws[i];
        paw.Ground[2] = sense.Limbs[i].RestingHeightM + (i < 2 ? 0 : HoverM * sense.Scale * channels[Channel.WeightBack]);
        // Weight comes on over the first part of the stance and goes before the leg lifts.
        if (swinging || !willLift)
            paw.Load = Math.Min(1, paw.Load + (dtS / 0.05));
        else
        {
            var on = Math.Clamp(phase / Blend(WalkLoadShare, TrotLoadShare, trot), 0.1, 1);
            var off = Math.Clamp((_steps.Duty - phase) / UnloadShare, 0.05, 1);
            paw.Load = Math.Min(Math.Min(1, paw.Load + (dtS / Blend(WalkLoadS, TrotLoadS, trot))), Math.Min(on, off));
        }
        // Where it stands is learnt from where it is; slowly at rest, so that it does not creep.
        var learnS = moving ? 0.3 : 3;
        for (var k = 0; k < 2; k++)
            paw.Ground[k] += dtS / learnS * (sense.Paw(i)[k] - paw.Ground[k]);
        paw.Ground.CopyTo(paw.Target, 0);
    }

    /// <summary>A forepaw in the air: from its place on the floor to under the chest or to the snout.</summary>
    private void HoldForepaw(int i)
    {
        Span<double> target = stackalloc double[3];
        var trunk = plan.TrunkPosition;
        var t = plan.TrunkRotation;
        var skull = plan.SkullPosition;
        var h = plan.SkullRotation;
        var scale = sense.Scale;
        var side = i == 2 ? 1 : -1;
        var snout = channels[Channel.HandsAtSnout];
        var stroke = channels[Channel.Stroke] * side;
        var paw = paws[i];
        // It comes down where it belongs once the weight lies between all four paws again.
        for (var k = 0; k < 2; k++)
            paw.Ground[k] = (0.5 * (paws[0].Ground[k] + paws[1].Ground[k] - plan.Usual[k] - plan.Usual[2 + k])) + plan.Usual[(2 * i) + k];
        // NB: forepaws pressed to the floor while the weight is behind push the body over backwards; they hover until it comes.
        paw.Ground[2] = sense.Limbs[i].RestingHeightM + (HoverM * scale * channels[Channel.WeightBack]);
        paw.Load = 1;
        var down = channels[Channel.ForeLoad];
        double ax = TuckX, ay = 0.015 * side, az = TuckZ, bx = 0.022 + stroke, by = 0.009 * side, bz = -0.014 - (0.3 * stroke);
        for (var k = 0; k < 3; k++)
        {
            var tucked = trunk[k] + (scale * ((t[3 * k] * ax) + (t[(3 * k) + 1] * ay) + (t[(3 * k) + 2] * az)));
            var atSnout = skull[k] + (scale * ((h[3 * k] * bx) + (h[(3 * k) + 1] * by) + (h[(3 * k) + 2] * bz)));
            target[k] = Blend(Blend(tucked, atSnout, snout), paw.Ground[k], down);
        }
        paw.Hold(target);
    }

    private static double Square(double x) => x * x;
}
