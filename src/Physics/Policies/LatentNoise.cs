namespace ClosedLoop.Physics;

/// <summary>How the latent's noise is drawn: as the network has it, or as the experiments on variability change it.</summary>
public enum LatentNoise
{
    /// <summary>The network's own standard deviations.</summary>
    Standard,

    /// <summary>The same standard deviations with their ranks reversed: the surest dimension becomes the least sure.</summary>
    Inverted,

    /// <summary>One standard deviation for all dimensions, of the same total variance.</summary>
    Uniform,

    /// <summary>None: the latent is its mean.</summary>
    None,
}
