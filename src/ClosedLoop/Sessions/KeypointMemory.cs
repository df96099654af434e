using ClosedLoop.Core;

namespace ClosedLoop.Sessions;

/// <summary>A source read to its end at once and then handed out from memory, for measuring what comes after it.</summary>
internal sealed class KeypointMemory : IKeypointSource
{
    private readonly List<Keypoints> _sets = [];
    private int _next;

    /// <summary>Reads <paramref name="source"/>, which must have an end.</summary>
    public KeypointMemory(IKeypointSource source)
    {
        (Layout, RateHz, Description) = (source.Layout, source.RateHz, source.Description);
        for (var set = new Keypoints(Layout); source.TryRead(set, CancellationToken.None); set = new(Layout))
            _sets.Add(set);
    }

    /// <inheritdoc/>
    public KeypointLayout Layout { get; }

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool TryRead(Keypoints keypoints, CancellationToken cancellation)
    {
        if (_next >= _sets.Count || cancellation.IsCancellationRequested)
            return false;
        keypoints.CopyFrom(_sets[_next++]);
        return true;
    }

    /// <summary>Nothing is held open.</summary>
    public void Dispose()
    {
    }
}
