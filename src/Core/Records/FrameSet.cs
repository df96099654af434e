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

    /// <summary>Marks all images as missing and forgets all stamps; pixels stay as they are.</summary>
    public void Clear()
    {
        Stamp = default;
        Array.Clear(Stamps);
        Array.Clear(Present);
    }

    /// <summary>
    /// Takes the content of <paramref name="other"/>, which has the same sizes, without copying pixels: the buffers of
    /// the two sets change places.
    /// </summary>
    public void ExchangeWith(FrameSet other)
    {
        Check(other);
        for (var i = 0; i < Pixels.Length; i++)
        {
            (Pixels[i], other.Pixels[i]) = (other.Pixels[i], Pixels[i]);
            (Stamps[i], other.Stamps[i]) = (other.Stamps[i], Stamps[i]);
            (Present[i], other.Present[i]) = (other.Present[i], Present[i]);
        }
        (Stamp, other.Stamp) = (other.Stamp, Stamp);
    }

    /// <summary>Copies everything from <paramref name="other"/>, which has the same sizes; pixels only of images that are present.</summary>
    public void CopyFrom(FrameSet other)
    {
        Check(other);
        Stamp = other.Stamp;
        other.Stamps.CopyTo(Stamps, 0);
        other.Present.CopyTo(Present, 0);
        for (var i = 0; i < Pixels.Length; i++)
            if (Present[i])
                other.Pixels[i].CopyTo(Pixels[i], 0);
    }

    private void Check(FrameSet other)
    {
        if (other.Pixels.Length != Pixels.Length)
            throw new ArgumentException($"A set of {other.Pixels.Length} images does not fit one of {Pixels.Length}.", nameof(other));
        for (var i = 0; i < Pixels.Length; i++)
            if (Cameras[i] != other.Cameras[i])
                throw new ArgumentException($"Image {i} of {other.Cameras[i]} does not fit one of {Cameras[i]}.", nameof(other));
    }
}
