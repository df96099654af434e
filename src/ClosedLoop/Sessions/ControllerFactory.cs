using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.Physics;

namespace ClosedLoop.Sessions;

/// <summary>Makes what drives a virtual rodent, by its name. The one place that knows all of them.</summary>
public static class ControllerFactory
{
    /// <summary>The policy that a session runs where nothing is said.</summary>
    public const string DefaultPolicy = "mlp";

    private static readonly string[] s_shipped = ["lstm", "mlp"];

    /// <summary>The names that a person may give; a model folder's path is one as well.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_shipped, "servo", "planner", "zero"];

    /// <summary>The names as the help of an option shows them.</summary>
    public static string HelpName => $"{string.Join('|', Names)}|FOLDER";

    /// <summary>Refuses a name that is no controller's, before any work is done.</summary>
    /// <exception cref="ClosedLoopException">There is none of this name; exit code 2.</exception>
    public static void Require(string name)
    {
        if (!Names.Contains(name) && !IsFolder(name))
            throw ClosedLoopException.Usage($"there is no controller '{name}'{Spelling.Suggest(name, Names)}; there are {string.Join(", ", Names)}, and any folder that holds a policy");
    }

    /// <summary>Whether a name means a network: one that is shipped or a folder.</summary>
    public static bool IsPolicy(string name) => s_shipped.Contains(name) || IsFolder(name);

    /// <summary>
    /// What drives a body where nothing is said: the shipped policy where it was made for this body and rate, else the servo.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="rateHz">Control steps a second.</param>
    /// <returns>The name, and why it is not the policy; null where it is.</returns>
    public static (string Name, string? Why) DefaultFor(BodyDescription body, double rateHz)
    {
        var folder = ModelFolder.Open(FolderOf(DefaultPolicy), PolicyController.Kind);
        if (folder.Manifest.BodySha256 != body.PhysicsSha256())
            return ("servo", $"the servo drives the body, for the policy '{DefaultPolicy}' was trained for another one than {body.Name}");
        return Math.Abs(PolicyFacts.Of(folder).ControlHz - rateHz) > 1e-3
            ? ("servo", $"the servo drives the body, for the policy '{DefaultPolicy}' acts {PolicyFacts.Of(folder).ControlHz:G4} times a second, and the session has {rateHz:G4} ticks")
            : (DefaultPolicy, null);
    }

    /// <summary>The checksum of a policy's network, by which a replay knows it again; null where no network drives.</summary>
    public static string? Sha256(string name) => IsPolicy(name)
        ? ModelFolder.Open(FolderOf(name), PolicyController.Kind).Network("policy.onnx").Sha256
        : null;

    /// <summary>Makes a controller.</summary>
    /// <param name="name">Its name, or a policy's folder.</param>
    /// <param name="body">The body that it is to drive; stays the caller's.</param>
    /// <param name="controlPeriodS">Length of a control step, seconds.</param>
    /// <param name="threads">Threads that it may work on; what it does is the same with any number.</param>
    /// <param name="policy">Noise and resampling where it is a network.</param>
    /// <exception cref="ClosedLoopException">There is none of this name, or it cannot drive this body.</exception>
    public static IRodentController Create(string name, BodyModel body, double controlPeriodS, int threads, PolicyOptions? policy = null)
    {
        Require(name);
        return name switch
        {
            "servo" => new ServoController(body),
            "planner" => new PlannerController(body, controlPeriodS, new() { Threads = threads }),
            "zero" => new ZeroController(),
            _ => new PolicyController(body, ModelFolder.Open(FolderOf(name), PolicyController.Kind), controlPeriodS, policy),
        };
    }

    private static bool IsFolder(string name) => !Names.Contains(name) && Directory.Exists(name);

    private static string FolderOf(string name) => s_shipped.Contains(name)
        ? Path.Combine(
            Installation.Root ?? throw ClosedLoopException.Usage($"the policy '{name}' is one of the installation, and this program lies outside of one; name the policy's folder"),
            "models", $"policy-{name}")
        : name;
}
