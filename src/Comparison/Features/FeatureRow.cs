using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>All features of one bin. Lent for the duration of a call, as <see cref="Keypoints"/> are.</summary>
public sealed class FeatureRow
{
    /// <summary>Makes an empty row.</summary>
    /// <param name="layout">What stands where.</param>
    public FeatureRow(FeatureLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (Layout, Values) = (layout, new float[layout.Count]);
        Begin(RecordStamp.None);
    }

    /// <summary>What stands where.</summary>
    public FeatureLayout Layout { get; }

    /// <summary>The bin: the beat of the control clock that it ends with, as <see cref="SpikeCounts"/> number theirs.</summary>
    public long Bin { get; private set; }

    /// <summary>Session time at which the animal's pose was captured; default where there is none.</summary>
    public SessionTime Captured { get; internal set; }

    /// <summary>Whether the pose of this bin was measured: otherwise all features of the movement are NaN.</summary>
    public bool HasMovement { get; internal set; }

    /// <summary>Whether the network brought the body to the pose of this bin: otherwise all features of the network are NaN.</summary>
    public bool HasNetwork { get; internal set; }

    /// <summary>The features. NB: with a pose there may yet be a class that is NaN, as the acceleration of the first one is.</summary>
    public float[] Values { get; }

    /// <summary>The features of a class.</summary>
    public ReadOnlySpan<float> Of(FeatureGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.Of((ReadOnlySpan<float>)Values);
    }

    /// <summary>Whether all features of a class are known.</summary>
    public bool Knows(FeatureGroup group)
    {
        foreach (var value in Of(group))
            if (!float.IsFinite(value))
                return false;
        return true;
    }

    /// <summary>Whether the pose of this bin has come, measured or not.</summary>
    internal bool MovementCame { get; set; }

    /// <summary>Whether the control step towards the pose of this bin has come, to be used or not.</summary>
    internal bool NetworkCame { get; set; }

    /// <summary>Turns to another bin, of which nothing is known yet.</summary>
    internal void Begin(long bin)
    {
        (Bin, Captured) = (bin, default);
        (HasMovement, HasNetwork, MovementCame, NetworkCame) = (false, false, false, false);
        Array.Fill(Values, float.NaN);
    }
}
