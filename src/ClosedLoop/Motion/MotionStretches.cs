using ClosedLoop.Core;

namespace ClosedLoop.Motion;

/// <summary>Finds the stretches of a registered session in which every frame follows from the one before by the animal's motion.</summary>
internal sealed class MotionStretches(double periodS)
{
    private const PoseFlags Carried = PoseFlags.Held | PoseFlags.Extrapolated | PoseFlags.TooFewKeypoints;

    // The difference of two poses across these is no motion.
    private const PoseFlags Broken = PoseFlags.Jump | PoseFlags.Restarted;

    // A frame that was dropped before the file was written leaves at least two periods.
    private const double LongestStep = 1.5;

    private readonly List<(int First, int Count)> _stretches = [];
    private int _next;
    private long _lastTimeNs;
    private bool _isOpen;

    /// <summary>The stretches so far.</summary>
    public IReadOnlyList<(int First, int Count)> Stretches => _stretches;

    /// <summary>How many frames had a pose that was carried forward instead of solved.</summary>
    public int FramesWithoutPose { get; private set; }

    /// <summary>Takes the next frame's pose.</summary>
    public void Add(Pose pose)
    {
        var frame = _next++;
        var timeNs = pose.Stamp.DeviceTimeNs;
        var continues = _isOpen && (pose.Flags & Broken) == 0 && (timeNs - _lastTimeNs) / 1e9 < LongestStep * periodS;
        _lastTimeNs = timeNs;
        if ((pose.Flags & Carried) != 0)
        {
            FramesWithoutPose++;
            _isOpen = false;
            return;
        }
        if (continues)
            _stretches[^1] = _stretches[^1] with { Count = _stretches[^1].Count + 1 };
        else
            _stretches.Add((frame, 1));
        _isOpen = true;
    }
}
