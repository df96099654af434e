namespace ClosedLoop.PoseTracking;

/// <summary>Which views of a board are taken while cameras run, and when there are enough.</summary>
public sealed record LiveBoardOptions
{
    /// <summary>A board counts as held still where its corners moved less than this share of the image's width since the look before.</summary>
    public double StillShare { get; init; } = 0.004;

    /// <summary>A view is new to a camera where its corners lie further than this share of the image's width from those of every view taken.</summary>
    public double NewShare { get; init; } = 0.05;

    /// <summary>Enough: views of each camera.</summary>
    public int Views { get; init; } = 15;

    /// <summary>Enough: the share of each camera's image in whose cells corners were found.</summary>
    public double Coverage { get; init; } = 0.6;

    /// <summary>Enough: views that each camera shares with one other.</summary>
    public int SharedViews { get; init; } = 10;

    /// <summary>No more sets than this are taken.</summary>
    public int MostSets { get; init; } = 250;

    /// <summary>How long to film at most, seconds; null: until there are enough.</summary>
    public double? Seconds { get; init; }
}
