using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>A set that waits for its frames.</summary>
internal sealed class OpenSet(int cameras)
{
    public FrameSet? Frames { get; set; }

    public long Trigger { get; set; }

    public SessionTime Opened { get; set; }

    /// <summary>Of which cameras a frame came, usable or not.</summary>
    public bool[] Seen { get; } = new bool[cameras];
}
