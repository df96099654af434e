using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// A body compiled at an animal's size: the physics model, its keypoint sites in the order of a layout, and how its
/// coordinates are laid out. The floor is at height 0.
/// </summary>
public sealed class BodyModel : IDisposable
{
    private readonly NativeArray<double> _sitePositions;

    private BodyModel(BodyDescription description, KeypointLayout layout, double scale, string mjcf, MujocoModel model, IReadOnlyList<string> notes)
    {
        Description = description;
        Layout = layout;
        Scale = scale;
        Mjcf = mjcf;
        Model = model;
        Notes = notes;
        KeypointSites = [.. layout.Names.Select(name => model.Id(ObjectType.Site, name))];
        // NB: a site that is compiled at its body's origin is marked as being in the body's frame, and MuJoCo then never
        // looks at its position again: an offset written later would move nothing.
        var inBodyFrame = model.Bytes("site_sameframe");
        foreach (var site in KeypointSites)
            inBodyFrame[site] = 0;
        RootBody = model.Ints("jnt_bodyid")[0];
        _sitePositions = model.Doubles("site_pos");
        HingeRanges = HingesOf(model);
    }

    /// <summary>What it was compiled from.</summary>
    public BodyDescription Description { get; }

    /// <summary>The keypoints, in the order of <see cref="KeypointSites"/>.</summary>
    public KeypointLayout Layout { get; }

    /// <summary>Size relative to the description.</summary>
    public double Scale { get; }

    /// <summary>The compiled model's text: scaled, with floor, free root and keypoint sites. Stored with recordings.</summary>
    public string Mjcf { get; }

    /// <summary>The compiled model.</summary>
    public MujocoModel Model { get; }

    /// <summary>What was changed on the way from the file to the model, for a person.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Ids of the keypoint sites, in the layout's order.</summary>
    public int[] KeypointSites { get; }

    /// <summary>Id of the body that the free joint moves.</summary>
    public int RootBody { get; }

    /// <summary>
    /// The joint ranges by degree of freedom: lower and upper limit in radians for limited hinges, infinite for
    /// unlimited ones and for the six degrees of freedom of the root.
    /// </summary>
    public (double Lower, double Upper)[] HingeRanges { get; }

    /// <summary>
    /// What each entry of qpos belongs to: the free joint's name seven times, then the name of each hinge, as
    /// <see cref="MotionLibrary.QposNames"/>.
    /// </summary>
    public IReadOnlyList<string> QposNames
    {
        get
        {
            var names = Model.Names(ObjectType.Joint);
            return [.. Enumerable.Repeat(names[0], MotionClip.RootLength), .. names.Skip(1)];
        }
    }

    /// <summary>A keypoint's offset in the frame of its body, metres. Writing to it moves the site.</summary>
    public Span<double> Offset(int keypoint) => _sitePositions.Row(KeypointSites[keypoint]);

    /// <summary>Writes where the keypoint sites are: x, y, z per keypoint of the layout, metres.</summary>
    /// <param name="data">A state of this body's model whose kinematics are up to date.</param>
    /// <param name="places">Receives them.</param>
    public void KeypointPlaces(MujocoData data, Span<double> places)
    {
        for (var k = 0; k < KeypointSites.Length; k++)
            data.SitePositions.Row(KeypointSites[k]).CopyTo(places[(3 * k)..]);
    }

    internal static BodyModel Compile(BodyDescription description, KeypointLayout layout, double scale, double? massKg)
    {
        if (!(scale is > 0.1 and < 10))
            throw ClosedLoopException.Usage($"a body scale of {scale} is not plausible; it must lie between 0.1 and 10");
        var document = new MjcfDocument(description.Mjcf, description.Name);
        document.LeaveOutNewerAttributes();
        document.Scale(scale);
        document.EnsureFreeRoot();
        document.EnsureFloor();
        foreach (var name in layout.Names)
        {
            var attachment = description.Attachments.FirstOrDefault(a => a.Keypoint == name)
                ?? throw ClosedLoopException.Usage(
                    $"the keypoint '{name}' has no attachment on the body {description.Name}{Spelling.Suggest(name, description.Attachments.Select(a => a.Keypoint))}; the body's keypoints are {string.Join(", ", description.Attachments.Select(a => a.Keypoint))}");
            document.AddKeypointSite(name, attachment.Body, attachment.X * scale, attachment.Y * scale, attachment.Z * scale);
        }
        var mjcf = document.ToString();
        var model = Load(description, mjcf);
        if (massKg is { } kilograms)
            model.SetTotalMass(kilograms);
        try
        {
            const int FreeJoint = 0, HingeJoint = 3;
            var types = model.Ints("jnt_type");
            if (model.JointCount == 0 || types[0] != FreeJoint || model.Ints("jnt_qposadr")[0] != 0)
                throw ClosedLoopException.Usage($"the body {description.Name} must have its free joint before all other joints");
            for (var joint = 1; joint < model.JointCount; joint++)
                if (types[joint] != HingeJoint)
                    throw ClosedLoopException.Usage(
                        $"the joint '{model.Name(ObjectType.Joint, joint)}' of the body {description.Name} is not a hinge; a body has one free joint and hinges");
            return new(description, layout, scale, mjcf, model, [.. document.Notes, .. model.Warning.Length > 0 ? [model.Warning] : Array.Empty<string>()]);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private static MujocoModel Load(BodyDescription description, string mjcf)
    {
        try
        {
            return MujocoModel.Load(mjcf, description.Files);
        }
        catch (ClosedLoopException error)
        {
            // NB: MuJoCo's line numbers count in the prepared text, not in the file that a person can open.
            var reason = System.Text.RegularExpressions.Regex.Replace(error.Message, @",? line \d+", "");
            throw ClosedLoopException.Failed($"the body {description.Name} cannot be used: {reason}", error);
        }
    }

    private static (double Lower, double Upper)[] HingesOf(MujocoModel model)
    {
        var ranges = new (double, double)[model.Nv];
        Array.Fill(ranges, (double.NegativeInfinity, double.PositiveInfinity));
        var limited = model.Bytes("jnt_limited");
        var range = model.Doubles("jnt_range");
        var dof = model.Ints("jnt_dofadr");
        for (var joint = 1; joint < model.JointCount; joint++)
            if (limited[joint] != 0)
                ranges[dof[joint]] = (range[2 * joint], range[(2 * joint) + 1]);
        return ranges;
    }
}
