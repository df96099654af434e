using System.Globalization;
using System.Text.RegularExpressions;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// A calibration board, as <c>chessboard:COLSxROWS:SQUARE_MM</c> (inner corners) or
/// <c>charuco:COLSxROWS:SQUARE_MM:MARKER_MM:DICT</c> (squares). Its corners are numbered row by row from the top left as
/// printed; its frame has the origin at the bottom left inner corner, x to the right, y up, z towards the viewer.
/// </summary>
public sealed partial record BoardDescription
{
    private const string Shapes = "a board is chessboard:COLSxROWS:SQUARE_MM (inner corners), as in chessboard:9x6:25, or charuco:COLSxROWS:SQUARE_MM:MARKER_MM:DICT (squares), as in charuco:7x5:30:22:DICT_5X5_100";

    /// <summary>What kind of board it is.</summary>
    public required BoardKind Kind { get; init; }

    /// <summary>Chessboard: inner corners along a row. ChArUco: squares along a row.</summary>
    public required int Columns { get; init; }

    /// <summary>Chessboard: rows of inner corners. ChArUco: rows of squares.</summary>
    public required int Rows { get; init; }

    /// <summary>The side of a square, millimetres.</summary>
    public required double SquareMm { get; init; }

    /// <summary>The side of a marker, millimetres; 0 for a chessboard.</summary>
    public double MarkerMm { get; init; }

    /// <summary>OpenCV's number of the markers' dictionary; 0 for a chessboard.</summary>
    internal int Dictionary { get; init; }

    /// <summary>
    /// ChArUco: the square (x, y) counted from the top left holds a marker where (x + y) % 2 is this. NB: OpenCV before
    /// 4.7 put a marker into the top left square of boards with an even number of rows; later versions never do.
    /// </summary>
    internal int Parity { get; init; } = 1;

    /// <summary>Inner corners along a row.</summary>
    public int InnerColumns => Kind == BoardKind.Charuco ? Columns - 1 : Columns;

    /// <summary>Rows of inner corners.</summary>
    public int InnerRows => Kind == BoardKind.Charuco ? Rows - 1 : Rows;

    /// <summary>How many corners the whole board has.</summary>
    public int CornerCount => InnerColumns * InnerRows;

    /// <summary>Whether the board turned by half a turn looks the same, so that two cameras may number its corners differently.</summary>
    public bool LooksTheSameTurned => Kind == BoardKind.Chessboard && Columns % 2 == Rows % 2;

    /// <summary>Reads what the command line says.</summary>
    /// <exception cref="ClosedLoopException">It is no board; exit code 2.</exception>
    public static BoardDescription Parse(string text)
    {
        if (Chessboard().Match(text) is { Success: true } chessboard)
        {
            var board = new BoardDescription
            {
                Kind = BoardKind.Chessboard, Columns = Integer(chessboard, 1), Rows = Integer(chessboard, 2), SquareMm = Number(chessboard, 3),
            };
            return board.Columns is < 3 or > 50 || board.Rows is < 3 or > 50
                ? throw Wrong(text, "a chessboard has 3 to 50 inner corners along each side")
                : board.SquareMm > 0 ? board : throw Wrong(text, "the squares must measure more than 0 mm");
        }
        if (CharucoText().Match(text) is { Success: true } charuco)
        {
            var board = new BoardDescription
            {
                Kind = BoardKind.Charuco, Columns = Integer(charuco, 1), Rows = Integer(charuco, 2), SquareMm = Number(charuco, 3), MarkerMm = Number(charuco, 4),
                Dictionary = ArucoDictionary.Number(charuco.Groups[5].Value),
            };
            if (board.Columns is < 3 or > 50 || board.Rows is < 3 or > 50)
                throw Wrong(text, "a ChArUco board has 3 to 50 squares along each side");
            if (!(board.MarkerMm > 0 && board.MarkerMm < board.SquareMm))
                throw Wrong(text, "the markers must be smaller than the squares, and measure more than 0 mm");
            var markers = ((board.Columns * board.Rows) + 1) / 2;
            return markers <= ArucoDictionary.Size(board.Dictionary)
                ? board
                : throw Wrong(text, $"its {markers} markers are more than the {ArucoDictionary.Size(board.Dictionary)} of {ArucoDictionary.Name(board.Dictionary)}");
        }
        throw ClosedLoopException.Usage($"'{text}' is no board; {Shapes}");
    }

    /// <summary>The place of a corner in the board's frame, metres; z is 0.</summary>
    public (double X, double Y) CornerM(int corner) =>
        (corner % InnerColumns * SquareMm / 1000, (InnerRows - 1 - (corner / InnerColumns)) * SquareMm / 1000);

    /// <summary>The board as the command line writes it.</summary>
    public override string ToString() => Kind == BoardKind.Chessboard
        ? string.Create(CultureInfo.InvariantCulture, $"chessboard:{Columns}x{Rows}:{SquareMm:R}")
        : string.Create(CultureInfo.InvariantCulture, $"charuco:{Columns}x{Rows}:{SquareMm:R}:{MarkerMm:R}:{ArucoDictionary.Name(Dictionary)}");

    /// <summary>The board as the shim lays it out.</summary>
    internal CalibrationNative.Board ToNative() => new()
    {
        Kind = (int)Kind, Columns = Columns, Rows = Rows, Dictionary = Dictionary, Parity = Parity, Square = SquareMm, Marker = MarkerMm,
    };

    /// <summary>Draws the board for the printer: grey, a margin of half a square around it.</summary>
    /// <param name="squarePx">Pixels along a square.</param>
    public (byte[] Grey, int Width, int Height) Draw(int squarePx)
    {
        var (width, height) = ((InnerColumns + 2) * squarePx, (InnerRows + 2) * squarePx);
        var grey = new byte[width * height];
        CalibrationNative.Check(CalibrationNative.cl_board_draw(ToNative(), squarePx, grey), $"the board {this} cannot be drawn");
        return (grey, width, height);
    }

    private static ClosedLoopException Wrong(string text, string why) => ClosedLoopException.Usage($"'{text}' is no board: {why}; {Shapes}");

    private static int Integer(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^chessboard:(\d{1,3})x(\d{1,3}):(\d+(?:\.\d+)?)$")]
    private static partial Regex Chessboard();

    [GeneratedRegex(@"^charuco:(\d{1,3})x(\d{1,3}):(\d+(?:\.\d+)?):(\d+(?:\.\d+)?):(\w+)$")]
    private static partial Regex CharucoText();
}
