using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class AnimalFitterTests
{
    [Fact]
    public void Size_and_floor_of_a_planted_animal_are_found()
    {
        var animal = PlantedAnimal.Fit.Animal;
        Assert.Equal(PlantedAnimal.Scale, animal.Scale, 0.01 * PlantedAnimal.Scale);
        Assert.Equal(PlantedAnimal.FloorM, animal.FloorHeightM, 1e-3);
        Assert.InRange(animal.Statistics.UnusedMeanMm, 0, 0.3);
        Assert.Equal(100, animal.Statistics.FramesUsed);
        Assert.Equal(500, animal.Statistics.FramesGiven);
    }

    [Fact]
    public void Offsets_of_a_planted_animal_are_found()
    {
        var truth = PlantedAnimal.Instance.Truth;
        var errors = PlantedAnimal.Fit.Animal.Offsets.Select((o, k) => Distance([o.X, o.Y, o.Z], truth.Offset(k))).ToArray();
        Assert.InRange(errors.Average(), 0, 1e-3);
    }

    [Fact]
    public void A_fit_to_noisy_keypoints_with_gaps_is_near_the_truth()
    {
        var planted = PlantedAnimal.Instance;
        var random = new Random(8);
        var frames = planted.Keypoints(noiseM: 0.002);
        foreach (var frame in frames)
            for (var k = 0; k < 23; k++)
                if (random.NextDouble() < 0.05)
                    frame.Position(k).Fill(double.NaN);
                else if (random.NextDouble() < 0.01)
                    frame.Position(k)[0] += 0.1;
        var animal = AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, new() { Seed = 2 }).Animal;
        Assert.Equal(PlantedAnimal.Scale, animal.Scale, 0.02 * PlantedAnimal.Scale);
        Assert.Equal(PlantedAnimal.FloorM, animal.FloorHeightM, 2e-3);
        var errors = animal.Offsets.Select((o, k) => Distance([o.X, o.Y, o.Z], planted.Truth.Offset(k))).ToArray();
        Assert.InRange(errors.Average(), 0, 2.5e-3);
    }

    [Fact]
    public void The_same_frames_and_seed_give_the_same_animal_to_the_last_bit()
    {
        var planted = PlantedAnimal.Instance;
        var frames = planted.Keypoints(noiseM: 0.001).Take(150).ToList();
        var options = new AnimalFitOptions { Samples = 20, Rounds = 2 };
        var first = AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, options);
        var second = AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, options);
        Assert.Equal(first.Animal.ToYaml(), second.Animal.ToYaml());
        Assert.Equal(first.Samples, second.Samples);
        Assert.NotEqual(first.Samples, AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, options with { Seed = 9 }).Samples);
    }

    [Fact]
    public void Too_few_usable_frames_are_refused_with_a_sentence()
    {
        var planted = PlantedAnimal.Instance;
        var frames = planted.Keypoints().Take(10).ToList();
        foreach (var frame in frames.Skip(3))
            frame.Clear();
        var error = Assert.Throws<ClosedLoopException>(() => AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, frames, new()));
        Assert.Equal(1, error.ExitCode);
        Assert.Contains("of 10 frames only 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fit_can_be_cancelled()
    {
        var planted = PlantedAnimal.Instance;
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAtOnce(cancellation);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            AnimalFitter.Fit(planted.Description, KeypointLayout.Rat23, planted.Keypoints(), new(), progress, cancellation.Token));
    }

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        Math.Sqrt(Math.Pow(a[0] - b[0], 2) + Math.Pow(a[1] - b[1], 2) + Math.Pow(a[2] - b[2], 2));

    private sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<string>
    {
        public void Report(string value) => source.Cancel();
    }
}
