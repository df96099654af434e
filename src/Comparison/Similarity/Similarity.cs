namespace ClosedLoop.Comparison;

/// <summary>How alike two vectors are; for RDMs, their pairs of conditions.</summary>
public static class Similarity
{
    /// <summary>The cosine of their angle.</summary>
    public static double Cosine(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        Vectors.Dot(a, b) / Math.Sqrt(Vectors.Dot(a, a) * Vectors.Dot(b, b));

    /// <summary>Their correlation.</summary>
    public static double Pearson(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Cosine(Centred(a), Centred(b));

    /// <summary>The correlation of their ranks; equal numbers share their mean rank.</summary>
    public static double Spearman(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Pearson(Ranks.Of(a), Ranks.Of(b));

    /// <summary>Kendall's tau-a: pairs in the same order less pairs in the opposite order, over all pairs. Ties count as neither, so that a model that says nothing gains nothing.</summary>
    public static double KendallTauA(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0L;
        for (var i = 0; i < a.Length; i++)
            for (var j = 0; j < i; j++)
                sum += Math.Sign(a[i] - a[j]) * Math.Sign(b[i] - b[j]);
        return sum / (a.Length * (a.Length - 1) / 2.0);
    }

    internal static double[] Centred(ReadOnlySpan<double> values)
    {
        var mean = 0.0;
        foreach (var value in values)
            mean += value / values.Length;
        var centred = values.ToArray();
        for (var i = 0; i < centred.Length; i++)
            centred[i] -= mean;
        return centred;
    }
}
