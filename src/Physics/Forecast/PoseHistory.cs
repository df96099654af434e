using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>The positions of the last poses. Before there were so many, the first stands in for those that are missing.</summary>
internal sealed class PoseHistory(int nq, int length)
{
    // What lies before such a pose is no motion of the animal that could go on.
    private const PoseFlags Breaks = PoseFlags.Jump | PoseFlags.Restarted;

    private readonly double[][] _ring = [.. Enumerable.Range(0, length).Select(_ => new double[nq])];
    private int _last;
    private bool _isEmpty = true;

    public void Clear() => _isEmpty = true;

    public void Add(Pose pose)
    {
        _last = (_last + 1) % _ring.Length;
        pose.Qpos.CopyTo(_ring[_last], 0);
        if (_isEmpty || (pose.Flags & Breaks) != 0)
            foreach (var place in _ring)
                pose.Qpos.CopyTo(place, 0);
        _isEmpty = false;
    }

    /// <summary>The positions so many frames ago; 0 is the last pose.</summary>
    public double[] Ago(int frames) => _ring[(_last - frames + _ring.Length) % _ring.Length];
}
