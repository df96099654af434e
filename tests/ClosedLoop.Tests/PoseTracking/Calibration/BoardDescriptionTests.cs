using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

public sealed class BoardDescriptionTests
{
    [Theory]
    [InlineData("chessboard:9x6:25", 54)]
    [InlineData("charuco:7x5:30:22.5:DICT_5X5_100", 24)]
    public void A_board_reads_and_writes_as_the_command_line_has_it(string text, int corners)
    {
        var board = BoardDescription.Parse(text);
        Assert.Equal(corners, board.CornerCount);
        Assert.Equal(text, board.ToString());
    }

    [Theory]
    [InlineData("chessboard:9x6", "'chessboard:9x6' is no board; a board is chessboard:COLSxROWS:SQUARE_MM")]
    [InlineData("chessboard:2x6:25", "3 to 50 inner corners")]
    [InlineData("chessboard:9x6:0", "more than 0 mm")]
    [InlineData("charuco:7x5:30:30:DICT_5X5_100", "the markers must be smaller than the squares")]
    [InlineData("charuco:7x5:30:22:DICT_5X5_10", "there is no marker dictionary 'DICT_5X5_10' (did you mean 'DICT_5X5_100'?)")]
    [InlineData("charuco:20x20:30:22:DICT_4X4_100", "its 200 markers are more than the 100 of DICT_4X4_100")]
    public void What_is_no_board_is_refused(string text, string expected)
    {
        var error = Assert.Throws<ClosedLoopException>(() => BoardDescription.Parse(text));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chessboard:7x4:24")]
    [InlineData("chessboard:4x7:24")]
    [InlineData("charuco:7x5:30:22:DICT_5X5_100")]
    [InlineData("charuco:6x8:30:22:DICT_4X4_50")]
    public void A_drawn_board_is_found_with_its_corners_where_they_were_drawn(string text)
    {
        var board = BoardDescription.Parse(text);
        var (grey, width, height) = board.Draw(40);
        for (var turns = 0; turns < 2; turns++, Array.Reverse(grey))
        {
            var view = BoardDetector.Find(grey, width, height, board);
            Assert.NotNull(view);
            Assert.Equal(board.CornerCount, view.Count);
            for (var i = 0; i < view.Count; i++)
            {
                var (column, row) = (view.Corners[i] % board.InnerColumns, view.Corners[i] / board.InnerColumns);
                // The edge between two pixels lies half a pixel before the second one's centre.
                var (u, v) = ((40 * (column + 1.5)) - 0.5, (40 * (row + 1.5)) - 0.5);
                var (x, y) = turns == 0 ? (u, v) : (width - 1 - u, height - 1 - v);
                Assert.Equal(x, view.Pixels[2 * i], 0.05);
                Assert.Equal(y, view.Pixels[(2 * i) + 1], 0.05);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_board_of_an_older_OpenCV_is_told_from_one_of_a_newer(int parity)
    {
        using var folder = new TemporaryFolder();
        var drawn = BoardDescription.Parse("charuco:6x8:30:22:DICT_4X4_50") with { Parity = parity };
        var (grey, width, height) = drawn.Draw(40);
        Directory.CreateDirectory(folder["cam"]);
        GreyPicture.Save(Path.Combine(folder["cam"], "a.png"), grey, width, height);
        var cameras = ImageSequence.OpenAll(folder[""]);
        Assert.Equal(parity, BoardConfirmation.ResolveParity(BoardDescription.Parse("charuco:6x8:30:22:DICT_4X4_50"), new ImageSamples(cameras, [0], CancellationToken.None)).Parity);
    }

    [Fact]
    public void Names_with_numbers_sort_as_numbers() =>
        Assert.Equal(["image1", "image2", "image10", "image010b", "x"], new[] { "x", "image10", "image2", "image010b", "image1" }.Order(NaturalOrder.Instance));
}
