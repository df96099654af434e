using ClosedLoop.Core;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>What a pose network says of the keypoints as a whole is taken over, and nothing else is.</summary>
public sealed class PoseRefinementTests
{
    [Fact]
    public void Keypoints_move_to_where_the_network_says_and_their_reprojection_is_that_of_the_new_places()
    {
        using var scene = new PlantedScene();
        using var pose = new PlantedPose(23) { ShiftM = 0.01f };
        using var estimator = Estimator(scene, pose);
        var before = scene.Estimator.Process(scene.Frames);
        var reprojection = scene.Estimator.Quality.ReprojectionPx.ToArray();
        var after = estimator.Process(scene.Frames);
        for (var k = 0; k < 23; k++)
        {
            Assert.Equal(before.Position(k)[0] + 0.01, after.Position(k)[0], 1e-6);
            Assert.Equal(before.Position(k)[1], after.Position(k)[1], 1e-6);
            Assert.Equal(before.Confidence[k], after.Confidence[k]);
            Assert.Equal(0.002, estimator.Quality.SigmaM[k], 1e-6);
            // 10 mm along x are some pixels in most views.
            Assert.InRange(estimator.Quality.ReprojectionPx[k], reprojection[k] + 1, 8);
        }
        // It was told what was found, and a covariance that is one: symmetric, with room in every direction.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(before.Position(4)[i], pose.Found[(3 * 4) + i], 1e-6);
            Assert.True(pose.Covariance[(9 * 4) + (4 * i)] > 0);
        }
        Assert.Equal(pose.Covariance[(9 * 4) + 1], pose.Covariance[(9 * 4) + 3]);
        Assert.Contains(estimator.Latencies, latency => latency is { Count: 1 } && latency.Name == "pose network");
    }

    [Fact]
    public void What_was_not_found_stays_missing_and_with_less_than_half_nothing_moves()
    {
        using var scene = new PlantedScene();
        using var pose = new PlantedPose(23) { ShiftM = 0.01f };
        using var estimator = Estimator(scene, pose);
        var lost = 3;
        // Every view sees such a keypoint elsewhere: no two agree.
        scene.Trick = (view, keypoint, hill) => keypoint < lost ? [(4 + (7 * view), keypoint % 2 == 0 ? 40 - (5 * view) : 3 + (6 * view), 0.9)] : [hill];
        scene.NextPose();
        var plain = scene.Estimator.Process(scene.Frames);
        var missing = Enumerable.Range(0, 23).Where(k => !plain.IsPresent(k)).ToArray();
        var refined = estimator.Process(scene.Frames);
        Assert.Equal(missing, Enumerable.Range(0, 23).Where(k => !refined.IsPresent(k)));
        Assert.All(missing, k => Assert.Equal(0, pose.Seen[k]));
        Assert.Equal(plain.Position(10)[0] + 0.01, refined.Position(10)[0], 1e-6);

        for (var view = 0; view < 5; view++)
            scene.Frames.Present[view] = false;
        var runs = pose.Runs;
        _ = estimator.Process(scene.Frames);
        Assert.Equal(runs, pose.Runs);
    }

    [Fact]
    public void A_network_that_answers_with_no_number_changes_nothing()
    {
        using var scene = new PlantedScene();
        using var pose = new PlantedPose(23) { ShiftM = float.NaN };
        using var estimator = Estimator(scene, pose);
        Assert.Equal(scene.Estimator.Process(scene.Frames).Positions, estimator.Process(scene.Frames).Positions);
    }

    [Fact]
    public void It_is_left_out_on_request_refused_for_other_keypoints_and_allocates_nothing()
    {
        using var scene = new PlantedScene();
        using var pose = new PlantedPose(23) { ShiftM = 0.01f };
        using var without = Estimator(scene, pose, new() { Refine = false });
        Assert.Equal(scene.Estimator.Process(scene.Frames).Positions, without.Process(scene.Frames).Positions);
        Assert.Equal(0, pose.Runs);
        var refused = Assert.Throws<ClosedLoopException>(() => Estimator(scene, new PlantedPose(20)));
        Assert.Contains("takes 20 keypoints", refused.Message, StringComparison.Ordinal);

        var refinement = new PoseRefinement(pose);
        var (found, quality) = (new Keypoints(KeypointLayout.Rat23), scene.Estimator.Quality);
        scene.Estimator.Process(scene.Frames).Positions.CopyTo(found.Positions, 0);
        Assert.True(refinement.Apply(found, quality));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
            _ = refinement.Apply(found, quality);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static PerViewKeypointEstimator Estimator(PlantedScene scene, IPoseNetwork pose, EstimatorOptions? options = null) =>
        new(KeypointLayout.Rat23, scene.Views, scene.Localising, scene.Keypoints, PlantedScene.CropSizeM, pose, options);

    /// <summary>A network that moves everything along x.</summary>
    private sealed class PlantedPose(int keypoints) : IPoseNetwork
    {
        private readonly float[] _found = new float[3 * keypoints], _covariance = new float[9 * keypoints], _seen = new float[keypoints];
        private readonly float[] _positions = new float[3 * keypoints];
        private readonly float[] _sigma = [.. Enumerable.Repeat(0.002f, keypoints)];

        public float ShiftM { get; init; }

        public int Runs { get; private set; }

        public int KeypointCount => keypoints;

        public Span<float> Found => _found;

        public Span<float> Covariance => _covariance;

        public Span<float> Seen => _seen;

        public ReadOnlySpan<float> Positions => _positions;

        public ReadOnlySpan<float> SigmaM => _sigma;

        public void Run()
        {
            Runs++;
            for (var i = 0; i < _found.Length; i++)
                _positions[i] = _found[i] + (i % 3 == 0 ? ShiftM : 0);
        }

        public void Dispose()
        {
        }
    }
}
