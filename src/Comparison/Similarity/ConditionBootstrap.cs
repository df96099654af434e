using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>How much the similarity of RDMs depends on the conditions that happened to be there: drawn anew, with replacement.</summary>
public static class ConditionBootstrap
{
    /// <summary>The mean whitened unbiased cosine of a model with each subject, of so many draws, ascending. Pairs of a condition with itself are left out; draws of fewer than three different conditions are drawn again.</summary>
    /// <param name="subjects">Their RDMs; at least one.</param>
    /// <param name="model">The model's, of the same conditions.</param>
    /// <param name="draws">How many.</param>
    /// <param name="seed">Of the draws.</param>
    /// <exception cref="ClosedLoopException">There are fewer than 4 conditions, or the RDMs differ in their number.</exception>
    public static double[] WhitenedCosines(IReadOnlyList<Rdm> subjects, Rdm model, int draws = 1000, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        ArgumentNullException.ThrowIfNull(model);
        var conditions = model.Conditions;
        if (conditions < 4 || subjects.Any(subject => subject.Conditions != conditions))
            throw ClosedLoopException.Failed($"RDMs of {string.Join(", ", subjects.Append(model).Select(rdm => rdm.Conditions))} conditions: drawing conditions needs at least 4, the same in all");
        var random = new RandomStream(seed, "conditions");
        var similarities = new double[draws];
        for (var k = 0; k < draws;)
        {
            var drawn = Enumerable.Range(0, conditions).Select(_ => (int)(random.Uniform() * conditions)).ToArray();
            if (drawn.Distinct().Count() < 3)
                continue;
            // As rsatoolbox has it: each draw counts as a condition of its own, and what is 0 by construction is left out.
            var pairs = (from i in Enumerable.Range(0, conditions) from j in Enumerable.Range(i + 1, conditions - i - 1) where drawn[i] != drawn[j] select (i, j)).ToArray();
            var whitened = WhitenedSimilarity.OfPairs(pairs, conditions, null);
            similarities[k++] = subjects.Average(subject => whitened.Cosine(Drawn(subject), Drawn(model)));

            double[] Drawn(Rdm rdm) => [.. pairs.Select(pair => rdm[drawn[pair.i], drawn[pair.j]])];
        }
        Array.Sort(similarities);
        return similarities;
    }
}
