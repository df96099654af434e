namespace ClosedLoop.Core;

/// <summary>
/// The images that all cameras took at one trigger. Pixels are 8 bits, rows from the top, without padding.
/// Lent for the duration of a call, as <see cref="Keypoints"/> are.
/// </summary>
public sealed class FrameSet
{
    /// <summary>Makes an empty set for these image sizes, one entry per camera.</summary>
    public FrameSet(IReadOnlyList<(int Width, int Height, int Channels)> cameras)
    {
        Cameras = cameras;
        Pixels = [.. cameras.Select(c => new byte[c.Width * c.Height * c.Channels])];
        Stamps = new RecordStamp[cameras.Count];
        Present = new bool[cameras.Count];
    }

    /// <summary>Origin and times of the set; <see cref="RecordStamp.DeviceCounter"/> is the trigger index.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Width and height in pixels and channels, per camera.</summary>
    public IReadOnlyList<(int Width, int Height, int Channels)> Cameras { get; }

    /// <summary>The image of each camera.</summary>
    public byte[][] Pixels { get; }

    /// <summary>Each camera's own counter and times.</summary>
    public RecordStamp[] Stamps { get; }

    /// <summary>Whether each camera's image of this trigger arrived. A missing image is marked, never guessed.</summary>
    public bool[] Present { get; }
}
