using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Sessions;

namespace ClosedLoop.Datasets;

/// <summary>What a session with planted neurons is to be.</summary>
public sealed record PlantedSessionOptions
{
    /// <summary>Seconds of the animal's time.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seed of what the animal does, of the plan and of all spikes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Planted neurons.</summary>
    public int Units { get; init; } = 60;

    /// <summary>What drives the virtual rodent; null: the shipped policy.</summary>
    public string? Controller { get; init; }

    /// <summary>The animal as it was measured the day before; null: it is measured first.</summary>
    public AnimalFile? Animal { get; init; }

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="ClosedLoopException">A number cannot be; exit code 2.</exception>
    public void Check()
    {
        if (!(Seconds is >= 1 and <= 86_400))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"a session of {Seconds} s was asked for; give 1 to 86400"));
        if (Units is < 1 or > 1000)
            throw ClosedLoopException.Usage($"{Units} planted neurons were asked for; give 1 to 1000");
        if (Controller is not null)
            ControllerFactory.Require(Controller);
    }
}
