using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Exchanges left and right of a pose, as in a mirror that stands along the x and z axes. Joints whose names differ in L
/// and R alone change places; the body must be built symmetrically.
/// </summary>
public sealed class PoseMirror
{
    private readonly int[] _source;
    private readonly double[] _sign;
    private readonly double[] _before;

    /// <summary>Pairs the joints of <paramref name="model"/>.</summary>
    /// <exception cref="ClosedLoopException">A joint of one side has no counterpart.</exception>
    public PoseMirror(MujocoModel model)
    {
        (_source, _sign, _before) = (new int[model.Nq], new double[model.Nq], new double[model.Nq]);
        var addresses = model.Ints("jnt_qposadr");
        var axes = model.Doubles("jnt_axis");
        for (var joint = 1; joint < model.JointCount; joint++)
        {
            var name = model.Name(ObjectType.Joint, joint);
            var other = model.Id(ObjectType.Joint, Exchanged(name));
            // A rotation's axis is mirrored as a rotation is: what lies across the mirror stays, what lies in it turns round.
            var (mine, theirs) = (axes.Row(joint).ToArray(), axes.Row(other).ToArray());
            var along = (-mine[0] * theirs[0]) + (mine[1] * theirs[1]) - (mine[2] * theirs[2]);
            if (Math.Abs(Math.Abs(along) - 1) > 0.02)
                throw ClosedLoopException.Usage($"the joints '{name}' and '{model.Name(ObjectType.Joint, other)}' are no mirror images of each other, so that this body's motion cannot be mirrored");
            _source[addresses[joint]] = addresses[other];
            _sign[addresses[joint]] = Math.Sign(along);
        }
    }

    /// <summary>Mirrors a pose in place.</summary>
    public void Apply(Span<double> qpos)
    {
        qpos.CopyTo(_before);
        qpos[1] = -qpos[1];
        (qpos[4], qpos[6]) = (-qpos[4], -qpos[6]);
        for (var i = 7; i < qpos.Length; i++)
            qpos[i] = _sign[i] * _before[_source[i]];
    }

    /// <summary>Where the hinge at <paramref name="address"/> of a mirrored qpos comes from, and its sign.</summary>
    internal (int Source, int Sign) Hinge(int address) => (_source[address], (int)_sign[address]);

    /// <summary>The name of the counterpart on the other side.</summary>
    internal static string Exchanged(string name)
    {
        var parts = name.Split('_');
        for (var i = 0; i < parts.Length; i++)
            parts[i] = parts[i] switch { "L" => "R", "R" => "L", _ => parts[i] };
        return string.Join('_', parts);
    }
}
