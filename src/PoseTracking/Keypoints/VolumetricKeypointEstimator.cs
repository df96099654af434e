using System.Diagnostics;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Keypoints as DANNCE finds them (Dunn et al., Nature Methods 2021): the animal is localised, and a network that gets
/// all images and calibrations at once fills a metric cube about it with what the views see there and says where in it
/// each keypoint is. The projection happens inside the network.
/// </summary>
/// <remarks>
/// Views of different sizes are padded with black to the right and below, which leaves their calibrations as they are.
/// A missing view is black, and has the weight 0 where the network takes weights.
/// </remarks>
public sealed class VolumetricKeypointEstimator : KeypointEstimator
{
    private readonly IVolumetricNetwork _network;
    private readonly Action<int> _copy;
    private readonly LatencyHistogram _copying = new("copy");
    private readonly LatencyHistogram _computing = new("volume");

    /// <summary>Makes an estimator; it owns the networks.</summary>
    /// <param name="layout">The keypoints that the network finds.</param>
    /// <param name="views">The views.</param>
    /// <param name="localising">The network that finds the animal: one map a view.</param>
    /// <param name="network">The network that finds keypoints.</param>
    /// <param name="options">How.</param>
    /// <param name="workers">Threads to work with; null: as the options say, and its own.</param>
    /// <exception cref="ClosedLoopException">The networks are made for other views, sizes or keypoints.</exception>
    public VolumetricKeypointEstimator(
        KeypointLayout layout, EstimatorViews views, IViewNetwork localising, IVolumetricNetwork network,
        EstimatorOptions? options = null, WorkerTeam? workers = null)
        : base(layout, views, localising, Checked(layout, views, network, options), workers)
    {
        _network = network;
        Latencies = [LocalisingLatency, _copying, _computing];
        _copy = Copy;
        WriteCalibrations();
    }

    /// <inheritdoc/>
    public override string Device => _network.Device;

    /// <inheritdoc/>
    public override IReadOnlyList<LatencyHistogram> Latencies { get; }

    /// <summary>The size of image that holds every view.</summary>
    public static (int Width, int Height) SizeFor(EstimatorViews views) =>
        (views.Images.Max(image => image.Width), views.Images.Max(image => image.Height));

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _network.Dispose();
    }

    private void WriteCalibrations()
    {
        for (var v = 0; v < Views.Count; v++)
        {
            var camera = Views.Rig.Cameras[v];
            if (Math.Abs(camera.SkewPx) > 1)
                throw ClosedLoopException.Usage(FormattableString.Invariant($"the camera '{camera.Name}' has a skew of {camera.SkewPx:G4} px, which the volumetric networks do not know; use the model fast, or calibrate the rig again"));
            ReadOnlySpan<double> intrinsics = [camera.FocalXPx, camera.FocalYPx, camera.CentreXPx, camera.CentreYPx];
            Write(intrinsics, _network.Intrinsics.Slice(4 * v, 4));
            Write(camera.Distortion, _network.Distortion.Slice(5 * v, 5));
            Write(camera.Rotation, _network.Rotation.Slice(9 * v, 9));
            Write(camera.TranslationM, _network.Translation.Slice(3 * v, 3));
        }

        static void Write(ReadOnlySpan<double> from, Span<float> to)
        {
            for (var i = 0; i < from.Length; i++)
                to[i] = (float)from[i];
        }
    }

    // NB: before the base makes threads: an estimator that is refused leaves none behind.
    private static EstimatorOptions Checked(KeypointLayout layout, EstimatorViews views, IVolumetricNetwork network, EstimatorOptions? options)
    {
        var checkedOptions = Checked(options);
        if (network.Views != views.Count || network.KeypointCount != layout.Count)
            throw ClosedLoopException.Failed($"the volumetric network finds {network.KeypointCount} keypoints in {network.Views} views; {layout.Count} in {views.Count} are needed");
        var (width, height) = SizeFor(views);
        if (network.Width < width || network.Height < height)
            throw ClosedLoopException.Failed($"the volumetric network takes images of {network.Width} x {network.Height} pixels, and the largest view has {width} x {height}");
        return checkedOptions;
    }

    private protected override void Estimate()
    {
        var started = Stopwatch.GetTimestamp();
        Workers.For(_copy, Views.Count);
        var centre = Quality.Centre;
        var target = _network.Centre;
        (target[0], target[1], target[2]) = ((float)centre.X, (float)centre.Y, (float)centre.Z);
        var copied = Stopwatch.GetTimestamp();
        _network.Run();
        _copying.Record((long)Stopwatch.GetElapsedTime(started, copied).TotalNanoseconds);
        _computing.Record((long)Stopwatch.GetElapsedTime(copied).TotalNanoseconds);
        for (var k = 0; k < Layout.Count; k++)
        {
            var position = Found.Position(k);
            var found = _network.Positions.Slice(3 * k, 3);
            var confidence = _network.Confidence[k];
            if (!float.IsFinite(found[0] + found[1] + found[2]) || !float.IsFinite(confidence))
                continue;
            (position[0], position[1], position[2]) = (found[0], found[1], found[2]);
            Found.Confidence[k] = Math.Clamp(confidence, 0, 1);
            Quality.ViewsUsed[k] = Quality.ViewsPresent;
        }
    }

    private void Copy(int view)
    {
        var frames = Frames!;
        var (width, height, channels) = Views.Images[view];
        var image = _network.Image(view);
        if (_network.Weights is { IsEmpty: false } weights)
            weights[view] = frames.Present[view] ? 1 : 0;
        if (!frames.Present[view])
        {
            image.Clear();
            return;
        }
        // Bytes beyond the view were zero when the memory was made, or were cleared with the view.
        ReadOnlySpan<byte> pixels = frames.Pixels[view];
        for (var y = 0; y < height; y++)
        {
            var row = pixels.Slice(y * width * channels, width * channels);
            var target = image.Slice(y * _network.Width * 3, width * 3);
            if (channels == 3)
                row.CopyTo(target);
            else
                for (var x = 0; x < width; x++)
                    (target[3 * x], target[(3 * x) + 1], target[(3 * x) + 2]) = (row[x], row[x], row[x]);
        }
    }
}
