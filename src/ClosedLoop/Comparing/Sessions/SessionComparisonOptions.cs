using ClosedLoop.Comparison;

namespace ClosedLoop.Comparing;

/// <summary>How recordings of sessions are compared.</summary>
public sealed record SessionComparisonOptions
{
    /// <summary>How encoding models are fitted and judged. The width of a bin is the recording's.</summary>
    public EncodingOptions Encoding { get; init; } = new();

    /// <summary>Principal components of a class that has more features; found without a look at any count.</summary>
    public int Components { get; init; } = 40;

    /// <summary>Standard deviation of a Gaussian that features are smoothed with over time; 0: none.</summary>
    public double SmoothMs { get; init; }

    /// <summary>Names of the classes to compare; empty: all that the recording gives.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>A file of behaviours, or a model folder of a network that tells them; null: the rules that come with the program.</summary>
    public string? Behaviours { get; init; }

    /// <summary>Bins in a row whose features may be missing and are drawn as a straight line between their neighbours.</summary>
    public int MostInterpolated { get; init; } = 5;
}
