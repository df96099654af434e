using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

public sealed class VocabularyTests
{
    [Fact]
    public void The_clock_never_goes_back_and_waits_no_shorter_than_asked()
    {
        var clock = new SessionClock();
        var start = clock.Now;
        Assert.True(clock.WaitUntil(start + 5_000_000));
        Assert.True(clock.Now - start >= 5_000_000);
    }

    [Fact]
    public void A_cancelled_wait_says_so()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.False(new SessionClock().WaitUntil(SessionTime.FromSeconds(3600), cancelled.Token));
    }

    [Fact]
    public void The_rats_skeleton_mirrors_onto_itself()
    {
        var layout = KeypointLayout.Rat23;
        var mirror = layout.MirrorIndices();
        Assert.Equal(23, layout.Edges.Count);
        Assert.All(Enumerable.Range(0, 23), i => Assert.Equal(i, mirror[mirror[i]]));
        Assert.Equal(layout.IndexOf("HandR"), mirror[layout.IndexOf("HandL")]);
        Assert.Equal(layout.IndexOf("SpineL"), mirror[layout.IndexOf("SpineL")]);
    }

    [Fact]
    public void A_wrong_keypoint_name_is_answered_with_the_nearest()
    {
        var e = Assert.Throws<ClosedLoopException>(() => KeypointLayout.Rat23.IndexOf("AnkelL"));
        Assert.Contains("did you mean 'AnkleL'?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checksum_is_the_published_one_however_it_is_cut()
    {
        var text = Encoding.ASCII.GetBytes("123456789");
        Assert.Equal(0xCBF43926u, Crc32.Compute(text));
        for (var cut = 0; cut <= text.Length; cut++)
            Assert.Equal(0xCBF43926u, Crc32.Compute(text.AsSpan(cut), Crc32.Compute(text.AsSpan(0, cut))));
        Assert.Equal(0x414FA339u, Crc32.Compute(Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog")));
    }

    [Fact]
    public void A_keypoint_with_one_coordinate_that_is_no_number_is_missing()
    {
        var keypoints = new Keypoints(KeypointLayout.Rat23);
        keypoints.Positions.AsSpan().Clear();
        Assert.Equal(23, keypoints.PresentCount);
        keypoints.Position(3)[1] = double.NaN;
        Assert.False(keypoints.IsPresent(3));
        Assert.Equal(22, keypoints.PresentCount);
    }
}
