using System.Diagnostics;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Keypoints the fast way: the animal is localised, every view is cropped about it, a network makes a map of
/// probabilities of every keypoint in every crop, the places in the views are triangulated, and a pose network, where
/// there is one, looks at all of them together.
/// </summary>
/// <remarks>Each view may offer two places for a keypoint, so that left and right that one view exchanges are set right by the others.</remarks>
public sealed class PerViewKeypointEstimator : KeypointEstimator
{
    private readonly IViewNetwork _network;
    private readonly double _cropSizeM;
    private readonly HeatmapDecoder _decoder = new();
    private readonly Triangulator[] _triangulators;
    private readonly ViewResampler[] _resamplers;
    private readonly CropWindow[] _windows;
    private readonly ImagePoint[] _places;
    private readonly int[] _placeCounts;
    private readonly Action<int> _crop;
    private readonly Action<int> _decode;
    private readonly Action<int> _triangulate;
    private readonly LatencyHistogram _cropping = new("crop");
    private readonly LatencyHistogram _computing = new("heatmaps");
    private readonly LatencyHistogram _joining = new("decode and triangulate");
    private readonly LatencyHistogram _refining = new("pose network");
    private readonly IPoseNetwork? _pose;
    private readonly PoseRefinement? _refinement;

    /// <summary>Makes an estimator; it owns the networks.</summary>
    /// <param name="layout">The keypoints that the network finds.</param>
    /// <param name="views">The views.</param>
    /// <param name="localising">The network that finds the animal: one map a view.</param>
    /// <param name="network">The network that finds keypoints: a map per keypoint and view.</param>
    /// <param name="cropSizeM">Side of the crops at the animal's depth, metres.</param>
    /// <param name="pose">The network that looks at all keypoints together; null: none.</param>
    /// <param name="options">How.</param>
    /// <param name="workers">Threads to work with; null: as the options say, and its own.</param>
    /// <exception cref="ClosedLoopException">The networks are made for other views or keypoints.</exception>
    public PerViewKeypointEstimator(
        KeypointLayout layout, EstimatorViews views, IViewNetwork localising, IViewNetwork network, double cropSizeM,
        IPoseNetwork? pose = null, EstimatorOptions? options = null, WorkerTeam? workers = null)
        : base(layout, views, localising, Checked(layout, views, network, cropSizeM, pose, options), workers)
    {
        (_network, _cropSizeM, _pose) = (network, cropSizeM, pose);
        _refinement = pose is not null && Options.Refine ? new(pose) : null;
        _triangulators = [.. Enumerable.Range(0, layout.Count).Select(_ => new Triangulator(views.Rig, Options.Triangulation))];
        _resamplers = [.. views.Images.Select(image => new ViewResampler(image, network.InputWidth, network.InputHeight))];
        _windows = new CropWindow[views.Count];
        // Place, then view, then keypoint: a keypoint's places lie together.
        _places = new ImagePoint[layout.Count * views.Count * 2];
        _placeCounts = new int[layout.Count * views.Count];
        Latencies = [LocalisingLatency, _cropping, _computing, _joining, .. _refinement is null ? (LatencyHistogram[])[] : [_refining]];
        (_crop, _decode, _triangulate) = (Crop, Decode, Triangulate);
    }

    /// <inheritdoc/>
    public override string Device => _network.Device;

    /// <inheritdoc/>
    public override IReadOnlyList<LatencyHistogram> Latencies { get; }

    /// <summary>Where each view was cropped for the last set.</summary>
    public ReadOnlySpan<CropWindow> Windows => _windows;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _network.Dispose();
        _pose?.Dispose();
    }

    // NB: before the base makes threads: an estimator that is refused leaves none behind.
    private static EstimatorOptions Checked(
        KeypointLayout layout, EstimatorViews views, IViewNetwork network, double cropSizeM, IPoseNetwork? pose, EstimatorOptions? options)
    {
        var checkedOptions = Checked(options);
        if (network.Views != views.Count || network.Maps != layout.Count)
            throw ClosedLoopException.Failed($"the keypoint network makes {network.Maps} maps of {network.Views} views; {layout.Count} maps of {views.Count} views are needed");
        if (!(cropSizeM > 0))
            throw ClosedLoopException.Failed($"a crop of {cropSizeM} m cannot be");
        if (pose is not null && pose.KeypointCount != layout.Count)
            throw ClosedLoopException.Failed($"the pose network takes {pose.KeypointCount} keypoints, and the keypoint network finds {layout.Count}");
        return checkedOptions;
    }

    private protected override void Estimate()
    {
        var started = Stopwatch.GetTimestamp();
        Workers.For(_crop, Views.Count);
        var cropped = Stopwatch.GetTimestamp();
        _network.Run();
        var computed = Stopwatch.GetTimestamp();
        Workers.For(_decode, Views.Count);
        Workers.For(_triangulate, Layout.Count);
        _cropping.Record((long)Stopwatch.GetElapsedTime(started, cropped).TotalNanoseconds);
        _computing.Record((long)Stopwatch.GetElapsedTime(cropped, computed).TotalNanoseconds);
        var joined = Stopwatch.GetTimestamp();
        _joining.Record((long)Stopwatch.GetElapsedTime(computed, joined).TotalNanoseconds);
        if (_refinement is null)
            return;
        if (_refinement.Apply(Found, Quality))
            for (var k = 0; k < Layout.Count; k++)
            {
                var position = Found.Position(k);
                Quality.ReprojectionPx[k] = _triangulators[k].ReprojectionPx(position[0], position[1], position[2]);
            }
        _refining.Record((long)Stopwatch.GetElapsedTime(joined).TotalNanoseconds);
    }

    private void Crop(int view)
    {
        var (frames, centre) = (Frames!, Quality.Centre);
        var window = CropWindow.None;
        if (frames.Present[view] && Quality.Presence[view] >= Options.MinimumViewPresence)
            window = CropWindow.About(Views.Rig.Cameras[view], centre.X, centre.Y, centre.Z, _cropSizeM);
        _windows[view] = window;
        // A window of no view is black.
        _resamplers[view].Crop(frames.Pixels[view], window, _network.Input(view));
    }

    private void Decode(int view)
    {
        var window = _windows[view];
        var maps = _network.Output(view);
        var (width, height) = (_network.MapWidth, _network.MapHeight);
        for (var k = 0; k < Layout.Count; k++)
        {
            var slot = (k * Views.Count) + view;
            _placeCounts[slot] = 0;
            if (!window.IsValid)
                continue;
            var found = _decoder.Decode(maps.Slice(k * width * height, width * height), width, out var first, out var second);
            _placeCounts[slot] = found;
            if (found > 0)
                _places[2 * slot] = ToView(view, window, first);
            if (found > 1)
                _places[(2 * slot) + 1] = ToView(view, window, second);
        }
    }

    private ImagePoint ToView(int view, in CropWindow window, in HeatmapMode mode)
    {
        var (sx, sy) = (window.SidePx / _network.MapWidth, window.SidePx / _network.MapHeight);
        var (u, _) = window.ToView(mode.X, mode.Y, _network.MapWidth);
        var (_, v) = window.ToView(mode.X, mode.Y, _network.MapHeight);
        return new(view, u, v, mode.VarianceXX * sx * sx, mode.VarianceXY * sx * sy, mode.VarianceYY * sy * sy, mode.Mass);
    }

    private void Triangulate(int keypoint)
    {
        Span<ImagePoint> places = stackalloc ImagePoint[2 * Triangulator.MaximumViews];
        var count = 0;
        for (var v = 0; v < Views.Count; v++)
        {
            var slot = (keypoint * Views.Count) + v;
            for (var i = 0; i < _placeCounts[slot]; i++)
                places[count++] = _places[(2 * slot) + i];
        }
        var point = _triangulators[keypoint].Triangulate(places[..count]);
        var position = Found.Position(keypoint);
        (position[0], position[1], position[2]) = (point.X, point.Y, point.Z);
        Found.Confidence[keypoint] = (float)point.Confidence;
        Quality.ReprojectionPx[keypoint] = point.ReprojectionPx;
        Quality.SigmaM[keypoint] = point.Covariance.SigmaM;
        Quality.Covariance[keypoint] = point.Covariance;
        Quality.ViewsUsed[keypoint] = point.ViewsUsed;
    }
}
