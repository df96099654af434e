using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>When the virtual rodent acts, and when it is put back.</summary>
public sealed record VirtualRodentOptions
{
    /// <summary>Duration of one control step, seconds; a whole number of physics steps.</summary>
    public double ControlPeriodS { get; init; } = 0.02;

    /// <summary>Whether the body runs behind the animal by the length of the window, or with it after a forecast.</summary>
    public ReferenceMode ReferenceMode { get; init; } = ReferenceMode.Delay;

    /// <summary>What forecasts in the mode <see cref="ReferenceMode.Predict"/>, as <see cref="PoseForecasters"/> calls it; null: what <see cref="PoseForecasters.DefaultFor"/> says.</summary>
    public string? Forecaster { get; init; }

    /// <summary>The body is put back when its root is further than this from the reference's, metres.</summary>
    public double LeaveLimitM { get; init; } = 0.10;

    /// <summary>The body counts as fallen when its root is turned against the reference's by more than this, degrees (vnl-playground's limit).</summary>
    public double FallLimitDeg { get; init; } = 60;

    /// <summary>The body is put back when the Euclidean norm of its hinges' differences from the reference's exceeds this, rad; null: never (vnl-playground: 4.5).</summary>
    public double? JointLimitRad { get; init; }

    /// <summary>The body counts as fallen when its root body is below this, metres (track-mjx: 0.0325); null: never.</summary>
    public double? LowestRootM { get; init; }

    /// <summary>The body counts as fallen when its root body is above this, metres (track-mjx: 0.5); null: never.</summary>
    public double? HighestRootM { get; init; }
}
