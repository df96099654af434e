using ClosedLoop.Core;
using ClosedLoop.Tests.PoseTracking;

namespace ClosedLoop.Tests.Sessions;

/// <summary>A source of a planted animal's keypoints at 50 Hz that falls silent for a while in the middle.</summary>
internal sealed class StalledSource(SessionClock clock, int frames, int silentAfter, double silenceS) : IKeypointSource
{
    private SessionTime? _start;
    private int _next;

    public KeypointLayout Layout => KeypointLayout.Rat23;

    public double RateHz => 50;

    public string Description => "a camera with a loose cable";

    public bool TryRead(Keypoints keypoints, CancellationToken cancellation)
    {
        _start ??= clock.Now;
        if (_next >= frames || !clock.WaitUntil(_start.Value + SessionTime.FromSeconds((_next / RateHz) + (_next < silentAfter ? 0 : silenceS)).Nanoseconds, cancellation))
            return false;
        keypoints.CopyFrom(PlantedAnimal.Instance.Keypoints(_next));
        keypoints.Stamp = keypoints.Stamp with { Sequence = _next, Captured = clock.Now };
        _next++;
        return true;
    }

    public void Dispose()
    {
    }
}
