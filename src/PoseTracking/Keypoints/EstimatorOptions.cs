using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>How keypoints are estimated.</summary>
public sealed record EstimatorOptions
{
    /// <summary>Threads that views are divided over.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>A view sees the animal where it is at least so probable.</summary>
    public double MinimumPresence { get; init; } = 0.5;

    /// <summary>
    /// A view that sees the animal with less than this is not asked for keypoints. Lower than <see cref="MinimumPresence"/>,
    /// as the place of an animal that is half hidden is known from the other views.
    /// </summary>
    public double MinimumViewPresence { get; init; } = 0.15;

    /// <summary>Whether the model's pose network, where it has one, moves what was triangulated (<see cref="PoseRefinement"/>).</summary>
    public bool Refine { get; init; } = true;

    /// <summary>How views are joined.</summary>
    public TriangulatorOptions Triangulation { get; init; } = new();

    /// <summary>The session's clock, for the time of production; null: the frames' own time, so that two runs are alike bit for bit.</summary>
    public SessionClock? Clock { get; init; }

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (Threads is < 1 or > 64)
            throw ClosedLoopException.Usage($"{Threads} threads cannot be; give 1 to 64");
        if (MinimumPresence is not (> 0 and < 1) || MinimumViewPresence is not (>= 0 and < 1))
            throw ClosedLoopException.Usage("the least probability that an animal is in a view must lie between 0 and 1");
        Triangulation.Check();
    }
}
