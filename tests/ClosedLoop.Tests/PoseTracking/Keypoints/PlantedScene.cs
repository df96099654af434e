using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>
/// Planted keypoints of an animal in view of six cameras, and networks that answer with maps of where they appear: the
/// truth is known to the whole chain from images to keypoints.
/// </summary>
internal sealed class PlantedScene : IDisposable
{
    public const double CropSizeM = 0.28;
    private readonly RandomStream _random = new(11, "scene");
    private readonly Lazy<PerViewKeypointEstimator> _estimator;

    public PlantedScene(int views = 6, int width = 320, int height = 240, EstimatorOptions? options = null)
    {
        Views = new(PlantedRig.Create(views, width, height), [.. Enumerable.Repeat((width, height, 3), views)]);
        Frames = new(Views.Images);
        Array.Fill(Frames.Present, true);
        Localising = new(views, 80, 60, 1, 20, 15) { Answer = LocalisingAnswer };
        Keypoints = new(views, 96, 96, 23, 48, 48) { Answer = KeypointAnswer };
        _estimator = new(() => new(KeypointLayout.Rat23, Views, Localising, Keypoints, CropSizeM, pose: null, options));
        NextPose();
    }

    public EstimatorViews Views { get; }

    public FrameSet Frames { get; }

    public PlantedMaps Localising { get; }

    public PlantedMaps Keypoints { get; }

    public PerViewKeypointEstimator Estimator => _estimator.Value;

    /// <summary>x, y, z of every keypoint, metres.</summary>
    public double[] Truth { get; } = new double[69];

    /// <summary>Views that do not see the animal, by their index.</summary>
    public HashSet<int> Blind { get; } = [];

    /// <summary>Adds further hills or moves one: view, keypoint, the true hill, to what is shown.</summary>
    public Func<int, int, (double X, double Y, double Mass), IEnumerable<(double X, double Y, double Mass)>> Trick { get; set; } = (_, _, hill) => [hill];

    /// <summary>The mean of SpineF, SpineM and SpineL.</summary>
    public double[] Centre => [.. Enumerable.Range(0, 3).Select(i => (Truth[9 + i] + Truth[12 + i] + Truth[15 + i]) / 3)];

    /// <summary>Moves the animal: a loose cloud of the size of a rat.</summary>
    public void NextPose()
    {
        var (x, y) = (_random.Uniform(-0.12, 0.12), _random.Uniform(-0.12, 0.12));
        for (var k = 0; k < 23; k++)
        {
            Truth[3 * k] = x + _random.Uniform(-0.07, 0.07);
            Truth[(3 * k) + 1] = y + _random.Uniform(-0.07, 0.07);
            Truth[(3 * k) + 2] = _random.Uniform(0.005, 0.09);
        }
        Frames.Stamp = new(Frames.Stamp.Sequence + 1, Frames.Stamp.DeviceCounter + 1, 0, Frames.Stamp.Captured + 20_000_000, Frames.Stamp.Captured + 21_000_000);
    }

    /// <summary>Distance of an estimate from the truth, metres.</summary>
    public double Error(Keypoints keypoints, int k)
    {
        var squared = 0.0;
        for (var i = 0; i < 3; i++)
            squared += Math.Pow(keypoints.Position(k)[i] - Truth[(3 * k) + i], 2);
        return Math.Sqrt(squared);
    }

    public void Dispose()
    {
        if (_estimator.IsValueCreated)
            Estimator.Dispose();
    }

    private IEnumerable<(double X, double Y, double Mass)> LocalisingAnswer(int view, int map)
    {
        if (Blind.Contains(view) || !Frames.Present[view])
            return [];
        var centre = Centre;
        var (u, v) = Views.Rig.Cameras[view].Project(centre[0], centre[1], centre[2]);
        var (width, height, _) = Views.Images[view];
        var box = Letterbox.Of(width, height, 80, 60);
        return [((((u + 0.5 - box.FirstU) / box.Scale / 4) - 0.5), ((v + 0.5 - box.FirstV) / box.Scale / 4) - 0.5, 0.95)];
    }

    private IEnumerable<(double X, double Y, double Mass)> KeypointAnswer(int view, int keypoint)
    {
        var window = Estimator.Windows[view];
        if (!window.IsValid)
            return [(24, 24, 1)];
        var (u, v) = Views.Rig.Cameras[view].Project(Truth[3 * keypoint], Truth[(3 * keypoint) + 1], Truth[(3 * keypoint) + 2]);
        var hill = (((((u - window.CentreU) / window.SidePx) + 0.5) * 48) - 0.5, ((((v - window.CentreV) / window.SidePx) + 0.5) * 48) - 0.5, 0.9);
        return Trick(view, keypoint, hill);
    }
}
