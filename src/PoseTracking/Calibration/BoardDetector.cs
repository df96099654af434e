using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Finds a board's corners in grey images, to a fraction of a pixel (OpenCV). May be used on many threads.</summary>
public static class BoardDetector
{
    /// <summary>The fewest corners from which a pose is computed.</summary>
    public const int FewestCorners = 6;

    /// <summary>The board in an image, or null where it is not found.</summary>
    /// <param name="grey">The pixels, rows from the top, without padding.</param>
    /// <param name="width">Pixels along a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="board">The board.</param>
    /// <param name="mirrored">Looks for it in the image's mirror image.</param>
    public static BoardView? Find(ReadOnlySpan<byte> grey, int width, int height, BoardDescription board, bool mirrored = false)
    {
        Span<int> corners = stackalloc int[board.CornerCount];
        Span<double> pixels = stackalloc double[2 * board.CornerCount];
        var count = CalibrationNative.cl_board_find(grey, width, height, board.ToNative(), mirrored ? 1 : 0, corners, pixels);
        if (count < 0)
            throw ClosedLoopException.Failed($"the search for the board {board} failed: {CalibrationNative.LastError()}");
        return count >= FewestCorners && SpansAPlane(corners[..count], board)
            ? new(corners[..count].ToArray(), pixels[..(2 * count)].ToArray())
            : null;
    }

    /// <summary>NB: corners of a single row or column lie on a line, which has no pose.</summary>
    private static bool SpansAPlane(ReadOnlySpan<int> corners, BoardDescription board)
    {
        var (rows, columns) = (new HashSet<int>(), new HashSet<int>());
        foreach (var corner in corners)
        {
            rows.Add(corner / board.InnerColumns);
            columns.Add(corner % board.InnerColumns);
        }
        return rows.Count >= 2 && columns.Count >= 2;
    }
}
