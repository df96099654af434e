namespace ClosedLoop.Comparison;

/// <summary>
/// Says of each bin what the animal does. Causal, so that a session can use it too: a bin's label follows from it and those
/// before. One thread at a time.
/// </summary>
public interface IBehaviourClassifier
{
    /// <summary>The behaviours that it tells apart.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Classifies the next row. Allocates nothing.</summary>
    /// <param name="row">Rows come in the order of their bins.</param>
    /// <returns>An index of <see cref="Names"/>; -1 where it cannot tell, as without a pose.</returns>
    int Classify(FeatureRow row);
}
