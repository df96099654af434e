namespace ClosedLoop.Physics;

/// <summary>The reward of a control step of imitation, for training by reinforcement and for judging. Allocates nothing.</summary>
public sealed class ImitationReward
{
    private readonly ImitationRewardOptions _options;
    private readonly RodentParts _parts;
    private readonly MujocoData _data;
    private readonly NativeArray<double> _torques;
    private readonly double[] _lastAction;
    private readonly double[] _turn = new double[3];

    /// <summary>Makes the reward of one task.</summary>
    public ImitationReward(BodyModel body, ImitationTask task, ImitationRewardOptions options)
    {
        (_options, _data) = (options, task.Data);
        _parts = new(body);
        _torques = _data.Doubles("qfrc_actuator");
        _lastAction = new double[body.Model.Nu];
    }

    /// <summary>Mechanical power of the actuators in the last judged step, watts.</summary>
    public double PowerW { get; private set; }

    /// <summary>Forgets the last action, as at the start of an episode.</summary>
    public void Reset(ReadOnlySpan<double> action) => action.CopyTo(_lastAction);

    /// <summary>Judges the step that has just been made towards <paramref name="reference"/>.</summary>
    /// <param name="reference">The frame that was to be reached.</param>
    /// <param name="action">The action that was taken.</param>
    /// <param name="ended">Whether the episode ended by it.</param>
    public double Judge(ReferenceFrame reference, ReadOnlySpan<double> action, bool ended)
    {
        var (qpos, qvel) = (_data.Qpos, _data.Qvel);
        var target = reference.Pose;
        Egocentric.Turn(qpos.Span.Slice(3, 4), target.Qpos.AsSpan(3, 4), _turn);
        var angle = Math.Sqrt((_turn[0] * _turn[0]) + (_turn[1] * _turn[1]) + (_turn[2] * _turn[2])) * 180 / Math.PI;
        double root = 0, joints = 0, speeds = 0, power = 0;
        for (var i = 0; i < 3; i++)
            root += Square(qpos[i] - target.Qpos[i]);
        for (var i = 7; i < target.Qpos.Length; i++)
        {
            joints += Square(qpos[i] - target.Qpos[i]);
            speeds += Square(qvel[i - 1] - target.Qvel[i - 1]);
            power += Math.Abs(_torques[i - 1] * qvel[i - 1]);
        }
        double effort = 0, change = 0;
        for (var i = 0; i < action.Length; i++)
        {
            effort += Square(action[i]);
            change += Square(action[i] - _lastAction[i]);
        }
        action.CopyTo(_lastAction);
        PowerW = power;
        var hinges = Math.Max(1, target.Qpos.Length - 7);
        return Near(_options.RootPosition, root) + Near(_options.RootRotation, angle * angle) + Near(_options.Joints, joints)
            + Near(_options.JointVelocities, speeds / hinges) + Near(_options.Bodies, Distance(_parts.Walker, reference)) + Near(_options.Appendages, Distance(_parts.Appendages, reference))
            + (ended ? 0 : _options.Alive)
            - (_options.ActionCost * effort) - (_options.ActionChangeCost * change) - (_options.PowerCost * Math.Min(power, _options.MostPowerW));
    }

    private double Distance(int[] bodies, ReferenceFrame reference)
    {
        var sum = 0.0;
        foreach (var body in bodies)
        {
            var here = _data.BodyPositions.Row(body);
            var there = reference.BodyPosition(body);
            for (var i = 0; i < 3; i++)
                sum += Square(here[i] - there[i]);
        }
        return sum;
    }

    private static double Near((double Weight, double Scale) term, double squares) => term.Weight * Math.Exp(-squares / (2 * term.Scale * term.Scale));

    private static double Square(double x) => x * x;
}
