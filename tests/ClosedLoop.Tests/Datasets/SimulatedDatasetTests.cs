using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Datasets;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Datasets;

public sealed class SimulatedDatasetTests : IDisposable
{
    private static readonly SimulatedDatasetOptions Small = new(0.3, new() { Seed = 5, Appearance = 8, Rig = new() { WidthPx = 160, HeightPx = 120, Cameras = 3 } }, Threads: 2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Videos_calibration_and_truth_read_back_as_what_was_filmed()
    {
        var folder = Make("data");
        Assert.Equal(15, SimulatedDataset.Write(folder, Small, null, default));

        var calibration = RigCalibrationFile.Load(Path.Combine(folder, "calibration.yaml")).Rig;
        using var truth = KeypointFile.Open(Path.Combine(folder, "truth.csv"));
        using var videos = VideoFrameSource.Open(folder, [.. calibration.Cameras.Select(camera => camera.Name)]);
        using var views = new SimulatedViews(Small.Views);
        Assert.Equal((15, 50.0), (truth.FrameCount, truth.RateHz));
        Assert.Equal((15, 50.0), (videos.SetCount, videos.RateHz));
        var images = views.Rig.Cameras.Select(_ => new byte[3 * 160 * 120]).ToArray();
        var (set, keypoints) = (new FrameSet(videos.Cameras), new Keypoints(truth.Layout));
        for (var frame = 0; frame < 15; frame++)
        {
            views.Next();
            views.Photograph(images);
            Assert.True(videos.TryRead(set, default) && truth.TryRead(keypoints, default));
            for (var i = 0; i < keypoints.Positions.Length; i++)
                Assert.Equal(views.KeypointPositions[i], keypoints.Positions[i], 1e-6);
            for (var camera = 0; camera < 3; camera++)
            {
                Assert.True(set.Present[camera]);
                // The codec loses a little of the brightness, less than the noise of a good camera; of colour it keeps a quarter.
                double Brightness(byte[] rgb, int pixel) => (0.299 * rgb[3 * pixel]) + (0.587 * rgb[(3 * pixel) + 1]) + (0.114 * rgb[(3 * pixel) + 2]);
                var loss = Enumerable.Range(0, 160 * 120).Average(pixel => Math.Abs(Brightness(images[camera], pixel) - Brightness(set.Pixels[camera], pixel)));
                Assert.True(loss < 3, $"frame {frame} of camera {camera} differs by {loss:F1} levels");
            }
        }
        Assert.False(videos.TryRead(set, default));
        for (var camera = 0; camera < 3; camera++)
        {
            var (u, v) = views.Rig.Cameras[camera].Project(0.1, -0.05, 0.03);
            var (u2, v2) = calibration.Cameras[camera].Project(0.1, -0.05, 0.03);
            Assert.Equal(u, u2, 1e-4);
            Assert.Equal(v, v2, 1e-4);
        }
        Assert.Contains("frames: 15", File.ReadAllText(Path.Combine(folder, "dataset.yaml")));
        Assert.Equal(16, File.ReadAllLines(Path.Combine(folder, "behaviour.csv")).Length);
    }

    [Fact]
    public void A_stopped_dataset_has_the_same_number_of_frames_everywhere()
    {
        using var stop = new CancellationTokenSource();
        var folder = Make("stopped");
        var frames = SimulatedDataset.Write(folder, Small with { Seconds = 60 }, written => { if (written == 4) stop.Cancel(); }, stop.Token);
        Assert.InRange(frames, 4, 2000);
        using var truth = KeypointFile.Open(Path.Combine(folder, "truth.csv"));
        Assert.Equal(frames, truth.FrameCount);
        using var videos = VideoFrameSource.Open(folder);
        var set = new FrameSet(videos.Cameras);
        var sets = 0;
        while (videos.TryRead(set, default))
        {
            Assert.All(set.Present, Assert.True);
            sets++;
        }
        Assert.Equal(frames, sets);
        Assert.Contains($"frames: {frames}", File.ReadAllText(Path.Combine(folder, "dataset.yaml")));
    }

    private string Make(string name)
    {
        Directory.CreateDirectory(_folder[name]);
        return _folder[name];
    }
}
