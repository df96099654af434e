using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Training;

/// <summary>The bodies that are trained on, and how their episodes begin and end.</summary>
public sealed record TrainingOptions
{
    /// <summary>Bodies that are stepped side by side.</summary>
    public int Bodies { get; init; } = 64;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads that step.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Frames of the reference that are observed.</summary>
    public int FutureFrames { get; init; } = 5;

    /// <summary>Period and limits.</summary>
    public VirtualRodentOptions Task { get; init; } = new();

    /// <summary>What is rewarded.</summary>
    public ImitationRewardOptions Reward { get; init; } = new();

    /// <summary>How the labels are planned.</summary>
    public PlannerOptions Planner { get; init; } = new();

    /// <summary>Sizes of the bodies, drawn evenly between these; both the animal's where it is one animal.</summary>
    public (double Least, double Most) Scale { get; init; } = (0.8, 1.1);

    /// <summary>By how much a body's mass differs from what its size says, at most, as a share.</summary>
    public double MassSpread { get; init; } = 0.25;

    /// <summary>Whether half of the episodes are mirrored.</summary>
    public bool Mirror { get; init; } = true;

    /// <summary>Standard deviation of the hinges' angles at the start of an episode, rad.</summary>
    public double StartJointNoiseRad { get; init; } = 0.03;

    /// <summary>Standard deviation of the root's place at the start of an episode, metres per axis.</summary>
    public double StartRootNoiseM { get; init; } = 0.001;

    /// <summary>
    /// Most by which the reference's hinges jitter from frame to frame, rad (standard deviation; each episode draws its own,
    /// half of them none): what a tracker's noise becomes in a registered pose.
    /// </summary>
    public double ReferenceJitterRad { get; init; } = 0.012;

    /// <summary>Longest episode, control steps.</summary>
    public int EpisodeSteps { get; init; } = 250;

    /// <summary>Shortest stretch of a clip that an episode begins before.</summary>
    public int ShortestEpisodeSteps { get; init; } = 50;

    /// <summary>Refuses numbers that cannot be.</summary>
    public void Check()
    {
        if (Bodies < 1 || Threads < 1 || FutureFrames < Planner.Horizon)
            throw ClosedLoopException.Usage($"training on {Bodies} bodies and {Threads} threads with {FutureFrames} frames ahead cannot be; give at least one body and thread, and as many frames as the planner looks ahead ({Planner.Horizon})");
        if (!(Scale.Least > 0.1 && Scale.Most >= Scale.Least) || !(MassSpread is >= 0 and < 1))
            throw ClosedLoopException.Usage($"bodies of scale {Scale.Least} to {Scale.Most} whose mass differs by {MassSpread} cannot be");
        if (EpisodeSteps < 1 || ShortestEpisodeSteps < 1 || !(StartJointNoiseRad >= 0) || !(StartRootNoiseM >= 0))
            throw ClosedLoopException.Usage("episodes need at least one step, and noise of 0 or more");
    }
}
