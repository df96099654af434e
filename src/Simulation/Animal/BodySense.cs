using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>What the animal feels of its own body: attitude and speed of the trunk, where its paws are.</summary>
internal sealed class BodySense
{
    // Where between soles (0) and heels (1) the body balances on its hind feet.
    private const double BalancePoint = 0.3;

    private readonly double[] _previousCentre = new double[3];
    private readonly double[] _velocity = new double[3];
    private bool _started;

    public BodySense(BodyModel body, BodyState state)
    {
        State = state;
        Scale = body.Scale;
        TimeScale = Math.Sqrt(body.Scale);
        Trunk = body.RootBody;
        var model = body.Model;
        Limbs = [Limb.Hind(model, true, Scale), Limb.Hind(model, false, Scale), Limb.Fore(model, true, Scale), Limb.Fore(model, false, Scale)];
        MassKg = model.TotalMassKg;
    }

    public BodyState State { get; }

    /// <summary>Hind left, hind right, fore left and fore right leg.</summary>
    public Limb[] Limbs { get; }

    /// <summary>Size relative to the body's description.</summary>
    public double Scale { get; }

    /// <summary>By how much longer everything takes in a body of this size under the same gravity.</summary>
    public double TimeScale { get; }

    public double MassKg { get; }

    /// <summary>Index of the trunk's body.</summary>
    public int Trunk { get; }

    /// <summary>Place of the trunk, metres.</summary>
    public ReadOnlySpan<double> TrunkPosition => State.Data.BodyPositions.Row(Trunk);

    /// <summary>Rotation of the trunk, row-major.</summary>
    public ReadOnlySpan<double> TrunkRotation => State.Data.BodyRotations.Row(Trunk);

    /// <summary>Centre of mass, metres.</summary>
    public ReadOnlySpan<double> Centre => State.SubtreeCentres.Row(Trunk);

    /// <summary>Yaw of the trunk, rad.</summary>
    public double Yaw { get; private set; }

    /// <summary>Pitch of the trunk, rad, positive nose up.</summary>
    public double Pitch { get; private set; }

    /// <summary>Roll of the trunk, rad, positive right side down.</summary>
    public double Roll { get; private set; }

    /// <summary>Velocity of the centre of mass, m/s, lightly smoothed.</summary>
    public ReadOnlySpan<double> Velocity => _velocity;

    /// <summary>Positions of the four paws' points, metres, three a paw.</summary>
    public double[] Paws { get; } = new double[12];

    /// <summary>The middle of the hind soles on the floor, metres.</summary>
    public double[] Soles { get; } = new double[2];

    /// <summary>The middle of the heels on the floor, metres.</summary>
    public double[] Heels { get; } = new double[2];

    /// <summary>Where on the floor the body balances on its hind feet, metres.</summary>
    public double[] HindSupport { get; } = new double[2];

    public ReadOnlySpan<double> Paw(int i) => Paws.AsSpan(3 * i, 3);

    /// <summary>Forgets the speed, for a body that was put somewhere.</summary>
    public void Restart()
    {
        _started = false;
        Array.Clear(_velocity);
    }

    /// <summary>Reads the state, <paramref name="dtS"/> after the last time.</summary>
    public void Update(double dtS)
    {
        var r = TrunkRotation;
        Yaw = Math.Atan2(r[3], r[0]);
        Pitch = Math.Asin(Math.Clamp(r[6], -1, 1));
        Roll = Math.Atan2(r[7], r[8]);
        var centre = Centre;
        for (var i = 0; i < 3; i++)
        {
            if (_started)
                _velocity[i] += 0.4 * (((centre[i] - _previousCentre[i]) / dtS) - _velocity[i]);
            _previousCentre[i] = centre[i];
        }
        _started = true;
        for (var i = 0; i < 4; i++)
            Limbs[i].PawPosition(State, Paws.AsSpan(3 * i, 3));
        for (var k = 0; k < 2; k++)
        {
            Soles[k] = 0.5 * (Paws[k] + Paws[3 + k]);
            Heels[k] = 0.5 * (Limbs[0].Heel(State)[k] + Limbs[1].Heel(State)[k]);
            HindSupport[k] = Soles[k] + (BalancePoint * (Heels[k] - Soles[k]));
        }
    }
}
