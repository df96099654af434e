using System.Diagnostics.CodeAnalysis;
using ClosedLoop.Physics;

namespace ClosedLoop.Imitation;

/// <summary>What <c>imitate</c> found: the measures of the controller asked for, and beside it of the servo and of a body that nobody drives.</summary>
public sealed record ImitateResult : ImitationMeasures
{
    /// <summary>Makes a result.</summary>
    /// <param name="policy">The controller asked for.</param>
    /// <param name="measures">Its measures, which become the result's own.</param>
    /// <param name="servo">Those of the servo.</param>
    /// <param name="zero">Those of a body that nobody drives.</param>
    [SetsRequiredMembers]
    public ImitateResult(string policy, ImitationMeasures measures, ImitationMeasures servo, ImitationMeasures zero)
        : base(measures) => (Policy, Servo, Zero) = (policy, servo, zero);

    /// <summary>The controller asked for.</summary>
    public string Policy { get; }

    /// <summary>The servo on the same episodes.</summary>
    public ImitationMeasures Servo { get; }

    /// <summary>A body whose inputs are all 0 on the same episodes.</summary>
    public ImitationMeasures Zero { get; }

    /// <summary>Each episode of the controller asked for, in the order of the references.</summary>
    public IReadOnlyList<EpisodeOutcome> EpisodeList { get; init; } = [];

    /// <summary>The files of the references.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>How many reference motions they held, those too short for an episode included.</summary>
    public int Clips { get; init; }

    /// <summary>How many were too short.</summary>
    public int ClipsTooShort { get; init; }

    /// <summary>Frames from one start to the next.</summary>
    public int EveryFrames { get; init; }

    /// <summary>Control steps a second.</summary>
    public double ControlHz { get; init; }

    /// <summary>Name of the body.</summary>
    public string Body { get; init; } = "";

    /// <summary>Smallest size of the body among the references, relative to its description.</summary>
    public double SmallestScale { get; init; }

    /// <summary>Largest size of the body among the references.</summary>
    public double LargestScale { get; init; }

    /// <summary>How many times as heavy as its size makes it the body was.</summary>
    public double MassFactor { get; init; } = 1;

    /// <summary>What is noteworthy, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The figures that were drawn.</summary>
    public IReadOnlyList<string> Figures { get; init; } = [];

    /// <summary>The video that was made; null: none.</summary>
    public string? Video { get; init; }
}
