namespace ClosedLoop.PoseTracking;

/// <summary>Decides which sets are worth taking: the board is held still, and lies as it has not yet lain for some camera.</summary>
/// <param name="widths">Width of each camera's images, pixels.</param>
/// <param name="options">How still, and how new.</param>
internal sealed class BoardChoice(IReadOnlyList<int> widths, LiveBoardOptions options)
{
    private readonly BoardView?[] _before = new BoardView?[widths.Count];

    /// <summary>Whether any camera saw the board at the last judgement.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>Whether it was held still.</summary>
    public bool IsStill { get; private set; }

    /// <summary>Judges what was seen now.</summary>
    /// <param name="views">Per camera the board as it is seen, or null.</param>
    /// <param name="taken">Per camera the views that were taken before.</param>
    /// <returns>Whether to take it.</returns>
    public bool Judge(IReadOnlyList<BoardView?> views, Func<int, IReadOnlyList<BoardView?>> taken)
    {
        (IsSeen, IsStill) = (false, true);
        var (compared, isNew) = (0, false);
        for (var c = 0; c < widths.Count; c++)
        {
            if (views[c] is { } view)
            {
                IsSeen = true;
                if (_before[c] is { } before && Distance(view, before) is { } moved)
                {
                    compared++;
                    IsStill &= moved <= options.StillShare * widths[c];
                }
                isNew = isNew || taken(c).All(other => other is null || !(Distance(view, other) <= options.NewShare * widths[c]));
            }
            _before[c] = views[c];
        }
        // NB: a board that nobody saw a moment ago is being brought in.
        IsStill &= compared > 0;
        return IsStill && isNew;
    }

    /// <summary>Root of the mean squared distance of the corners that two views share, pixels; null where they share none.</summary>
    internal static double? Distance(BoardView a, BoardView b)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < a.Count; i++)
        {
            if (Array.IndexOf(b.Corners, a.Corners[i]) is not (>= 0 and var j))
                continue;
            var (x, y) = (a.Pixels[2 * i] - b.Pixels[2 * j], a.Pixels[(2 * i) + 1] - b.Pixels[(2 * j) + 1]);
            sum += (x * x) + (y * y);
            count++;
        }
        return count == 0 ? null : Math.Sqrt(sum / count);
    }
}
