using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Rigs;

/// <summary>The section <c>control</c>: the beat of the control loop, and when the virtual rodent is put back.</summary>
public sealed record RigControl
{
    /// <summary>How long past its expected arrival a keypoint set is waited for, milliseconds; less than half a control period.</summary>
    public double GraceMs { get; init; } = 6;

    /// <summary>The virtual rodent is put back when its root is further than this from the animal's, millimetres.</summary>
    public double LeaveLimitMm { get; init; } = 100;

    /// <summary>The virtual rodent has fallen when its root is turned against the animal's by more than this, degrees.</summary>
    public double FallLimitDeg { get; init; } = 60;

    /// <summary>
    /// What drives the virtual rodent: a name of <see cref="Sessions.ControllerFactory.Names"/>, or a policy's folder; null:
    /// the shipped policy where it was made for the body.
    /// </summary>
    public string? Controller { get; init; }

    /// <summary>Whether the virtual rodent runs behind the animal by what its controller looks ahead, or with it after a forecast.</summary>
    public ReferenceMode ReferenceMode { get; init; } = ReferenceMode.Delay;

    /// <summary>What forecasts: a name of <see cref="PoseForecasters.Names"/>, or a model folder; null: what suits the body.</summary>
    public string? Forecaster { get; init; }
}
