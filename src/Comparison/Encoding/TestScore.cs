namespace ClosedLoop.Comparison;

/// <summary>How well a model and the constant rate of its fit explain bins that it was not fitted to, added up bin by bin.</summary>
internal sealed class TestScore
{
    /// <summary>Log-likelihood of the model less that of the constant rate, in nats.</summary>
    public double Nats { get; private set; }

    /// <summary>Deviance of the model.</summary>
    public double Deviance { get; private set; }

    /// <summary>Deviance of the constant rate.</summary>
    public double ConstantDeviance { get; private set; }

    /// <summary>Spikes in these bins.</summary>
    public double Spikes { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Clear() => (Nats, Deviance, ConstantDeviance, Spikes) = (0, 0, 0, 0);

    /// <summary>Adds a bin.</summary>
    /// <param name="count">Observed.</param>
    /// <param name="logExpected">Log of what the model expects.</param>
    /// <param name="meanCount">What the constant rate expects.</param>
    public void Add(double count, double logExpected, double meanCount)
    {
        var (expected, logMean) = (Math.Exp(logExpected), Math.Log(meanCount));
        var saturated = count > 0 ? (count * Math.Log(count)) - count : 0;
        var (model, constant) = ((count * logExpected) - expected, (count * logMean) - meanCount);
        Nats += model - constant;
        Deviance += 2 * (saturated - model);
        ConstantDeviance += 2 * (saturated - constant);
        Spikes += count;
    }
}
