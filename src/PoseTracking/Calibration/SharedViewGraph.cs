using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Which cameras saw the board together, and where that puts them: a spanning tree of the pairs that share most views
/// leads from the first camera to every other.
/// </summary>
internal sealed class SharedViewGraph
{
    /// <summary>The fewest shared views that tie two cameras together.</summary>
    public const int FewestShared = 3;

    private const int MostCandidates = 25;

    private readonly BoardObservations _observations;
    private readonly LensStart[] _starts;
    private readonly ViewMask _use;

    public SharedViewGraph(BoardObservations observations, LensStart[] starts, ViewMask use) => (_observations, _starts, _use) = (observations, starts, use);

    private bool Sees(int camera, int set) => _use[camera, set] && _starts[camera].Boards[set] is not null;

    private int[] Shared(int a, int b) => [.. Enumerable.Range(0, _observations.SetNames.Count).Where(s => Sees(a, s) && Sees(b, s))];

    /// <summary>First values for the bundle adjustment: the frame is that of the first of <paramref name="cameras"/>.</summary>
    /// <exception cref="ClosedLoopException">The cameras do not hang together; the message names those that do not.</exception>
    public RigState Initialise(int[] cameras)
    {
        var state = new RigState(_observations.Cameras.Count, _observations.SetNames.Count);
        var poses = new RigidMotion?[_observations.Cameras.Count];
        poses[cameras[0]] = RigidMotion.Identity;
        // Prim's algorithm for the spanning tree with most shared views.
        while (true)
        {
            var (best, from, to) = (0, -1, -1);
            foreach (var a in cameras.Where(c => poses[c] is not null))
                foreach (var b in cameras.Where(c => poses[c] is null))
                    if (Shared(a, b).Length is var count && count > best)
                        (best, from, to) = (count, a, b);
            if (best < FewestShared)
                break;
            poses[to] = Between(from, to) * poses[from]!;
        }
        if (cameras.FirstOrDefault(c => poses[c] is null, -1) is var lost && lost >= 0)
            throw Disconnected(cameras, lost);

        foreach (var c in cameras)
        {
            _starts[c].Lens.CopyTo(state.Lens(c));
            poses[c]!.ToVector(state.Pose(c));
        }
        for (var s = 0; s < _observations.SetNames.Count; s++)
            Place(state, cameras, poses, s);
        return state;
    }

    /// <summary>Puts the board of a set where it agrees best with all who saw it.</summary>
    private void Place(RigState state, int[] cameras, RigidMotion?[] poses, int set)
    {
        var seeing = cameras.Where(c => Sees(c, set)).ToArray();
        var best = double.PositiveInfinity;
        foreach (var c in seeing)
        {
            var board = poses[c]!.Inverse() * _starts[c].Boards[set]!;
            var error = seeing.Sum(other => RobustRms(other, set, poses[other]! * board));
            if (error < best)
            {
                best = error;
                board.ToVector(state.Board(set));
            }
        }
        if (double.IsInfinity(best))
            foreach (var c in cameras)
                _use[c, set] = false;
    }

    /// <summary>From camera <paramref name="a"/>'s coordinates to <paramref name="b"/>'s: of what each shared view says, that which most others agree with.</summary>
    private RigidMotion Between(int a, int b)
    {
        var shared = Shared(a, b);
        RigidMotion? best = null;
        var least = double.PositiveInfinity;
        var step = Math.Max(1, shared.Length / MostCandidates);
        for (var i = 0; i < shared.Length; i += step)
        {
            var candidate = _starts[b].Boards[shared[i]]! * _starts[a].Boards[shared[i]]!.Inverse();
            var errors = shared.Select(s => RobustRms(b, s, candidate * _starts[a].Boards[s]!)).Order().ToArray();
            if (errors[errors.Length / 2] < least)
                (least, best) = (errors[errors.Length / 2], candidate);
        }
        return best ?? RigidMotion.Identity;
    }

    private double RobustRms(int camera, int set, RigidMotion boardToCamera)
    {
        var view = _observations.Views[camera][set]!;
        return Math.Min(1e4, Math.Sqrt(Reprojection.SquaredSum(_observations, view, _starts[camera].Lens, boardToCamera) / view.Count));
    }

    private ClosedLoopException Disconnected(int[] cameras, int lost)
    {
        var counts = cameras.Where(c => c != lost).Select(c => $"{Shared(lost, c).Length} with {_observations.Cameras[c].Name}");
        return ClosedLoopException.Failed(
            $"the camera '{_observations.Cameras[lost].Name}' shares too few views of the board with the cameras that hang together with '{_observations.Cameras[cameras[0]].Name}': " +
            $"{string.Join(", ", counts)}, and {FewestShared} with at least one of them are needed (10 or more are good); hold the board where both see it at the same time");
    }
}
