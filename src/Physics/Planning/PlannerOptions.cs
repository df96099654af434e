using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>How far and how carefully a <see cref="PlannerController"/> looks ahead.</summary>
public sealed record PlannerOptions
{
    /// <summary>Control steps that a correction is held for and judged over. NB: with 1 the body falls: a step is shorter than its actuators' filter.</summary>
    public int Horizon { get; init; } = 3;

    /// <summary>By how much each set-point is moved to see what it does, of the range -1 to 1.</summary>
    public double Epsilon { get; init; } = 0.05;

    /// <summary>Added to the diagonal of the normal equations, square metres: what holds corrections small that hardly help.</summary>
    public double Damping { get; init; } = 1e-4;

    /// <summary>Share of the last correction that the next one begins with.</summary>
    public double WarmStart { get; init; } = 0.8;

    /// <summary>How much the root's position counts beside that of any other body.</summary>
    public double RootWeight { get; init; } = 2;

    /// <summary>
    /// How much the balance counts: the distance of the capture point (Pratt et al. 2006; the divergent component of motion)
    /// from the reference's at the end of the horizon, beside that of any body. NB: without it a body on its hind legs falls,
    /// because where its parts are some control steps ahead says too little of where its weight is going.
    /// </summary>
    public double BalanceWeight { get; init; } = 5;

    /// <summary>How far ahead the capture point lies of the centre of mass at its present velocity, seconds: the root of height over gravity, of an upright rat's weight at 8 cm.</summary>
    public double BalanceTimeS { get; init; } = 0.09;

    /// <summary>Linearisations in a control step. One is enough where the last correction is still good.</summary>
    public int Iterations { get; init; } = 1;

    /// <summary>Iterations of the contact solver in the rollouts, where it is projected Gauss-Seidel.</summary>
    public int SolverIterations { get; init; } = 5;

    /// <summary>Threads that share out the rollouts, the caller's included.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (Horizon is < 1 or > 10 || Iterations is < 1 or > 20)
            throw ClosedLoopException.Usage($"a planner with a horizon of {Horizon} steps and {Iterations} iterations cannot be; give 1 to 10 and 1 to 20");
        if (!(BalanceWeight >= 0) || !(BalanceTimeS > 0) || (BalanceWeight > 0 && Horizon < 2))
            throw ClosedLoopException.Usage($"a planner with a balance weight of {BalanceWeight} and a balance time of {BalanceTimeS} s cannot be; give 0 or more and above 0, and a horizon of at least 2 steps where the weight is not 0");
        if (SolverIterations is < 1 or > 1000 || Threads is < 1 or > 256)
            throw ClosedLoopException.Usage($"a planner with {SolverIterations} solver iterations on {Threads} threads cannot be; give at least one of each");
        if (!(Epsilon is > 0 and < 1) || !(Damping > 0) || !(WarmStart is >= 0 and <= 1) || !(RootWeight > 0))
            throw ClosedLoopException.Usage("a planner needs an epsilon between 0 and 1, a damping and a root weight above 0, and a warm start of 0 to 1");
    }
}
