using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>Which sets are taken while a board is shown to running cameras.</summary>
public sealed class BoardChoiceTests
{
    private static readonly LiveBoardOptions s_options = new();
    private readonly List<BoardView?>[] _taken = [[], []];

    /// <summary>Six corners of which the first lies here.</summary>
    private static BoardView At(double u, double v) => new([0, 1, 2, 6, 7, 8], [u, v, u + 30, v, u + 60, v, u, v + 30, u + 30, v + 30, u + 60, v + 30]);

    private bool Judge(BoardChoice choice, params BoardView?[] views)
    {
        var takes = choice.Judge(views, camera => _taken[camera]);
        if (takes)
            for (var c = 0; c < views.Length; c++)
                _taken[c].Add(views[c]);
        return takes;
    }

    [Fact]
    public void A_board_is_taken_once_it_is_held_still_and_again_only_elsewhere()
    {
        var choice = new BoardChoice([1000, 1000], s_options);
        Assert.False(Judge(choice, null, null));
        Assert.False(choice.IsSeen);
        // It has just come.
        Assert.False(Judge(choice, At(100, 100), null));
        Assert.True(choice.IsSeen);
        Assert.False(choice.IsStill);
        // It moves by 5 pixels, then by 3: 4 are a thousandth part of the width times four.
        Assert.False(Judge(choice, At(105, 100), null));
        Assert.True(Judge(choice, At(108, 100), null));
        Assert.False(Judge(choice, At(108, 100), null));
        Assert.True(choice.IsStill);
        // 45 pixels away is where it was, 51 is not.
        foreach (var (u, taken) in new[] { (153.0, false), (159.0, true) })
        {
            Assert.False(Judge(choice, At(u, 100), null));
            Assert.Equal(taken, Judge(choice, At(u, 100), null));
        }
    }

    [Fact]
    public void What_is_new_to_one_camera_is_taken_and_what_moves_before_one_is_not()
    {
        var choice = new BoardChoice([1000, 1000], s_options);
        Judge(choice, At(100, 100), At(500, 500));
        Assert.True(Judge(choice, At(100, 100), At(500, 500)));
        // Turned about the line of sight of the first: only the second sees it elsewhere.
        Assert.False(Judge(choice, At(100, 100), At(600, 500)));
        Assert.True(Judge(choice, At(100, 100), At(600, 500)));
        Assert.False(Judge(choice, At(100, 100), At(700, 500)));
        Assert.False(Judge(choice, At(100, 100), At(710, 500)));
        Assert.True(Judge(choice, At(100, 100), At(710, 500)));
    }

    [Fact]
    public void Views_are_compared_by_the_corners_that_they_share()
    {
        Assert.Equal(5, BoardChoice.Distance(At(100, 100), At(103, 104))!.Value, 12);
        Assert.Equal(2, BoardChoice.Distance(new([3, 8], [0, 0, 10, 10]), new([8, 4], [10, 12, 50, 50]))!.Value, 12);
        Assert.Null(BoardChoice.Distance(new([1], [0, 0]), new([2], [0, 0])));
    }
}
