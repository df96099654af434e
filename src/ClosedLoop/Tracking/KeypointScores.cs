using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Tracking;

/// <summary>Adds up how keypoints fared over a recording: how often found, how well views agree, how far from the truth.</summary>
public sealed class KeypointScores
{
    private readonly KeypointLayout _layout;
    private readonly KeypointFile? _truth;
    private readonly Keypoints? _true;
    private readonly int[]? _trueIndices;
    private readonly Dictionary<long, int> _frames = [];
    private readonly List<double>[] _errorsMm;
    private readonly List<double>[] _reprojectionsPx;
    private readonly List<double>[] _views;
    private readonly int[] _found;

    /// <summary>Makes an empty account.</summary>
    /// <param name="layout">The keypoints.</param>
    /// <param name="truth">The truth, whose frames' numbers are those of the sets; null: none.</param>
    /// <exception cref="ClosedLoopException">The truth has none of the keypoints.</exception>
    public KeypointScores(KeypointLayout layout, KeypointFile? truth = null)
    {
        (_layout, _truth) = (layout, truth);
        List<double>[] Lists() => [.. layout.Names.Select(_ => new List<double>())];
        (_errorsMm, _reprojectionsPx, _views, _found) = (Lists(), Lists(), Lists(), new int[layout.Count]);
        if (truth is null)
            return;
        _true = new(truth.Layout);
        _trueIndices = [.. layout.Names.Select(name => truth.Layout.Names.ToList().IndexOf(name))];
        if (_trueIndices.All(index => index < 0))
            throw ClosedLoopException.Usage($"'{truth.Path}' has none of the keypoints that were estimated ({string.Join(", ", layout.Names)})");
        for (var f = 0; f < truth.FrameCount; f++)
        {
            truth.Frame(f, _true);
            _frames[_true.Stamp.DeviceCounter] = f;
        }
    }

    /// <summary>How many sets were added.</summary>
    public int Sets { get; private set; }

    /// <summary>Sets that the truth has a frame for.</summary>
    public int Compared { get; private set; }

    /// <summary>Median distance to the truth over all keypoints that were found, millimetres.</summary>
    public double MedianErrorMm => Quantile([.. _errorsMm.SelectMany(list => list)], 0.5);

    /// <summary>95th percentile of that.</summary>
    public double P95ErrorMm => Quantile([.. _errorsMm.SelectMany(list => list)], 0.95);

    /// <summary>Median reprojection error over all keypoints that were found, pixels.</summary>
    public double MedianReprojectionPx => Quantile([.. _reprojectionsPx.SelectMany(list => list)], 0.5);

    /// <summary>Keypoints that were compared with the truth.</summary>
    public int ComparedKeypoints => _errorsMm.Sum(list => list.Count);

    /// <summary>Share of all keypoints in all sets that were found.</summary>
    public double Found => Sets == 0 ? double.NaN : _found.Sum() / (double)(Sets * _layout.Count);

    /// <summary>Adds one set; its stamp's counter is the number of its frame.</summary>
    public void Add(Keypoints keypoints, ReadOnlySpan<double> reprojectionPx, ReadOnlySpan<int> viewsUsed)
    {
        if (_frames.TryGetValue(keypoints.Stamp.DeviceCounter, out var frame))
        {
            _truth!.Frame(frame, _true!);
            Add(keypoints, reprojectionPx, viewsUsed, _true, _trueIndices);
        }
        else
        {
            Add(keypoints, reprojectionPx, viewsUsed, null, null);
        }
    }

    /// <summary>Adds one set with its own truth, which has the same layout.</summary>
    public void Add(Keypoints keypoints, ReadOnlySpan<double> reprojectionPx, ReadOnlySpan<int> viewsUsed, Keypoints truth) =>
        Add(keypoints, reprojectionPx, viewsUsed, truth, null);

    private void Add(Keypoints keypoints, ReadOnlySpan<double> reprojectionPx, ReadOnlySpan<int> viewsUsed, Keypoints? truth, int[]? trueIndices)
    {
        Sets++;
        Compared += truth is null ? 0 : 1;
        for (var k = 0; k < _layout.Count; k++)
        {
            if (!keypoints.IsPresent(k))
                continue;
            _found[k]++;
            _views[k].Add(viewsUsed[k]);
            if (double.IsFinite(reprojectionPx[k]))
                _reprojectionsPx[k].Add(reprojectionPx[k]);
            if (truth is not null && (trueIndices is null ? k : trueIndices[k]) is >= 0 and var t && truth.IsPresent(t))
                _errorsMm[k].Add(1000 * Distance(keypoints.Position(k), truth.Position(t)));
        }
    }

    /// <summary>One line a keypoint.</summary>
    public IReadOnlyList<KeypointScore> PerKeypoint() => [.. Enumerable.Range(0, _layout.Count).Select(k => new KeypointScore(
        _layout.Names[k], Sets == 0 ? double.NaN : _found[k] / (double)Sets, Quantile(_reprojectionsPx[k], 0.5), Quantile(_views[k], 0.5),
        Quantile(_errorsMm[k], 0.5), Quantile(_errorsMm[k], 0.95)))];

    /// <summary>The value that a share of the values does not exceed; NaN of none.</summary>
    internal static double Quantile(IReadOnlyList<double> values, double quantile)
    {
        if (values.Count == 0)
            return double.NaN;
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[Math.Min(sorted.Length - 1, (int)(quantile * sorted.Length))];
    }

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        Math.Sqrt(((a[0] - b[0]) * (a[0] - b[0])) + ((a[1] - b[1]) * (a[1] - b[1])) + ((a[2] - b[2]) * (a[2] - b[2])));
}
