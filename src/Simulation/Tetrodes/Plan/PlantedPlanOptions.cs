using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>What a plan is drawn from.</summary>
public sealed record PlantedPlanOptions
{
    /// <summary>Seed of who follows what, and of every direction.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Share of neurons that follow a layer of the network.</summary>
    public double NetworkShare { get; init; } = 0.4;

    /// <summary>Share of neurons that follow movement; the others follow neither.</summary>
    public double MovementShare { get; init; } = 0.4;

    /// <summary>Classes that neurons of the network follow, as features are called.</summary>
    public IReadOnlyList<string> NetworkClasses { get; init; } = [];

    /// <summary>Classes that neurons of movement follow.</summary>
    public IReadOnlyList<string> MovementClasses { get; init; } = [];

    /// <summary>Lags of neurons of the network, in milliseconds.</summary>
    public IReadOnlyList<double> NetworkLagsMs { get; init; } = [0];

    /// <summary>Lags of neurons of movement.</summary>
    public IReadOnlyList<double> MovementLagsMs { get; init; } = [0];

    /// <summary>The least and the greatest gain.</summary>
    public (double Least, double Most) Gains { get; init; } = (0.7, 1);

    /// <summary>The least and the greatest mean rate: others are brought to the nearer.</summary>
    public (double Least, double Most) RatesHz { get; init; } = (0.5, 30);

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="ClosedLoopException">A share, a gain, a rate or a lag cannot be, or a share has no class; exit code 2.</exception>
    public void Check()
    {
        if (!(NetworkShare is >= 0 and <= 1 && MovementShare is >= 0 and <= 1 && NetworkShare + MovementShare <= 1 + 1e-9))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"{NetworkShare} of the neurons shall follow the network and {MovementShare} movement; give shares from 0 to 1, together at most 1"));
        if ((NetworkShare > 0 && (NetworkClasses.Count == 0 || NetworkLagsMs.Count == 0)) || (MovementShare > 0 && (MovementClasses.Count == 0 || MovementLagsMs.Count == 0)))
            throw ClosedLoopException.Usage("neurons shall follow the network or movement, and no class of features or no lag of it is named");
        if (!(Gains.Least >= 0 && Gains.Most >= Gains.Least && Gains.Most <= PlantedPlan.MostGain))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"gains from {Gains.Least} to {Gains.Most} were asked for; give 0 to {PlantedPlan.MostGain}"));
        if (!(RatesHz.Least > 0 && RatesHz.Most >= RatesHz.Least && RatesHz.Most <= PlantedPlan.MostRateHz))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"rates from {RatesHz.Least} to {RatesHz.Most} Hz were asked for; give more than 0, at most {PlantedPlan.MostRateHz}"));
        if (NetworkLagsMs.Concat(MovementLagsMs).Any(lag => !(Math.Abs(lag) <= PlantedPlan.MostLagMs)))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"neurons follow features by at most {PlantedPlan.MostLagMs} ms either way"));
    }
}
