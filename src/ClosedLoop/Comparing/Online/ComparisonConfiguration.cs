using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Comparing;

/// <summary>Everything besides poses, control steps and counts that decides what a session makes of them.</summary>
public sealed record ComparisonConfiguration
{
    /// <summary>The classes of features that are compared; empty: those that <see cref="Usual"/> names.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Lags at which each is tried, milliseconds: counts at t from features at t - lag.</summary>
    public IReadOnlyList<double> LagsMs { get; init; } = [-200, -100, 0, 100, 200];

    /// <summary>Features of a class beyond which it is projected onto random directions.</summary>
    public int MostFeatures { get; init; } = 64;

    /// <summary>The ridges, in bins a feature: see <see cref="OnlineEncodingOptions.RidgeBinsPerFeature"/>.</summary>
    public IReadOnlyList<double> RidgeBinsPerFeature { get; init; } = new OnlineEncodingOptions().RidgeBinsPerFeature;

    /// <summary>How long features are only looked at, for their mean and scale.</summary>
    public double ScaleSeconds { get; init; } = 10;

    /// <summary>Over how long rolling scores forget.</summary>
    public double RollingSeconds { get; init; } = 120;

    /// <summary>How often scores are given out.</summary>
    public double EverySeconds { get; init; } = 5;

    /// <summary>Most units; those that come when so many are there are not compared.</summary>
    public int Units { get; init; } = 400;

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="ClosedLoopException">A number cannot be; exit code 2.</exception>
    public void Check()
    {
        if (LagsMs.Count is 0 or > 50 || LagsMs.Any(lag => !(Math.Abs(lag) <= 2000)) || LagsMs.Distinct().Count() < LagsMs.Count)
            throw ClosedLoopException.Usage($"features are compared at lags of {string.Join(", ", LagsMs)} ms; give 1 to 50 different ones of at most 2000 ms either way");
        if (MostFeatures is < 1 or > 1000 || Units is < 1 or > 5000)
            throw ClosedLoopException.Usage($"{MostFeatures} features a class and {Units} units shall be compared; give 1 to 1000 and 1 to 5000");
        if (!(ScaleSeconds is > 0 and <= 3600 && RollingSeconds is > 0 and <= 36000 && EverySeconds is >= 0.1 and <= 3600
            && RidgeBinsPerFeature.Count is > 0 and <= 10 && RidgeBinsPerFeature.All(ridge => ridge is > 0 and <= 1e6)))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"the comparison looks at features for {ScaleSeconds} s, forgets within {RollingSeconds} s and gives scores out every {EverySeconds} s, with ridges of {string.Join(", ", RidgeBinsPerFeature)} bins a feature; give numbers above 0"));
    }

    /// <summary>
    /// The classes that are compared where none are named: postures, velocities and the root's motion on one side, on the other
    /// the network's layers and the motor command. Standard deviations are no activity, and the reference is what the network is asked.
    /// </summary>
    public static IReadOnlyList<string> Usual(FeatureLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        string[] movement = [FeatureLayout.JointAngles, FeatureLayout.JointVelocities, FeatureLayout.RootKinematics, FeatureLayout.Appendages, FeatureLayout.Heading];
        return
        [
            .. layout.Groups.Where(group => group.Kind == FeatureKind.Representational && movement.Contains(group.Name)).Select(group => group.Name),
            .. layout.Groups.Where(group => group.Kind == FeatureKind.Computational && !group.Name.EndsWith("_sd", StringComparison.Ordinal) && group.Name != PolicyController.ReferenceEncoding).Select(group => group.Name),
        ];
    }
}
