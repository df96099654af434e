namespace ClosedLoop.Comparison;

/// <summary>
/// Predictions of one unit by one class of features, brought together: each lag and ridge is an expert, the mean rate is one
/// more, and each counts by how probable it has made the counts so far (Bayesian model averaging). No look back chooses a lag
/// or a ridge, so that the mixture's score is as honest as that of a single model, and that a class says nothing costs little.
/// </summary>
/// <remarks>
/// A small share of the weights is dealt out anew with every bin (fixed share: Herbster and Warmuth 1998), for an expert that is
/// best at first need not be later: a weak ridge takes over when enough has been seen (van Erven, Gruenwald and de Rooij 2012).
/// </remarks>
internal sealed class ExpertMixture
{
    private const double Share = 1e-4;

    private readonly double[] _weights, _nats;

    /// <summary>Makes one in which all count the same.</summary>
    /// <param name="experts">Lags times ridges.</param>
    public ExpertMixture(int experts)
    {
        (_weights, _nats) = (new double[experts + 1], new double[experts]);
        Array.Fill(_weights, 1.0 / _weights.Length);
    }

    /// <summary>Log-likelihood of an expert less that of the mean rate, over all bins, in nats.</summary>
    public ReadOnlySpan<double> Nats => _nats;

    /// <summary>Takes a bin.</summary>
    /// <param name="nats">Log-likelihood of the bin's count by each expert less that by the mean rate.</param>
    /// <returns>The same of the mixture.</returns>
    public double Take(ReadOnlySpan<double> nats)
    {
        var most = 0.0;
        foreach (var of in nats)
            most = Math.Max(most, of);
        var sum = _weights[^1] *= Math.Exp(-most);
        for (var e = 0; e < nats.Length; e++)
        {
            _nats[e] += nats[e];
            sum += _weights[e] *= Math.Exp(nats[e] - most);
        }
        foreach (ref var weight in _weights.AsSpan())
            weight = (weight * (1 - Share) / sum) + (Share / _weights.Length);
        return most + Math.Log(sum);
    }
}
