namespace ClosedLoop.Comparison;

/// <summary>The features of one class within a row of features.</summary>
/// <param name="Name">Of the class.</param>
/// <param name="Kind">What they stand for.</param>
/// <param name="Start">Place of the first in the row.</param>
/// <param name="FeatureNames">Of the features, each beginning with the name of the class and a dot.</param>
public sealed record FeatureGroup(string Name, FeatureKind Kind, int Start, IReadOnlyList<string> FeatureNames)
{
    /// <summary>How many.</summary>
    public int Count => FeatureNames.Count;

    /// <summary>Its features in a row.</summary>
    public Span<float> Of(Span<float> row) => row.Slice(Start, Count);

    /// <summary>Its features in a row.</summary>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> row) => row.Slice(Start, Count);
}
