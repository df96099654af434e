using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>How a policy's network is run.</summary>
public sealed record PolicyOptions
{
    /// <summary>Seed of the latent's noise: the same seed gives the same run, bit for bit.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How the noise is drawn.</summary>
    public LatentNoise Noise { get; init; } = LatentNoise.Standard;

    /// <summary>The noise is so many times as strong.</summary>
    public double NoiseGain { get; init; } = 1;

    /// <summary>
    /// How often the latent is drawn again at each step to see how the action varies with it; 0: not at all. The paper's
    /// analyses take 50.
    /// </summary>
    public int Resamples { get; init; }

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (!(NoiseGain >= 0 && double.IsFinite(NoiseGain)) || Resamples is < 0 or 1 or > 10_000)
            throw ClosedLoopException.Usage($"a policy with a noise gain of {NoiseGain} and {Resamples} resamples cannot be; give a gain of 0 or more, and no resamples or 2 to 10000");
    }
}
