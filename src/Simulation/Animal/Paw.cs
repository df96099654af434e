namespace ClosedLoop.Simulation;

/// <summary>Where one paw stands or swings, in the world.</summary>
internal sealed class Paw
{
    private readonly double[] _from = new double[3];

    /// <summary>Where the inverse kinematics wants the paw's point now, metres.</summary>
    public double[] Target { get; } = new double[3];

    /// <summary>Where it stands or will land, metres.</summary>
    public double[] Ground { get; } = new double[3];

    /// <summary>Whether it is in the air on the way to its next place.</summary>
    public bool Swings { get; private set; }

    /// <summary>Share of weight that it may carry: 1 standing, 0 swinging, ramped between.</summary>
    public double Load { get; set; } = 1;

    /// <summary>Whether it counts as lifted: 1 in the air, 0 on the floor, smooth between.</summary>
    public double Lifted { get; set; }

    /// <summary>Swing so far, 0 to 1.</summary>
    public double SwingPhase { get; private set; }

    public void PlaceAt(double x, double y, double z)
    {
        (Ground[0], Ground[1], Ground[2]) = (x, y, z);
        Ground.CopyTo(Target, 0);
        Swings = false;
        Load = 1;
        Lifted = 0;
    }

    public void LiftOff(ReadOnlySpan<double> from)
    {
        from.CopyTo(_from);
        Swings = true;
        SwingPhase = 0;
    }

    public void TouchDown()
    {
        Swings = false;
        Ground.CopyTo(Target, 0);
    }

    /// <summary>Moves the target to where the paw is held in the air.</summary>
    public void Hold(ReadOnlySpan<double> target) => target.CopyTo(Target);

    /// <summary>
    /// The path through the air: smooth over the ground, a rounded arc over it. From <paramref name="arrival"/> (share of
    /// the swing) on the paw moves with the floor, back under the going body, so that its landing does not brake.
    /// </summary>
    public void SwingTo(double phase, double liftM, double arrival)
    {
        SwingPhase = phase;
        var along = Math.Clamp(phase / arrival, 0, 1);
        along = along * along * (3 - (2 * along));
        for (var i = 0; i < 3; i++)
            Target[i] = _from[i] + (along * (Ground[i] - _from[i]));
        var rise = Math.Sin(Math.PI * phase);
        // Leaves and meets the floor without vertical speed.
        Target[2] += liftM * rise * rise;
    }
}
