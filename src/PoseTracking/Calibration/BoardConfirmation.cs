using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Looks whether the board that was filmed is the board that was named, and says what it is where it is not. The
/// commonest ways in which a calibration fails are another board than the configured one, and mirrored images.
/// </summary>
internal static class BoardConfirmation
{
    /// <summary>The fewest views with which a camera's lens can be computed at all.</summary>
    public const int FewestViews = 3;

    private const int Samples = 8;
    private const double LargestRatioError = 0.12;

    /// <summary>Which of its two layouts a ChArUco board with an even number of rows has: that in which more markers lie right.</summary>
    public static BoardDescription ResolveParity(BoardDescription board, IImageSamples samples)
    {
        if (board.Kind != BoardKind.Charuco || board.Rows % 2 != 0)
            return board with { Parity = 1 };
        var fitting = new int[2];
        for (var c = 0; c < samples.CameraCount; c++)
            foreach (var image in samples.Read(c, 4))
                for (var parity = 0; parity < 2; parity++)
                    if (CalibrationNative.cl_board_markers(image.Pixels, image.Width, image.Height, (board with { Parity = parity }).ToNative(), out var fits, out _) > 0)
                        fitting[parity] += fits;
        return board with { Parity = fitting[0] > fitting[1] ? 0 : 1 };
    }

    /// <summary>Refuses observations of another board, of a mirrored one, and too few.</summary>
    /// <param name="observations">What was seen.</param>
    /// <param name="samples">Some of the images that it was seen in, or was not.</param>
    /// <param name="looked">In how many sets it was looked for, where that is more than were kept; null: as many.</param>
    public static void Refuse(BoardObservations observations, IImageSamples samples, int? looked = null)
    {
        var board = observations.Board;
        var counts = Enumerable.Range(0, observations.Cameras.Count).Select(observations.ViewsOf).ToArray();
        var best = Array.IndexOf(counts, counts.Max());
        if (counts[best] >= FewestViews)
            RefuseAnotherBoard(board, samples.Read(best, Samples, s => observations.Views[best][s] is not null), counts[best]);
        for (var c = 0; c < counts.Length; c++)
        {
            if (counts[c] >= FewestViews)
                continue;
            var images = samples.Read(c, 2 * Samples);
            RefuseMirrored(observations, c, images);
            RefuseAnotherBoard(board, images, counts[c]);
            throw ClosedLoopException.Failed(
                $"the board {board} was found in only {counts[c]} of {looked ?? observations.SetNames.Count} images of the camera '{observations.Cameras[c].Name}', and at least {FewestViews} are needed (15 or more are good); " +
                "show the board to it more often, larger and sharply");
        }
        RefuseUnseenPart(observations);
    }

    private static void RefuseMirrored(BoardObservations observations, int camera, List<GreyImage> images)
    {
        // NB: a chessboard is found in a mirrored image too; there only the other cameras tell (RigDiagnosis).
        var mirrored = images.Count(image => BoardDetector.Find(image.Pixels, image.Width, image.Height, observations.Board, mirrored: true) is not null);
        if (observations.Board.Kind == BoardKind.Charuco && mirrored > 0)
            throw ClosedLoopException.Failed(
                $"the images of the camera '{observations.Cameras[camera].Name}' are mirrored: the board is found in none of {images.Count} as they are, and in {mirrored} of them turned over left to right; " +
                "switch off mirroring where they are recorded and record them again");
    }

    /// <summary>Compares the board with what most of the images show.</summary>
    private static void RefuseAnotherBoard(BoardDescription board, List<GreyImage> images, int found)
    {
        var guesses = new List<(BoardDescription Board, int Seen, double Ratio)>();
        foreach (var image in images)
        {
            var guess = new CalibrationNative.Board();
            var seen = CalibrationNative.cl_board_guess(image.Pixels, image.Width, image.Height, ref guess, out var ratio);
            if (seen > 0)
                guesses.Add((new()
                {
                    Kind = (BoardKind)guess.Kind, Columns = guess.Columns, Rows = guess.Rows, SquareMm = board.SquareMm, Dictionary = guess.Dictionary, Parity = guess.Parity,
                }, seen, ratio));
        }
        if (guesses.Count == 0)
            return;
        // A board that is partly hidden looks smaller than it is: the largest that was seen more than once is the best guess.
        var best = guesses.GroupBy(guess => guess.Board)
            .Where(group => group.Count() >= Math.Min(2, images.Count))
            .OrderByDescending(group => group.Key.Kind == board.Kind && group.Key.Columns == board.Columns && group.Key.Rows == board.Rows)
            .ThenByDescending(group => group.Max(guess => guess.Seen)).FirstOrDefault();
        if (best is null)
            return;
        var shown = best.Key;
        var wrong = board.Kind == BoardKind.Chessboard ? WrongChessboard(board, shown, found) : WrongCharuco(board, shown, best.Average(guess => guess.Ratio), found);
        if (wrong is not null)
            throw ClosedLoopException.Usage($"the images do not show the board {board}: {wrong}; correct --board (and measure its squares)");
    }

    private static string? WrongChessboard(BoardDescription board, BoardDescription shown, int found)
    {
        if (shown.Kind == BoardKind.Charuco)
            return $"they show a ChArUco board, {Describe(shown)}";
        var (columns, rows) = (Math.Max(board.Columns, board.Rows), Math.Min(board.Columns, board.Rows));
        if (shown.Columns == columns && shown.Rows == rows)
            return null;
        // NB: a part of a larger chessboard passes for a smaller one, with other corners in every image.
        var larger = shown.Columns >= columns && shown.Rows >= rows;
        return found == 0 || larger ? $"they show a chessboard of {shown.Columns}x{shown.Rows} inner corners" : null;
    }

    private static string? WrongCharuco(BoardDescription board, BoardDescription shown, double ratio, int found)
    {
        if (shown.Kind == BoardKind.Chessboard)
            return found == 0 ? $"they show a chessboard of {shown.Columns}x{shown.Rows} inner corners without markers" : null;
        if (!ArucoDictionary.SameFamily(shown.Dictionary, board.Dictionary))
            return $"its markers are not of {ArucoDictionary.Name(board.Dictionary)}; they show {Describe(shown)}";
        if (shown.Columns == 0)
            return null;
        if (shown.Columns != board.Columns)
            return $"they show {Describe(shown)}";
        if (shown.Rows > board.Rows)
            return $"they show one with more rows, {Describe(shown)}";
        var expected = board.MarkerMm / board.SquareMm;
        return Math.Abs((ratio / expected) - 1) > LargestRatioError
            ? FormattableString.Invariant($"its markers measure {ratio:F2} of its squares' sides, and {board.MarkerMm} mm in {board.SquareMm} mm would be {expected:F2}")
            : null;
    }

    /// <summary>A ChArUco board of which a whole side was never seen by anyone is smaller than was said.</summary>
    private static void RefuseUnseenPart(BoardObservations observations)
    {
        var board = observations.Board;
        var views = observations.Views.SelectMany(camera => camera).OfType<BoardView>().ToArray();
        if (board.Kind != BoardKind.Charuco || views.Length < 10)
            return;
        var rows = 1 + views.Max(view => view.Corners.Max(corner => corner / board.InnerColumns));
        var columns = 1 + views.Max(view => view.Corners.Max(corner => corner % board.InnerColumns));
        if (rows < board.InnerRows || columns < board.InnerColumns)
            throw ClosedLoopException.Usage(
                $"the images do not show the board {board}: in {views.Length} images no camera ever saw more of it than {columns + 1}x{rows + 1} squares, counted from its top left; correct --board, or show the whole board");
    }

    private static string Describe(BoardDescription shown) => shown.Columns == 0
        ? $"markers of {ArucoDictionary.Name(shown.Dictionary)} or a larger dictionary of this kind"
        : $"one of {shown.Columns}x{shown.Rows} squares with markers of {ArucoDictionary.Name(shown.Dictionary)} (or a larger dictionary of this kind)";
}
