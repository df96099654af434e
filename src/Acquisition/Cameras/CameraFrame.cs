using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>
/// One image of one camera: 8 bits, rows from the top, no padding. Lent by the camera until it is returned to it.
/// </summary>
public sealed class CameraFrame
{
    /// <summary>Makes an empty frame.</summary>
    public CameraFrame(CameraFormat format)
    {
        Format = format;
        Pixels = new byte[format.ByteCount];
    }

    /// <summary>Size and channels.</summary>
    public CameraFormat Format { get; }

    /// <summary>The image. Whoever holds the frame may exchange it for another buffer of the same size.</summary>
    public byte[] Pixels { get; set; }

    /// <summary>How many bytes of the image arrived.</summary>
    public int ByteCount { get; set; }

    /// <summary>What is wrong with it.</summary>
    public FrameDefect Defect { get; set; }

    /// <summary>
    /// The frame's place among those delivered, the device's own counter and time (<see cref="RecordStamp.None"/> where
    /// it has none), the session time of its exposure, or of its arrival where that is not known, and of its arrival.
    /// </summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Copies everything from a frame of the same format.</summary>
    public void CopyFrom(CameraFrame other)
    {
        other.Pixels.CopyTo(Pixels, 0);
        (ByteCount, Defect, Stamp) = (other.ByteCount, other.Defect, other.Stamp);
    }
}
