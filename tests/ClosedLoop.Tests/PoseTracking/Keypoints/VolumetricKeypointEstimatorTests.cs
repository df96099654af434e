using ClosedLoop.Core;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>What the volumetric network is given, and what is made of its answers.</summary>
public sealed class VolumetricKeypointEstimatorTests
{
    [Fact]
    public void Images_calibrations_and_centre_reach_the_network_and_its_answers_come_back()
    {
        using var scene = new PlantedScene();
        var network = new PlantedVolume(6, 320, 240, withWeights: true);
        new Random(1).NextBytes(scene.Frames.Pixels[2]);
        using var estimator = new VolumetricKeypointEstimator(KeypointLayout.Rat23, scene.Views, scene.Localising, network);
        network.Answer = () => (scene.Truth, 0.8);
        var keypoints = estimator.Process(scene.Frames);
        for (var k = 0; k < 23; k++)
            Assert.True(scene.Error(keypoints, k) < 1e-6);
        Assert.All(keypoints.Confidence, confidence => Assert.Equal(0.8f, confidence));
        Assert.Equal(scene.Frames.Pixels[2], network.Image(2).ToArray());
        var camera = scene.Views.Rig.Cameras[3];
        Assert.Equal([(float)camera.FocalXPx, (float)camera.FocalYPx, (float)camera.CentreXPx, (float)camera.CentreYPx], network.Intrinsics.Slice(12, 4).ToArray());
        Assert.Equal((float)camera.Rotation[5], network.Rotation[27 + 5]);
        Assert.Equal((float)camera.TranslationM[2], network.Translation[9 + 2]);
        Assert.Equal((float)camera.Distortion[4], network.Distortion[15 + 4]);
        Assert.Equal(scene.Centre[0], network.Centre[0], 0.004);
        Assert.Equal([1, 1, 1, 1, 1, 1], network.Weights.ToArray());
        Assert.Equal(6, estimator.Quality.ViewsUsed[0]);
        Assert.Equal(["localise", "copy", "volume"], estimator.Latencies.Select(latency => latency.Name));
    }

    [Fact]
    public void A_missing_view_is_black_and_weighs_nothing()
    {
        using var scene = new PlantedScene();
        Array.Fill(scene.Frames.Pixels[5], (byte)99);
        var network = new PlantedVolume(6, 320, 240, withWeights: true) { Answer = () => (scene.Truth, 0.5) };
        using var estimator = new VolumetricKeypointEstimator(KeypointLayout.Rat23, scene.Views, scene.Localising, network);
        _ = estimator.Process(scene.Frames);
        Assert.Equal(99, network.Image(5)[0]);
        scene.Frames.Present[5] = false;
        _ = estimator.Process(scene.Frames);
        Assert.Equal([1, 1, 1, 1, 1, 0], network.Weights.ToArray());
        Assert.All(network.Image(5).ToArray(), value => Assert.Equal(0, value));
        Assert.Equal(5, estimator.Quality.ViewsUsed[0]);
    }

    [Fact]
    public void Views_of_other_sizes_and_grey_ones_are_padded_to_the_right_and_below()
    {
        var rig = PlantedRig.Create();
        rig = new([.. rig.Cameras.Select((camera, v) => v == 1 ? camera with { WidthPx = 100, HeightPx = 50 } : camera)]);
        var views = new EstimatorViews(rig, [.. Enumerable.Range(0, 6).Select(v => v == 1 ? (100, 50, 1) : (320, 240, 3))]);
        using var scene = new PlantedScene();
        var frames = new FrameSet(views.Images);
        Array.Fill(frames.Present, true);
        Array.Fill(frames.Pixels[1], (byte)7);
        var network = new PlantedVolume(6, 320, 240, withWeights: false) { Answer = () => (scene.Truth, 0.5) };
        using var estimator = new VolumetricKeypointEstimator(KeypointLayout.Rat23, views, scene.Localising, network);
        Assert.Equal(23, estimator.Process(frames).PresentCount);
        var image = network.Image(1).ToArray();
        Assert.Equal(100 * 50 * 3, image.Count(value => value == 7));
        Assert.Equal((7, 7, 0, 0), (image[(((49 * 320) + 99) * 3) + 2], image[0], image[(50 * 320) * 3], image[100 * 3]));
        Assert.True(network.Weights.IsEmpty);
    }

    [Fact]
    public void Answers_that_are_not_numbers_are_missing_keypoints()
    {
        using var scene = new PlantedScene();
        var network = new PlantedVolume(6, 320, 240, withWeights: true) { Answer = () => ([.. Enumerable.Repeat(double.NaN, 69)], 0.5) };
        using var estimator = new VolumetricKeypointEstimator(KeypointLayout.Rat23, scene.Views, scene.Localising, network);
        Assert.Equal(0, estimator.Process(scene.Frames).PresentCount);
    }

    private sealed class PlantedVolume(int views, int width, int height, bool withWeights) : IVolumetricNetwork
    {
        private readonly byte[][] _images = [.. Enumerable.Range(0, views).Select(_ => new byte[width * height * 3])];
        private readonly float[] _numbers = new float[(4 + 5 + 9 + 3 + 1) * views + 3];
        private readonly float[] _positions = new float[69];
        private readonly float[] _confidence = new float[23];

        public Func<(double[] Positions, double Confidence)> Answer { get; set; } = () => default;

        public string Device => "planted";

        public int Views => views;

        public int Width => width;

        public int Height => height;

        public int KeypointCount => 23;

        public Span<float> Intrinsics => _numbers.AsSpan(0, 4 * views);

        public Span<float> Distortion => _numbers.AsSpan(4 * views, 5 * views);

        public Span<float> Rotation => _numbers.AsSpan(9 * views, 9 * views);

        public Span<float> Translation => _numbers.AsSpan(18 * views, 3 * views);

        public Span<float> Weights => withWeights ? _numbers.AsSpan(21 * views, views) : [];

        public Span<float> Centre => _numbers.AsSpan(22 * views, 3);

        public ReadOnlySpan<float> Positions => _positions;

        public ReadOnlySpan<float> Confidence => _confidence;

        public Span<byte> Image(int view) => _images[view];

        public void Run()
        {
            var (positions, confidence) = Answer();
            for (var i = 0; i < 69; i++)
                _positions[i] = (float)positions[i];
            Array.Fill(_confidence, (float)confidence);
        }

        public void Dispose()
        {
        }
    }
}
