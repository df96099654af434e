using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>The joints of the right side and their counterparts on the left.</summary>
internal static class JointPairs
{
    /// <summary>Places in qpos: that of the right joint, and that of its twin.</summary>
    public static IEnumerable<(int Place, int Twin)> Of(MujocoModel model)
    {
        var addresses = model.Ints("jnt_qposadr").Span.ToArray();
        for (var joint = 1; joint < model.JointCount; joint++)
        {
            var name = model.Name(ObjectType.Joint, joint);
            var twin = model.TryId(ObjectType.Joint, name.Replace("_R", "_L", StringComparison.Ordinal));
            if (twin is { } left && left != joint)
                yield return (addresses[joint], addresses[left]);
        }
    }
}
