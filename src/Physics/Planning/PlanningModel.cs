using System.Xml.Linq;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// The body as a plan sees it: without its tail, whose thirty vertebrae cost half of each physics step and hardly move
/// the rest, with fewer iterations of the contact solver. Joints, actuators and bodies keep their names; here is what
/// each of them is in the whole body.
/// </summary>
internal sealed class PlanningModel : IDisposable
{
    private const int Pgs = 0;

    public PlanningModel(BodyModel body, int solverIterations)
    {
        var whole = body.Model;
        Model = MujocoModel.Load(WithoutTail(body.Mjcf), body.Description.Files);
        if ((int)Model.Option("solver") == Pgs)
            Model.SetOption("iterations", solverIterations);
        int[] Same(ObjectType type, int first, int count) =>
            [.. Enumerable.Range(first, count).Select(id => whole.Id(type, Model.Name(type, id)))];
        var (theirPositions, theirDofs) = (whole.Ints("jnt_qposadr"), whole.Ints("jnt_dofadr"));
        var joints = Same(ObjectType.Joint, 1, Model.JointCount - 1);
        Positions = [.. Enumerable.Range(0, 7), .. joints.Select(joint => theirPositions[joint])];
        Dofs = [.. Enumerable.Range(0, 6), .. joints.Select(joint => theirDofs[joint])];
        Actuators = Same(ObjectType.Actuator, 0, Model.Nu);
        Bodies = [0, .. Same(ObjectType.XBody, 1, Model.BodyCount - 1)];
        // NB: an animal's weight is set on the compiled model, not in its text.
        var (masses, inertias) = (Model.Doubles("body_mass"), Model.Doubles("body_inertia"));
        for (var i = 1; i < Bodies.Length; i++)
        {
            masses[i] = whole.Doubles("body_mass")[Bodies[i]];
            whole.Doubles("body_inertia").Row(Bodies[i]).CopyTo(inertias.Row(i));
        }
    }

    public MujocoModel Model { get; }

    /// <summary>Place in the whole body's qpos of each of this model's.</summary>
    public int[] Positions { get; }

    /// <summary>Place in the whole body's qvel of each of this model's.</summary>
    public int[] Dofs { get; }

    /// <summary>The whole body's number of each of this model's actuators.</summary>
    public int[] Actuators { get; }

    /// <summary>The whole body's number of each of this model's bodies.</summary>
    public int[] Bodies { get; }

    public void Dispose() => Model.Dispose();

    /// <summary>Takes the tail out of a model, with all that names a part of it.</summary>
    private static string WithoutTail(string mjcf)
    {
        var document = XDocument.Parse(mjcf);
        // Nobody looks at a plan, and a skin hangs on every bone.
        document.Descendants("skin").Remove();
        var gone = new HashSet<string>();
        foreach (var tail in document.Descendants("body").Where(body => RodentParts.IsTail((string?)body.Attribute("name") ?? "")).ToList())
        {
            gone.UnionWith(tail.DescendantsAndSelf().Attributes("name").Select(name => name.Value));
            tail.Remove();
        }
        bool Names(XElement element) => element.Attributes().Any(attribute => attribute.Name.LocalName is "joint" or "body" or "body1" or "body2" or "geom" or "geom1" or "geom2" or "site" or "tendon" or "objname"
            && gone.Contains(attribute.Value));
        document.Descendants().Where(element => element.Name.LocalName is not "body" && Names(element)).ToList().ForEach(element => element.Remove());
        foreach (var tendon in document.Descendants("tendon").Elements().Where(tendon => !tendon.HasElements).ToList())
        {
            gone.Add((string)tendon.Attribute("name")!);
            tendon.Remove();
        }
        document.Descendants().Where(Names).ToList().ForEach(element => element.Remove());
        // Stored states have the whole body's sizes.
        document.Descendants("keyframe").Remove();
        return document.ToString();
    }
}
