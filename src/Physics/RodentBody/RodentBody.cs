using System.Security.Cryptography;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// ClosedLoop's own rat: a MuJoCo model written from the table models/rodent/anatomy.yaml. 74 positions (a free joint
/// named root on the torso, then 67 hinges), 73 degrees of freedom, 38 actuators with one activation each, 23 keypoint
/// sites; bodies, joints, tendons and actuators have the names, order and numbers of the published dm_control rodent.
/// </summary>
public static class RodentBody
{
    /// <summary>Time step of the written models, s.</summary>
    public const double TimestepS = 0.002;

    /// <summary>Mass at scale 1, kg.</summary>
    public static double MassKg => Anatomy.Rat.MassG * 1e-3;

    /// <summary>The 67 hinges in the order of qpos[7..74].</summary>
    public static IReadOnlyList<string> JointNames { get; } =
        [.. MjcfWriter.DepthFirst(Anatomy.Rat).SelectMany(body => body.Joints).Select(joint => joint.Name)];

    /// <summary>The 38 actuators in the order of the control vector.</summary>
    public static IReadOnlyList<string> ActuatorNames { get; } =
        [.. Anatomy.Rat.Actuators.Select(actuator => actuator.Name)];

    /// <summary>The 66 bodies without the world, parents before children, in the published order.</summary>
    public static IReadOnlyList<string> BodyNames { get; } = [.. MjcfWriter.DepthFirst(Anatomy.Rat).Select(body => body.Name)];

    /// <summary>Writes the model. The same options give the same text, byte for byte.</summary>
    /// <exception cref="ClosedLoopException">An option is out of its range.</exception>
    public static string Mjcf(RodentBodyOptions? options = null)
    {
        options ??= new();
        Check(options);
        return new MjcfWriter(Anatomy.Rat, options).Write();
    }

    /// <summary>SHA-256, in hexadecimal, of the model without its appearance: what a policy was trained on.</summary>
    public static string Hash(RodentBodyOptions? options = null) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            Mjcf((options ?? new()) with { Appearance = RodentAppearance.Shapes }))));

    /// <summary>
    /// The rat as a body description, the form in which registration and the virtual rodent take any body. Scale and mass
    /// are given when it is compiled; those of <paramref name="options"/> are left aside.
    /// </summary>
    public static BodyDescription Describe(RodentBodyOptions? options = null) => new(
        "rodent",
        Mjcf((options ?? new()) with { Scale = 1, MassKg = null, KeypointSites = false }),
        new Dictionary<string, byte[]>(),
        KeypointAttachments((options ?? new()).NamePrefix),
        RootKeypoint: "SpineL",
        TrunkKeypoints: ["SpineF", "SpineM", "SpineL", "TailBase", "ShoulderL", "ShoulderR", "HipL", "HipR"],
        RegularisedKeypoints: ["SpineF", "SpineM", "SpineL", "HandL", "HandR"]);

    /// <summary>
    /// Where the keypoints of <see cref="KeypointLayout.Rat23"/> sit at scale 1, in its order: where a person who labels
    /// images sees them on this body's surface.
    /// </summary>
    public static IReadOnlyList<KeypointAttachment> KeypointAttachments(string namePrefix = "") =>
        [.. KeypointLayout.Rat23.Names.Select(name =>
        {
            var row = Anatomy.Rat.Keypoints[name];
            return new KeypointAttachment(name, namePrefix + row.Body, row.OffsetMm[0] * 1e-3, row.OffsetMm[1] * 1e-3, row.OffsetMm[2] * 1e-3);
        })];

    /// <summary>
    /// A quiet stance on the floor, 74 values as qpos: root position (m) and quaternion (w x y z), then the hinges (rad)
    /// in the order of <see cref="JointNames"/>. The paws just touch; on the servos of <see cref="ControlsFor"/> the weight
    /// presses the body about 4 mm lower.
    /// </summary>
    /// <param name="scale">The body's scale.</param>
    public static double[] StandingPose(double scale = 1)
    {
        var standing = Anatomy.Rat.Standing;
        var pose = new double[7 + JointNames.Count];
        pose[2] = standing.TorsoHeightMm * scale * 1e-3;
        SolidInertia.Pitch(-standing.PitchDeg).CopyTo(pose, 3);
        foreach (var (name, degrees) in standing.JointsDeg)
        {
            var radians = degrees * Math.PI / 180;
            pose[7 + IndexOf(name)] = radians;
            if (Mirror.IsLeft(name))
                pose[7 + IndexOf(Mirror.Name(name))] = radians;
        }
        return pose;
    }

    /// <summary>
    /// The controls (38, each -1..1) whose position servos aim at the joints of <paramref name="pose"/> (74): the
    /// activations of a body at rest there.
    /// </summary>
    public static double[] ControlsFor(ReadOnlySpan<double> pose)
    {
        var anatomy = Anatomy.Rat;
        var controls = new double[anatomy.Actuators.Count];
        for (var i = 0; i < controls.Length; i++)
        {
            var (low, high) = MjcfWriter.ServoRange(anatomy, anatomy.Actuators[i].Name);
            double target = 0;
            if (anatomy.Tendons.TryGetValue(anatomy.Actuators[i].Name, out var coefficients))
                foreach (var (joint, coefficient) in coefficients)
                    target += coefficient * pose[7 + IndexOf(joint)];
            else
                target = pose[7 + IndexOf(anatomy.Actuators[i].Name)];
            controls[i] = Math.Clamp(((2 * target) - (low + high)) / (high - low), -1, 1);
        }
        return controls;
    }

    private static int IndexOf(string joint)
    {
        for (var i = 0; i < JointNames.Count; i++)
            if (JointNames[i] == joint)
                return i;
        throw ClosedLoopException.Failed(
            $"models/rodent/anatomy.yaml names a joint '{joint}' that no body has{Spelling.Suggest(joint, JointNames)}; correct the name");
    }

    private static void Check(RodentBodyOptions options)
    {
        // Beyond these the time step no longer fits the body (a 10 cm rat's paws would bounce; a 1 m rat is no rat).
        if (!(options.Scale >= 0.3 && options.Scale <= 3))
            throw ClosedLoopException.Usage($"a rat body of scale {options.Scale} was asked for; use a scale from 0.3 to 3");
        if (options.MassKg is { } mass && !(mass >= 0.005 && mass <= 10))
            throw ClosedLoopException.Usage($"a rat body of {mass} kg was asked for; use a mass from 0.005 to 10 kg");
        if (options.NamePrefix.AsSpan().IndexOfAny("<>&\"'") >= 0)
            throw ClosedLoopException.Usage($"the name prefix '{options.NamePrefix}' holds a character that XML reserves; use letters, digits and _");
    }
}
