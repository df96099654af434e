namespace ClosedLoop.PoseTracking;

/// <summary>Everything that the cameras saw of the board: per camera and set, the corners found.</summary>
public sealed class BoardObservations
{
    /// <summary>The board that was looked for.</summary>
    public required BoardDescription Board { get; init; }

    /// <summary>Name and image size of each camera.</summary>
    public required IReadOnlyList<(string Name, int Width, int Height)> Cameras { get; init; }

    /// <summary>What messages call each set of simultaneous images.</summary>
    public required IReadOnlyList<string> SetNames { get; init; }

    /// <summary>Per camera and set the board as it was seen, or null.</summary>
    public required BoardView?[][] Views { get; init; }

    /// <summary>In how many sets a camera saw the board.</summary>
    public int ViewsOf(int camera) => Views[camera].Count(view => view is not null);

    /// <summary>In how many sets two cameras both saw the board.</summary>
    public int SharedViews(int a, int b)
    {
        var count = 0;
        for (var s = 0; s < SetNames.Count; s++)
            if (Views[a][s] is not null && Views[b][s] is not null)
                count++;
        return count;
    }

    /// <summary>A camera's corners of one set in the board's frame, metres: x, y, 0 of one after the other.</summary>
    internal double[] CornersM(BoardView view)
    {
        var points = new double[3 * view.Count];
        for (var i = 0; i < view.Count; i++)
            (points[3 * i], points[(3 * i) + 1]) = Board.CornerM(view.Corners[i]);
        return points;
    }

    /// <summary>The same without one set of views.</summary>
    internal BoardObservations With(BoardView?[][] views) => new() { Board = Board, Cameras = Cameras, SetNames = SetNames, Views = views };
}
