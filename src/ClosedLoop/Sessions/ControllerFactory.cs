using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Sessions;

/// <summary>Makes what drives a virtual rodent, by its name. The one place that knows all of them.</summary>
public static class ControllerFactory
{
    /// <summary>The names that a person may give.</summary>
    public static IReadOnlyList<string> Names { get; } = ["servo", "planner", "zero"];

    /// <summary>The names as the help of an option shows them.</summary>
    public static string HelpName => string.Join('|', Names);

    /// <summary>Refuses a name that is no controller's, before any work is done.</summary>
    /// <exception cref="ClosedLoopException">There is none of this name; exit code 2.</exception>
    public static void Require(string name)
    {
        if (!Names.Contains(name))
            throw ClosedLoopException.Usage($"there is no controller '{name}'{Spelling.Suggest(name, Names)}; there are {string.Join(", ", Names)}");
    }

    /// <summary>Makes a controller.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="body">The body that it is to drive; stays the caller's.</param>
    /// <param name="controlPeriodS">Length of a control step, seconds.</param>
    /// <param name="threads">Threads that it may work on; what it does is the same with any number.</param>
    /// <exception cref="ClosedLoopException">There is none of this name, or it cannot drive this body.</exception>
    public static IRodentController Create(string name, BodyModel body, double controlPeriodS, int threads)
    {
        Require(name);
        return name switch
        {
            "planner" => new PlannerController(body, controlPeriodS, new() { Threads = threads }),
            "zero" => new ZeroController(),
            _ => new ServoController(body),
        };
    }
}
