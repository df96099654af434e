namespace ClosedLoop.Electrophysiology;

/// <summary>What is kept of a unit while it fires.</summary>
internal sealed class UnitTrack(int id)
{
    public int Id { get; } = id;

    public long Spikes { get; set; }

    /// <summary>Intervals between two spikes that are shorter than 1.5 ms.</summary>
    public long Violations { get; set; }

    public double First { get; set; } = double.NaN;

    public double Last { get; set; } = double.NaN;

    /// <summary>When a spike last moved its templates.</summary>
    public double Followed { get; set; } = double.NaN;

    /// <summary>Whether it was found after the learning period.</summary>
    public bool Born { get; init; }

    /// <summary>Whether it is not told of as a unit: too small, or several neurons, it only keeps its spikes from others.</summary>
    public bool Background { get; init; }

    /// <summary>Depth of the trough when it was learnt.</summary>
    public float LearntMicrovolts { get; set; }
}
