namespace ClosedLoop.Comparison;

/// <summary>How much features vary within a behaviour.</summary>
/// <param name="Behaviour">Its name.</param>
/// <param name="Bins">How many bins it lasts in all.</param>
/// <param name="MeanVariance">The mean variance of the features within it, in units of their variance over all bins: 1 where the behaviour makes no difference.</param>
/// <param name="EffectiveDimensions">Along how many directions they vary: (sum of the covariance's eigenvalues)^2 / sum of their squares, of features in those units.</param>
public sealed record BehaviourVariability(string Behaviour, int Bins, double MeanVariance, double EffectiveDimensions)
{
    /// <summary>Of each behaviour that lasts two bins or more.</summary>
    /// <param name="features">Rows are bins; none is constant.</param>
    /// <param name="labels">The behaviour of each bin, an index of <paramref name="behaviours"/>; below 0: none.</param>
    /// <param name="behaviours">Their names.</param>
    public static IReadOnlyList<BehaviourVariability> Of(Matrix features, IReadOnlyList<int> labels, IReadOnlyList<string> behaviours)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(behaviours);
        var all = features.Covariance();
        var found = new List<BehaviourVariability>();
        for (var b = 0; b < behaviours.Count; b++)
        {
            var own = Enumerable.Range(0, labels.Count).Where(t => labels[t] == b).ToArray();
            if (own.Length < 2)
                continue;
            var covariance = features.Take(own).Covariance();
            var (trace, squares) = (0.0, 0.0);
            for (var i = 0; i < covariance.Rows; i++)
            {
                trace += covariance[i, i] / all[i, i];
                for (var j = 0; j < covariance.Rows; j++)
                    squares += covariance[i, j] * covariance[i, j] / (all[i, i] * all[j, j]);
            }
            found.Add(new(behaviours[b], own.Length, trace / covariance.Rows, squares > 0 ? trace * trace / squares : 0));
        }
        return found;
    }
}
