namespace ClosedLoop.Core;

/// <summary>
/// What neurons and layers make of the animal's behaviours, as of one moment of a session: how far apart behaviours are in
/// each, and how variable the network is in each. Lent for the duration of a call, as <see cref="Keypoints"/> are.
/// </summary>
public sealed class BehaviourComparison
{
    /// <summary>Makes an empty one.</summary>
    public BehaviourComparison(int behaviours, int classes)
    {
        (Bins, Variability) = (new long[behaviours], new double[behaviours]);
        Dissimilarity = new double[behaviours * (behaviours - 1) / 2];
        Similarity = new double[classes];
    }

    /// <summary>Origin and times, as of the scores of the same moment.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Bins of each behaviour.</summary>
    public long[] Bins { get; }

    /// <summary>
    /// Distances between behaviours in the units' activity, cross-validated over stretches of the session (crossnobis), the upper
    /// triangle row by row; NaN where one of them has not lasted long enough.
    /// </summary>
    public double[] Dissimilarity { get; }

    /// <summary>Whitened unbiased cosine of these distances with those in each class of features; NaN where fewer than three behaviours are known.</summary>
    public double[] Similarity { get; }

    /// <summary>Mean standard deviation of the network's latent in each behaviour; NaN where there is none.</summary>
    public double[] Variability { get; }

    /// <summary>Copies everything from <paramref name="other"/>, which has the same behaviours and classes.</summary>
    public void CopyFrom(BehaviourComparison other)
    {
        Stamp = other.Stamp;
        other.Bins.CopyTo(Bins, 0);
        other.Dissimilarity.CopyTo(Dissimilarity, 0);
        other.Similarity.CopyTo(Similarity, 0);
        other.Variability.CopyTo(Variability, 0);
    }
}
