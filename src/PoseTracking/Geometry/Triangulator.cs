using System.Numerics;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Finds a point of the arena from where several views see it. A view may be wrong, and may offer two places: the
/// position is the one on which most views agree, chosen among the positions that every pair of views gives.
/// </summary>
/// <remarks>
/// <para>Consensus: every pair of places in two views gives a position (linear, on undistorted directions). Each view
/// supports it with its best place by confidence x (1 - d2 / gate), where d2 is the squared Mahalanobis distance in
/// distorted pixels, or not at all. The best supported position is refined by Gauss and Newton on the weighted
/// reprojection error, the views are judged anew, until they stay the same. Where all first places agree at once no
/// pairs are tried. All pairs are tried in order: the result is the same for the same input.</para>
/// <para>Confidence: 1 - product of (1 - c) over the views used (the probability that one of them is right), times the
/// share of all offered confidence that agrees, times 1 / (1 + (sigma / half-confidence distance) squared).</para>
/// <para>Allocates nothing after construction; one thread.</para>
/// </remarks>
public sealed class Triangulator
{
    /// <summary>The most cameras of a rig.</summary>
    public const int MaximumViews = 16;

    private const int MaximumPlaces = 2 * MaximumViews;
    private const int Judgements = 5;
    private const int Steps = 8;

    private readonly CameraCalibration[] _cameras;
    private readonly TriangulatorOptions _options;
    private readonly ImagePoint[] _places = new ImagePoint[MaximumPlaces];
    private readonly SymmetricMatrix3[] _equations = new SymmetricMatrix3[MaximumPlaces];
    private readonly int[] _chosen = new int[MaximumViews];
    private readonly int[] _judged = new int[MaximumViews];
    private int _count;
    private bool _isFound;

    /// <summary>Makes a triangulator for the cameras of a rig.</summary>
    /// <exception cref="ClosedLoopException">More than <see cref="MaximumViews"/> cameras.</exception>
    public Triangulator(RigCalibration rig, TriangulatorOptions? options = null)
    {
        _options = options ?? new();
        _options.Check();
        _cameras = [.. rig.Cameras];
        if (_cameras.Length > MaximumViews)
            throw ClosedLoopException.Usage($"{_cameras.Length} cameras are more than the {MaximumViews} that can be triangulated from");
    }

    /// <summary>The position on which the views agree.</summary>
    /// <param name="places">
    /// What the views saw. Two places of one view are alternatives, the likelier first. Places that are not finite are
    /// passed over.
    /// </param>
    public SpatialPoint Triangulate(ReadOnlySpan<ImagePoint> places)
    {
        var offered = Take(places);
        var views = BitOperations.PopCount(offered);
        var point = views >= 2 && (ChooseFirstPlaces() || ChooseByPairs()) ? Refine(views) : SpatialPoint.Missing(views);
        _isFound = point.IsPresent;
        return point;
    }

    /// <summary>
    /// Root mean square distance, pixels, between where another position appears and the places that the last
    /// <see cref="Triangulate"/> rests on; NaN where it found nothing.
    /// </summary>
    public double ReprojectionPx(double x, double y, double z)
    {
        var (squares, views) = (0.0, 0);
        for (var view = 0; view < _cameras.Length; view++)
        {
            if (!_isFound || _chosen[view] < 0)
                continue;
            var place = _places[_chosen[view]];
            var (u, v) = _cameras[view].Project(x, y, z);
            squares += ((u - place.U) * (u - place.U)) + ((v - place.V) * (v - place.V));
            views++;
        }
        return views > 0 ? Math.Sqrt(squares / views) : double.NaN;
    }

    /// <summary>Copies what can be used and prepares its equations; returns the views, bit by bit.</summary>
    private uint Take(ReadOnlySpan<ImagePoint> places)
    {
        _count = 0;
        var offered = 0u;
        foreach (var place in places)
        {
            if (_count == MaximumPlaces || !(place.Confidence >= _options.MinimumConfidence) || !double.IsFinite(place.U + place.V))
                continue;
            var camera = _cameras[place.View];
            var (x, y) = camera.Direction(place.U, place.V);
            if (double.IsNaN(x))
                continue;
            var blurred = place.Blurred(_options.CalibrationVariancePx2);
            var (iuu, _, ivv) = blurred.Information();
            if (!(iuu > 0))
                continue;
            // x (r3 X + t3) = r1 X + t1: an error of a pixel weighs as much near as far, which the refinement mends.
            var (r, t) = (camera.Rotation, camera.TranslationM);
            var equations = new SymmetricMatrix3();
            equations.Add((x * r[6]) - r[0], (x * r[7]) - r[1], (x * r[8]) - r[2], t[0] - (x * t[2]), iuu * camera.FocalXPx * camera.FocalXPx);
            equations.Add((y * r[6]) - r[3], (y * r[7]) - r[4], (y * r[8]) - r[5], t[1] - (y * t[2]), ivv * camera.FocalYPx * camera.FocalYPx);
            _places[_count] = blurred;
            _equations[_count++] = equations;
            offered |= 1u << place.View;
        }
        return offered;
    }

    /// <summary>Takes every view's first place if one position satisfies them all.</summary>
    private bool ChooseFirstPlaces()
    {
        Array.Fill(_chosen, -1);
        var sum = new SymmetricMatrix3();
        for (var i = 0; i < _count; i++)
        {
            if (_chosen[_places[i].View] >= 0)
                continue;
            _chosen[_places[i].View] = i;
            sum += _equations[i];
        }
        var (x, y, z) = sum.Solve();
        for (var view = 0; view < _cameras.Length; view++)
            if (_chosen[view] >= 0 && !(Distance(_chosen[view], x, y, z) <= _options.Gate))
                return false;
        return true;
    }

    /// <summary>Takes the places that agree with the best supported position of any pair.</summary>
    private bool ChooseByPairs()
    {
        var best = 0.0;
        for (var i = 0; i < _count; i++)
            for (var j = i + 1; j < _count; j++)
            {
                if (_places[i].View == _places[j].View)
                    continue;
                var (x, y, z) = (_equations[i] + _equations[j]).Solve();
                // NB: two places alone err more than all together: the first judgement is a lenient one.
                var support = Judge(x, y, z, 2 * _options.Gate, out var views);
                if (views < 2 || support <= best)
                    continue;
                best = support;
                _judged.CopyTo(_chosen, 0);
            }
        return best > 0;
    }

    /// <summary>Writes every view's best place for a position (-1: none) to the judged; returns the support for it.</summary>
    private double Judge(double x, double y, double z, double gate, out int views)
    {
        Array.Fill(_judged, -1);
        Span<double> supports = stackalloc double[MaximumViews];
        supports.Clear();
        for (var i = 0; i < _count; i++)
        {
            var distance = Distance(i, x, y, z);
            if (!(distance <= gate))
                continue;
            var support = _places[i].Confidence * (1 - (distance / gate));
            var view = _places[i].View;
            if (_judged[view] >= 0 && support <= supports[view])
                continue;
            (_judged[view], supports[view]) = (i, support);
        }
        views = 0;
        var total = 0.0;
        for (var view = 0; view < _cameras.Length; view++)
        {
            if (_judged[view] < 0)
                continue;
            views++;
            total += supports[view];
        }
        return total;
    }

    private SpatialPoint Refine(int viewsOffered)
    {
        double x = 0, y = 0, z = 0;
        var information = new SymmetricMatrix3();
        for (var judgement = 0; judgement < Judgements; judgement++)
        {
            if (!Fit(ref x, ref y, ref z, out information))
                return SpatialPoint.Missing(viewsOffered);
            _ = Judge(x, y, z, _options.Gate, out var views);
            if (views < 2)
                return SpatialPoint.Missing(viewsOffered);
            if (_judged.AsSpan().SequenceEqual(_chosen))
                break;
            if (judgement < Judgements - 1)
                _judged.CopyTo(_chosen, 0);
        }
        return Describe(x, y, z, information, viewsOffered);
    }

    /// <summary>Gauss and Newton on the chosen places, from their linear solution.</summary>
    private bool Fit(ref double x, ref double y, ref double z, out SymmetricMatrix3 information)
    {
        information = default;
        var start = new SymmetricMatrix3();
        foreach (var i in _chosen)
            if (i >= 0)
                start += _equations[i];
        (x, y, z) = start.Solve();
        for (var step = 0; step < Steps; step++)
        {
            information = default;
            foreach (var i in _chosen)
            {
                if (i < 0)
                    continue;
                var p = Projection.Of(_cameras[_places[i].View], x, y, z);
                if (double.IsNaN(p.U))
                    return false;
                AddWeighted(ref information, _places[i], p);
            }
            var (dx, dy, dz) = information.Solve();
            if (!double.IsFinite(dx + dy + dz))
                return false;
            (x, y, z) = (x + dx, y + dy, z + dz);
            if ((dx * dx) + (dy * dy) + (dz * dz) < 1e-16)
                break;
        }
        return true;
    }

    private static void AddWeighted(ref SymmetricMatrix3 sum, in ImagePoint place, in Projection p)
    {
        var (iuu, iuv, ivv) = place.Information();
        // The information's Cholesky factor makes two independent equations of the pair.
        var l = Math.Sqrt(iuu);
        var m = iuv / l;
        var n = Math.Sqrt(Math.Max(0, ivv - (m * m)));
        var (eu, ev) = (place.U - p.U, place.V - p.V);
        sum.Add((l * p.UX) + (m * p.VX), (l * p.UY) + (m * p.VY), (l * p.UZ) + (m * p.VZ), (l * eu) + (m * ev), 1);
        sum.Add(n * p.VX, n * p.VY, n * p.VZ, n * ev, 1);
    }

    private double Distance(int place, double x, double y, double z)
    {
        var p = _places[place];
        var (u, v) = _cameras[p.View].Project(x, y, z);
        var (iuu, iuv, ivv) = p.Information();
        var (eu, ev) = (p.U - u, p.V - v);
        return (iuu * eu * eu) + (2 * iuv * eu * ev) + (ivv * ev * ev);
    }

    private SpatialPoint Describe(double x, double y, double z, in SymmetricMatrix3 information, int viewsOffered)
    {
        var covariance = SpatialCovariance.Invert(information);
        double squares = 0, agreeing = 0, offered = 0, doubt = 1;
        var views = 0;
        var used = 0u;
        for (var view = 0; view < _cameras.Length; view++)
        {
            var loudest = 0.0;
            for (var i = 0; i < _count; i++)
                if (_places[i].View == view)
                    loudest = Math.Max(loudest, _places[i].Confidence);
            offered += loudest;
            if (_chosen[view] < 0)
                continue;
            var place = _places[_chosen[view]];
            var (u, v) = _cameras[view].Project(x, y, z);
            squares += ((u - place.U) * (u - place.U)) + ((v - place.V) * (v - place.V));
            agreeing += place.Confidence;
            doubt *= 1 - Math.Min(1, place.Confidence);
            views++;
            used |= 1u << view;
        }
        if (!double.IsFinite(covariance.XX + squares))
            return SpatialPoint.Missing(viewsOffered);
        var ratio = covariance.SigmaM / _options.HalfConfidenceSigmaM;
        var confidence = (1 - doubt) * (agreeing / offered) / (1 + (ratio * ratio));
        return new(x, y, z, Math.Sqrt(squares / views), views, viewsOffered, used, covariance, confidence);
    }
}
