using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// The features of a session and where each stands in a row: first those that can be measured of the movement, then those
/// that the network computes to bring it about, a class a layer.
/// </summary>
public sealed class FeatureLayout
{
    /// <summary>Name of the class of keypoints as they stand in the arena, metres.</summary>
    public const string KeypointsAllocentric = "keypoints_allocentric";

    /// <summary>Name of the class of keypoints as seen from the root, x along the heading, y to its left, z up; metres.</summary>
    public const string KeypointsEgocentric = "keypoints_egocentric";

    /// <summary>Name of the class of joint angles, rad.</summary>
    public const string JointAngles = "joint_angles";

    /// <summary>Name of the class of joint velocities, rad/s.</summary>
    public const string JointVelocities = "joint_velocities";

    /// <summary>
    /// Name of the class of the root: velocity forward, to the left and up (m/s), angular velocity about its own axes (rad/s),
    /// height (m), and the vertical in its own axes.
    /// </summary>
    public const string RootKinematics = "root_kinematics";

    /// <summary>Name of the class of snout, hands and feet in the root's own axes, metres.</summary>
    public const string Appendages = "appendages";

    /// <summary>Name of the class of the heading's sine and cosine, and of turning (rad/s, above 0 to the left).</summary>
    public const string Heading = "heading";

    /// <summary>Name of the class of speed over the floor, m/s.</summary>
    public const string Speed = "speed";

    /// <summary>Name of the class of acceleration forward, to the left and up, m/s2.</summary>
    public const string Acceleration = "acceleration";

    /// <summary>Name of the class of motor commands.</summary>
    public const string Action = "action";

    private static readonly string[] s_axes = ["x", "y", "z"];
    private static readonly string[] s_appendages = ["Snout", "HandL", "HandR", "FootL", "FootR"];

    private readonly List<FeatureGroup> _groups = [];

    /// <summary>Lays out the features of a body and a controller.</summary>
    /// <param name="keypoints">The keypoints. Without snout, hands and feet among them there is no class of appendages.</param>
    /// <param name="jointNames">Of the hinges, in the order of <see cref="Pose.Qpos"/> after the root's seven numbers.</param>
    /// <param name="actionCount">Motor commands of a step; 0: none.</param>
    /// <param name="activations">The controller's layers.</param>
    /// <param name="rateHz">Bins a second.</param>
    public FeatureLayout(KeypointLayout keypoints, IReadOnlyList<string> jointNames, int actionCount, ActivationLayout activations, double rateHz)
    {
        ArgumentNullException.ThrowIfNull(keypoints);
        ArgumentNullException.ThrowIfNull(jointNames);
        ArgumentNullException.ThrowIfNull(activations);
        if (!(rateHz > 0 && double.IsFinite(rateHz)))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"features at {rateHz} Hz cannot be; give a rate above 0"));
        (Keypoints, JointNames, Activations, RateHz) = (keypoints, jointNames, activations, rateHz);
        var appendages = s_appendages.Where(keypoints.Names.Contains).ToArray();
        AppendageKeypoints = [.. appendages.Select(keypoints.IndexOf)];
        var places = keypoints.Names.SelectMany(name => s_axes.Select(axis => $"{name}_{axis}")).ToArray();
        AddMovement(KeypointsAllocentric, places);
        AddMovement(KeypointsEgocentric, places);
        AddMovement(JointAngles, [.. jointNames]);
        AddMovement(JointVelocities, [.. jointNames]);
        AddMovement(RootKinematics, "velocity_forward", "velocity_left", "velocity_up", "angular_velocity_x", "angular_velocity_y", "angular_velocity_z", "height", "vertical_x", "vertical_y", "vertical_z");
        AddMovement(Appendages, [.. appendages.SelectMany(name => s_axes.Select(axis => $"{name}_{axis}"))]);
        AddMovement(Heading, "sine", "cosine", "turning");
        AddMovement(Speed, "horizontal");
        AddMovement(Acceleration, "forward", "left", "up");
        MovementCount = Count;
        foreach (var (name, size) in activations.Layers)
            Add(name, FeatureKind.Computational, [.. Enumerable.Range(0, size).Select(Number)]);
        Add(Action, FeatureKind.Computational, [.. Enumerable.Range(0, actionCount).Select(Number)]);
    }

    /// <summary>The classes that there is a feature of, in the order of the row.</summary>
    public IReadOnlyList<FeatureGroup> Groups => _groups;

    /// <summary>Features of a row.</summary>
    public int Count { get; private set; }

    /// <summary>Features of a row that can be measured of the movement; they stand before those of the network.</summary>
    public int MovementCount { get; }

    /// <summary>Bins a second.</summary>
    public double RateHz { get; }

    /// <summary>The keypoints.</summary>
    public KeypointLayout Keypoints { get; }

    /// <summary>Of the hinges.</summary>
    public IReadOnlyList<string> JointNames { get; }

    /// <summary>The controller's layers.</summary>
    public ActivationLayout Activations { get; }

    /// <summary>Which keypoints are snout, hands and feet.</summary>
    internal int[] AppendageKeypoints { get; }

    /// <summary>The class of this name.</summary>
    /// <exception cref="ClosedLoopException">There is none; the message names the nearest one.</exception>
    public FeatureGroup this[string name] => _groups.FirstOrDefault(group => group.Name == name)
        ?? throw ClosedLoopException.Usage($"there is no class of features '{name}'{Spelling.Suggest(name, [.. _groups.Select(group => group.Name)])}; the classes are {string.Join(", ", _groups.Select(group => group.Name))}");

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void AddMovement(string name, params string[] features) => Add(name, FeatureKind.Representational, features);

    private void Add(string name, FeatureKind kind, string[] features)
    {
        if (features.Length == 0)
            return;
        // NB: a layer may be called what a class of movement is called.
        var own = _groups.Any(group => group.Name == name) ? $"network_{name}" : name;
        _groups.Add(new(own, kind, Count, [.. features.Select(feature => $"{own}.{feature}")]));
        Count += features.Length;
    }
}
