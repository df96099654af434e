namespace ClosedLoop.Core;

/// <summary>
/// One set of 3D keypoints of the animal. Positions are in metres in the arena's frame (x, y on the floor, z up).
/// </summary>
/// <remarks>
/// A record is lent for the duration of the call that hands it over: its owner reuses it. Whoever keeps it longer,
/// or takes it to another thread, copies it with <see cref="CopyFrom"/> into a record of its own <see cref="Pool{T}"/>.
/// </remarks>
public sealed class Keypoints
{
    /// <summary>Makes an empty set for <paramref name="layout"/>: every keypoint missing.</summary>
    public Keypoints(KeypointLayout layout)
    {
        Layout = layout;
        Positions = new double[3 * layout.Count];
        Confidence = new float[layout.Count];
        Clear();
    }

    /// <summary>Names and order of the keypoints.</summary>
    public KeypointLayout Layout { get; }

    /// <summary>Origin and times.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Sequence of the frame set these were estimated from; <see cref="RecordStamp.None"/> where they came as keypoints.</summary>
    public long FrameSetSequence { get; set; } = RecordStamp.None;

    /// <summary>x, y, z per keypoint, metres; NaN for a keypoint that was not seen.</summary>
    public double[] Positions { get; }

    /// <summary>Confidence per keypoint, 0 (none) to 1 (certain).</summary>
    public float[] Confidence { get; }

    /// <summary>The three coordinates of one keypoint, metres.</summary>
    public Span<double> Position(int keypoint) => Positions.AsSpan(3 * keypoint, 3);

    /// <summary>Whether the keypoint was seen: all three coordinates are finite numbers.</summary>
    public bool IsPresent(int keypoint)
    {
        var p = Positions.AsSpan(3 * keypoint, 3);
        return double.IsFinite(p[0]) && double.IsFinite(p[1]) && double.IsFinite(p[2]);
    }

    /// <summary>How many keypoints were seen.</summary>
    public int PresentCount
    {
        get
        {
            var count = 0;
            for (var i = 0; i < Layout.Count; i++)
                if (IsPresent(i))
                    count++;
            return count;
        }
    }

    /// <summary>Marks every keypoint as missing.</summary>
    public void Clear()
    {
        Array.Fill(Positions, double.NaN);
        Array.Clear(Confidence);
        FrameSetSequence = RecordStamp.None;
        Stamp = default;
    }

    /// <summary>Copies stamp, positions and confidence from <paramref name="other"/>, which has the same layout.</summary>
    public void CopyFrom(Keypoints other)
    {
        other.Positions.CopyTo(Positions, 0);
        other.Confidence.CopyTo(Confidence, 0);
        FrameSetSequence = other.FrameSetSequence;
        Stamp = other.Stamp;
    }
}
