using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

/// <summary>Samples are counted by their numbers: nothing is lost unseen, nothing counted twice.</summary>
public sealed class SampleLedgerTests
{
    [Fact]
    public void What_came_what_is_missing_and_what_came_twice_add_up()
    {
        var ledger = new SampleLedger();
        Assert.Equal(RecordStamp.None, ledger.Next);
        Assert.Equal(0, ledger.Enter(500, 100, new(1)));
        Assert.Equal(0, ledger.Enter(600, 50, new(2)));
        Assert.Equal(0, ledger.Enter(700, 10, new(3)));
        // Half of these have been before, then all.
        Assert.Equal(5, ledger.Enter(705, 10, new(4)));
        Assert.Equal(3, ledger.Enter(600, 3, new(5)));
        Assert.Equal((165, 50, 8, 1), (ledger.Received, ledger.Lost, ledger.Repeated, ledger.GapCount));
        Assert.Equal([new SampleGap(650, 50, new(3))], ledger.Gaps);
        Assert.Equal(715, ledger.Next);
        // Everything from the first to the next was either received or lost.
        Assert.Equal(ledger.Next - 500, ledger.Received + ledger.Lost);
    }

    [Fact]
    public void After_a_restart_of_the_device_no_gap_is_seen_and_old_gaps_make_room()
    {
        var ledger = new SampleLedger();
        for (var i = 0; i < 100; i++)
            ledger.Enter(10 * i, 5, new(i));
        Assert.Equal((99, 64), (ledger.GapCount, ledger.Gaps.Count));
        Assert.Equal((355, 985), (ledger.Gaps[0].FirstSample, ledger.Gaps[^1].FirstSample));
        ledger.Restart();
        ledger.Enter(0, 5, new(200));
        Assert.Equal((99, 5), (ledger.GapCount, ledger.Next));
    }
}
