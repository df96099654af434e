using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>How many simulated views are made to train keypoint networks on, and of what.</summary>
public sealed record TrainingSetOptions
{
    /// <summary>Number of sets: simultaneous images of all cameras with the true keypoints.</summary>
    public int Sets { get; init; } = 12_000;

    /// <summary>Seed of everything. A set depends on the seed and its own number alone.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads that draw.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Number of cameras.</summary>
    public int Cameras { get; init; } = 6;

    /// <summary>Width of the images, pixels.</summary>
    public int WidthPx { get; init; } = 320;

    /// <summary>Height of the images, pixels.</summary>
    public int HeightPx { get; init; } = 240;

    /// <summary>Share of sets without an animal.</summary>
    public double EmptyShare { get; init; } = 0.03;

    /// <summary>Sets from one animal's life: one size and one way of moving.</summary>
    public int SetsPerLife { get; init; } = 40;

    /// <summary>Sets with the same coat, arena and cameras.</summary>
    public int SetsPerScene { get; init; } = 20;

    /// <summary>Number of lives that the sets are taken from.</summary>
    public int Lives => (Sets + SetsPerLife - 1) / SetsPerLife;

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="ClosedLoopException">An option is out of its range.</exception>
    public void Check()
    {
        if (Sets < 1 || SetsPerLife < 1 || SetsPerScene < 1)
            throw ClosedLoopException.Usage($"a training set of {Sets} sets was asked for; ask for at least 1");
        if (Threads is < 1 or > 256)
            throw ClosedLoopException.Usage($"{Threads} drawing threads were asked for; give 1 to 256");
        if (!(EmptyShare is >= 0 and <= 1))
            throw ClosedLoopException.Usage($"a share of {EmptyShare} sets without an animal was asked for; it goes from 0 to 1");
    }
}
