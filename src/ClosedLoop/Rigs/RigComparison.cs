using ClosedLoop.Comparing;

namespace ClosedLoop.Rigs;

/// <summary>The section <c>comparison</c>: whether and how network and neurons are compared while a session runs. Where there are tetrodes and no such section they are compared as usual.</summary>
public sealed record RigComparison
{
    /// <summary>Whether they are compared.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How.</summary>
    public ComparisonConfiguration Options { get; init; } = new();
}
