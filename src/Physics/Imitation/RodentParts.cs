using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// The parts of a rodent's body that imitation looks at, by the names that the published rodents share: bodies without the
/// tail, the walker bodies of the published tasks, the appendages, and the hinges whose angle a tracker can see.
/// </summary>
public sealed class RodentParts
{
    private static readonly string[] s_appendages = ["lower_arm_R", "lower_arm_L", "foot_R", "foot_L", "skull"];

    /// <summary>Finds the parts of <paramref name="body"/>.</summary>
    /// <exception cref="ClosedLoopException">It lacks an appendage that a rodent has.</exception>
    public RodentParts(BodyModel body)
    {
        var model = body.Model;
        Appendages = [.. s_appendages.Select(name => model.Id(ObjectType.XBody, name))];
        var named = Enumerable.Range(1, model.BodyCount - 1).Select(id => (Id: id, Name: model.Name(ObjectType.XBody, id))).ToArray();
        WithoutTail = [.. named.Where(part => part.Id >= body.RootBody && !IsTail(part.Name)).Select(part => part.Id)];
        Walker = [.. named.Where(part => part.Id >= body.RootBody && !IsDetail(part.Name)).Select(part => part.Id)];
        var bodies = model.Ints("jnt_bodyid");
        var positions = model.Ints("jnt_qposadr");
        // NB: the tail carries no keypoints but at its root: what its joints do in a reference says nothing.
        ReferenceHinges = [.. Enumerable.Range(1, model.JointCount - 1).Where(joint => !IsTail(model.Name(ObjectType.XBody, bodies[joint]))).Select(joint => positions[joint])];
    }

    /// <summary>Ids of lower arms, feet and skull (right before left), the appendages of dm_control's rodent.</summary>
    public int[] Appendages { get; }

    /// <summary>Ids of all bodies but the world and the tail's vertebrae.</summary>
    public int[] WithoutTail { get; }

    /// <summary>Ids of the bodies of the published tasks: all whose names hold neither vertebra nor hand nor toe.</summary>
    public int[] Walker { get; }

    /// <summary>Places in qpos of the hinges that are not the tail's.</summary>
    public int[] ReferenceHinges { get; }

    /// <summary>Whether a body of this name is a vertebra of the tail.</summary>
    public static bool IsTail(string name) => name.Contains("vertebra_C", StringComparison.Ordinal);

    private static bool IsDetail(string name) => name.Contains("vertebra", StringComparison.Ordinal) || name.Contains("hand", StringComparison.Ordinal) || name.Contains("toe", StringComparison.Ordinal);
}
