using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Solves for a pose without knowing the one before: the resting body is laid onto the trunk keypoints, the root is
/// refined on them alone, then everything is solved. Because a curled or rolled animal may pull the resting trunk the
/// wrong way round, further starts (all keypoints; the body rolled by a quarter and a half turn) are tried as long as
/// none fits.
/// </summary>
internal sealed class TrunkStart
{
    private static readonly double[] Rolls = [0, 0, Math.PI, Math.PI / 2, -Math.PI / 2];

    private readonly PoseSolver _solver;
    private readonly int[] _trunk;
    private readonly int[] _all;
    private readonly double[] _trunkWeights;
    private readonly double[] _restSites;
    private readonly double[] _rest;
    private readonly double[] _candidate;

    public TrunkStart(PoseSolver solver)
    {
        _solver = solver;
        var layout = solver.Tree.Body.Layout;
        var description = solver.Tree.Body.Description;
        _all = [.. Enumerable.Range(0, layout.Count)];
        _trunk = [.. _all.Where(k => description.TrunkKeypoints.Contains(layout.Names[k]))];
        if (_trunk.Length < 3)
            _trunk = _all;
        _trunkWeights = new double[layout.Count];
        _restSites = new double[3 * layout.Count];
        _rest = [.. solver.RestPose];
        _rest.AsSpan(0, 7).Clear();
        _rest[3] = 1;
        _candidate = new double[_rest.Length];
    }

    /// <summary>
    /// Solves from the trunk and writes the best pose found to <paramref name="qpos"/>; ends at the first start whose mean
    /// marker error is at most <paramref name="goodM"/>.
    /// </summary>
    public PoseSolution Solve(ReadOnlySpan<double> keypoints, ReadOnlySpan<double> weights, Span<double> qpos, double goodM)
    {
        var best = new PoseSolution(double.NaN, double.PositiveInfinity, 0, false);
        // Not kept between calls: a fit changes the sites.
        _solver.SitePositions(_rest, _restSites);
        Array.Clear(_trunkWeights);
        foreach (var k in _trunk)
            _trunkWeights[k] = weights[k];
        Span<double> roll = stackalloc double[3];
        for (var start = 0; start < Rolls.Length; start++)
        {
            _rest.CopyTo(_candidate, 0);
            var rotation = _candidate.AsSpan(3, 4);
            var onTrunk = start != 1;
            var found = onTrunk && RigidAlignment.Align(_restSites, keypoints, weights, _trunk, rotation, _candidate.AsSpan(0, 3));
            if (!found && !RigidAlignment.Align(_restSites, keypoints, weights, _all, rotation, _candidate.AsSpan(0, 3)))
                return best;
            if (Rolls[start] != 0)
            {
                roll[0] = Rolls[start];
                PoseSolver.Rotate(rotation, roll);
            }
            if (found)
                _solver.Solve(keypoints, _trunkWeights, _candidate, rootOnly: true);
            var solution = _solver.Solve(keypoints, weights, _candidate);
            if (solution.Cost < best.Cost)
            {
                best = solution;
                _candidate.CopyTo(qpos);
            }
            if (best.MeanErrorM <= goodM)
                break;
        }
        return best;
    }
}
