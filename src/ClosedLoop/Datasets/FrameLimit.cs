namespace ClosedLoop.Datasets;

/// <summary>Lets several threads that walk through the same frames at their own pace end at the same frame when they are stopped.</summary>
internal sealed class FrameLimit(long frames, CancellationToken stop)
{
    private readonly object _gate = new();
    private long _begun;
    private bool _stopped;

    /// <summary>How many frames there will be.</summary>
    public long Frames
    {
        get
        {
            lock (_gate)
                return _stopped ? _begun : frames;
        }
    }

    /// <summary>Whether a thread is to go on with this frame.</summary>
    public bool Begin(long frame)
    {
        lock (_gate)
        {
            _stopped |= stop.IsCancellationRequested;
            if (frame >= (_stopped ? _begun : frames))
                return false;
            _begun = Math.Max(_begun, frame + 1);
            return true;
        }
    }
}
