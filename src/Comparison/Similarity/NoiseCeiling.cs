using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>How similar to the RDMs of several subjects any model could be: between what the others say of each, and what all together say of it.</summary>
/// <param name="Lower">The mean similarity of each to the pool of all others.</param>
/// <param name="Upper">The mean similarity of each to the pool of all, itself among them.</param>
public sealed record NoiseCeiling(double Lower, double Upper)
{
    /// <summary>Finds it by the whitened unbiased cosine: RDMs are pooled at equal length in the whitened metric.</summary>
    /// <param name="subjects">At least 2, of the same conditions.</param>
    /// <param name="similarity">Of those conditions.</param>
    /// <exception cref="ClosedLoopException">There is but one.</exception>
    public static NoiseCeiling Whitened(IReadOnlyList<Rdm> subjects, WhitenedSimilarity similarity)
    {
        ArgumentNullException.ThrowIfNull(similarity);
        return Find(subjects, values => similarity.Length(values), similarity.Cosine);
    }

    /// <summary>Finds it by the plain cosine: RDMs are pooled at equal root mean square.</summary>
    /// <param name="subjects">At least 2, of the same conditions.</param>
    /// <exception cref="ClosedLoopException">There is but one.</exception>
    public static NoiseCeiling Cosine(IReadOnlyList<Rdm> subjects) =>
        Find(subjects, values => Math.Sqrt(Vectors.Dot(values, values) / values.Length), (a, b) => Similarity.Cosine(a.Values, b.Values));

    private static NoiseCeiling Find(IReadOnlyList<Rdm> subjects, Func<double[], double> length, Func<Rdm, Rdm, double> similarity)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        if (subjects.Count < 2)
            throw ClosedLoopException.Failed($"a noise ceiling needs at least 2 subjects or parts, and there is {(subjects.Count == 0 ? "none" : "one")}");
        var unit = subjects.Select(subject =>
        {
            var own = length(subject.Values);
            return subject.Values.Select(value => value / own).ToArray();
        }).ToArray();
        var all = Pool(unit);
        return new(
            subjects.Select((subject, i) => similarity(Pool([.. unit.Where((_, other) => other != i)]), subject)).Average(),
            subjects.Average(subject => similarity(all, subject)));
    }

    private static Rdm Pool(double[][] rdms)
    {
        var mean = new double[rdms[0].Length];
        foreach (var rdm in rdms)
            Vectors.AddScaled(mean, 1.0 / rdms.Length, rdm);
        return new(mean);
    }
}
