using System.Diagnostics;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Finds where the animal is: every whole view, made small, goes through a network that says how probably the animal's
/// centre (the mean of SpineF, SpineM and SpineL) is in each of its cells; the views that see it are triangulated.
/// </summary>
/// <remarks>The sum over a view's cells is the probability that the animal is in it at all.</remarks>
public sealed class AnimalLocaliser : IDisposable
{
    // Half a cell is what a coarse map knows at best; the centre of a body is not a mark on it either.
    private const double FloorCells = 0.35;

    private readonly EstimatorViews _views;
    private readonly IViewNetwork _network;
    private readonly WorkerTeam _workers;
    private readonly double _minimumPresence;
    private readonly HeatmapDecoder _decoder = new(FloorCells);
    private readonly Triangulator _triangulator;
    private readonly ViewResampler[] _resamplers;
    private readonly Letterbox[] _boxes;
    private readonly ImagePoint[] _places;
    private readonly Action<int> _shrink;
    private FrameSet? _frames;

    /// <summary>Makes a localiser; it owns the network.</summary>
    /// <param name="views">The views.</param>
    /// <param name="network">The network: one map a view.</param>
    /// <param name="workers">Threads to work with; not its own.</param>
    /// <param name="minimumPresence">A view sees the animal where it is at least so probable.</param>
    /// <exception cref="ClosedLoopException">The network is made for other views.</exception>
    public AnimalLocaliser(EstimatorViews views, IViewNetwork network, WorkerTeam workers, double minimumPresence = 0.5)
    {
        (_views, _network, _workers, _minimumPresence) = (views, network, workers, minimumPresence);
        if (network.Views != views.Count || network.Maps != 1)
            throw ClosedLoopException.Failed($"the localising network makes {network.Maps} maps of {network.Views} views; 1 map of {views.Count} views is needed");
        // The centre is not sharply defined: views that differ by a cell or two still mean the same animal.
        _triangulator = new(views.Rig, new() { Gate = 25, HalfConfidenceSigmaM = 0.05 });
        _resamplers = [.. views.Images.Select(image => new ViewResampler(image, network.InputWidth, network.InputHeight))];
        _boxes = [.. views.Images.Select(image => Letterbox.Of(image.Width, image.Height, network.InputWidth, network.InputHeight))];
        _places = new ImagePoint[2 * views.Count];
        _shrink = Shrink;
    }

    /// <summary>How long each set took.</summary>
    public LatencyHistogram Latency { get; } = new("localise");

    /// <summary>What the network runs on.</summary>
    public string Device => _network.Device;

    /// <summary>The animal's centre, or a missing point where fewer than two views see it.</summary>
    /// <param name="frames">The images.</param>
    /// <param name="presence">Receives each view's probability that the animal is in it.</param>
    public SpatialPoint Process(FrameSet frames, Span<double> presence)
    {
        var started = Stopwatch.GetTimestamp();
        _frames = frames;
        _workers.For(_shrink, _views.Count);
        _network.Run();
        var count = 0;
        var seen = 0;
        for (var v = 0; v < _views.Count; v++)
        {
            presence[v] = 0;
            if (!frames.Present[v])
                continue;
            var map = _network.Output(v);
            var sum = 0.0;
            foreach (var p in map)
                sum += p;
            presence[v] = sum is >= 0 and <= 1.001 ? Math.Min(1, sum) : 0;
            if (!(presence[v] > _minimumPresence))
                continue;
            seen++;
            var found = _decoder.Decode(map, _network.MapWidth, out var first, out var second);
            if (found > 0)
                _places[count++] = ToView(v, first);
            if (found > 1)
                _places[count++] = ToView(v, second);
        }
        var centre = seen >= 2 ? _triangulator.Triangulate(_places.AsSpan(0, count)) : SpatialPoint.Missing(seen);
        Latency.Record((long)Stopwatch.GetElapsedTime(started).TotalNanoseconds);
        return centre;
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private void Shrink(int view)
    {
        if (_frames!.Present[view])
            _resamplers[view].Shrink(_frames.Pixels[view], _network.Input(view));
        else
            _network.Input(view).Clear();
    }

    private ImagePoint ToView(int view, in HeatmapMode mode)
    {
        var box = _boxes[view];
        var (cellX, cellY) = ((double)_network.InputWidth / _network.MapWidth, (double)_network.InputHeight / _network.MapHeight);
        var (u, v) = box.ToView(((mode.X + 0.5) * cellX) - 0.5, ((mode.Y + 0.5) * cellY) - 0.5);
        var (sx, sy) = (box.Scale * cellX, box.Scale * cellY);
        return new(view, u, v, mode.VarianceXX * sx * sx, mode.VarianceXY * sx * sy, mode.VarianceYY * sy * sy, mode.Mass);
    }
}
