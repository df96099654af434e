namespace ClosedLoop.PoseTracking;

/// <summary>Which views (camera and set) take part.</summary>
internal sealed class ViewMask
{
    private readonly bool[,] _use;

    private ViewMask(bool[,] use) => _use = use;

    public bool this[int camera, int set]
    {
        get => _use[camera, set];
        set => _use[camera, set] = value;
    }

    /// <summary>Every view of the cameras for which <paramref name="includes"/> holds.</summary>
    public static ViewMask Of(BoardObservations observations, Func<int, bool>? includes = null)
    {
        var use = new bool[observations.Cameras.Count, observations.SetNames.Count];
        for (var c = 0; c < observations.Cameras.Count; c++)
            for (var s = 0; s < observations.SetNames.Count; s++)
                use[c, s] = observations.Views[c][s] is not null && (includes?.Invoke(c) ?? true);
        return new(use);
    }

    /// <summary>The same views without those of one camera.</summary>
    public ViewMask Without(int camera)
    {
        var use = (bool[,])_use.Clone();
        for (var s = 0; s < use.GetLength(1); s++)
            use[camera, s] = false;
        return new(use);
    }

    public int Count(int camera) => Enumerable.Range(0, _use.GetLength(1)).Count(s => _use[camera, s]);

    public int CamerasOf(int set) => Enumerable.Range(0, _use.GetLength(0)).Count(c => _use[c, set]);
}
