namespace ClosedLoop.Core;

/// <summary>
/// The sorted spikes that one sample block brought, or a part of them where they are many. Lent for the duration of a
/// call, as <see cref="Keypoints"/> are.
/// </summary>
public sealed class SpikeBatch
{
    /// <summary>Makes an empty batch for at most <paramref name="capacity"/> spikes.</summary>
    public SpikeBatch(int capacity)
    {
        (Tetrodes, Units, Flags) = (new int[capacity], new int[capacity], new int[capacity]);
        (Samples, TimesNs, AmplitudesMicrovolts) = (new double[capacity], new long[capacity], new float[capacity]);
    }

    /// <summary>Origin and times: the sequence is the block's, <see cref="RecordStamp.DeviceCounter"/> the device's number of its first sample.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>Number of spikes.</summary>
    public int Count { get; set; }

    /// <summary>Index of each spike's tetrode.</summary>
    public int[] Tetrodes { get; }

    /// <summary>Each spike's unit on its tetrode, from 1; 0: no unit explains it.</summary>
    public int[] Units { get; }

    /// <summary>The device's number of the sample at each trough, between two where the spike lies between them.</summary>
    public double[] Samples { get; }

    /// <summary>Session time of each trough, nanoseconds.</summary>
    public long[] TimesNs { get; }

    /// <summary>Depth of each trough on the wire where it is deepest.</summary>
    public float[] AmplitudesMicrovolts { get; }

    /// <summary>What is special about each spike: <see cref="SpikeFlags"/>.</summary>
    public int[] Flags { get; }
}
