using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// The frames of the reference that lie ahead of the body, and the one it stands at. Poses enter at the far end.
/// Allocates nothing after construction.
/// </summary>
public sealed class ReferenceWindow : IDisposable
{
    private readonly ReferenceFrame[] _ring;
    private readonly PositionServo _servo;
    private int _first;

    /// <summary>Makes an empty window of <paramref name="futureFrames"/> frames ahead of the present one.</summary>
    public ReferenceWindow(BodyModel body, int futureFrames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(futureFrames, 1);
        FutureFrames = futureFrames;
        _servo = new(body);
        _ring = [.. Enumerable.Range(0, futureFrames + 1).Select(_ => new ReferenceFrame(body))];
    }

    /// <summary>How many frames ahead of the present one the window holds when it is full.</summary>
    public int FutureFrames { get; }

    /// <summary>How many frames it holds now, the present one included.</summary>
    public int Count { get; private set; }

    /// <summary>Whether all frames ahead are there.</summary>
    public bool IsFull => Count == _ring.Length;

    /// <summary>The frame at which the body stands before this control step.</summary>
    public ReferenceFrame Present => _ring[_first];

    /// <summary>A frame ahead: 0 is the one to be reached at the end of this control step.</summary>
    public ReferenceFrame this[int ahead]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)ahead, (uint)Math.Max(0, Count - 1), nameof(ahead));
            return _ring[(_first + 1 + ahead) % _ring.Length];
        }
    }

    /// <summary>Empties the window.</summary>
    public void Clear()
    {
        Count = 0;
        _first = 0;
    }

    /// <summary>Adds a pose at the far end; a full window moves one frame on.</summary>
    public void Push(Pose pose)
    {
        if (IsFull)
            _first = (_first + 1) % _ring.Length;
        else
            Count++;
        var frame = _ring[(_first + Count - 1) % _ring.Length];
        frame.Pose.CopyFrom(pose);
        _servo.SetPoints(pose.Qpos, frame.SetPoints);
        _servo.BodyPositions.Span.CopyTo(frame.BodyPositions);
    }

    /// <summary>Adds a pose of which only the positions and velocities are known; its keypoint sites are computed.</summary>
    internal void Push(Pose pose, ReadOnlySpan<int> keypointSites)
    {
        Push(pose);
        var sites = _ring[(_first + Count - 1) % _ring.Length].Pose.SitePositions;
        for (var k = 0; k < keypointSites.Length; k++)
            _servo.SitePositions.Row(keypointSites[k]).CopyTo(sites.AsSpan(3 * k));
    }

    /// <inheritdoc/>
    public void Dispose() => _servo.Dispose();
}
