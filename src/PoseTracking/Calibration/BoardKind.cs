namespace ClosedLoop.PoseTracking;

/// <summary>A kind of calibration board.</summary>
public enum BoardKind
{
    /// <summary>A plain chessboard, seen whole or not at all.</summary>
    Chessboard,

    /// <summary>A chessboard with markers in its bright squares, which may be seen in part.</summary>
    Charuco,
}
