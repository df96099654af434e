using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;

namespace ClosedLoop.Tests.Electrophysiology;

/// <summary>Planted units come out as they were planted: with overlaps, drift, units that come and go, and the day after.</summary>
public sealed class TetrodeSorterTests
{
    private static readonly SortingChainOptions Quick = new() { Sorting = new() { LearningS = 20, AdoptionS = 1, RejectsS = 5, LearningThreads = 2 } };

    [Fact]
    public void Planted_units_are_found_and_sorted_and_the_same_blocks_give_the_same_spikes()
    {
        var planted = new PlantedTetrodes(2, 4, 40, 1);
        var (spikes, chain) = Sort(planted, Quick);
        foreach (var comparison in planted.Compare(spikes))
        {
            Assert.Equal(0, comparison.FalseUnits);
            Assert.All(comparison.Matches, match => Assert.True(match.Accuracy > 0.9, $"accuracy {match.Accuracy:F3} of {match.TrueSpikes} spikes"));
        }
        Assert.Equal(spikes, Sort(new(2, 4, 40, 1), Quick).Spikes);
        // What waited is told late, and all of it.
        Assert.Contains(spikes, spike => spike.Late && spike.Sample < 30000);
        Assert.DoesNotContain(spikes, spike => spike.Late && spike.Sample > 30 * 30000);
        Assert.All(chain.Sorters, sorter => Assert.Equal(0, sorter.Dropped));
        foreach (var quality in chain.Sorters.SelectMany(sorter => sorter.Qualities()))
        {
            Assert.Equal(UnitState.Learnt, quality.State);
            Assert.True(quality.Snr > 5 && quality.IsiViolation < 0.02 && Math.Abs(quality.Drift) < 0.15, $"{quality}");
            Assert.True(double.IsNaN(quality.IsolationDistance) || quality.IsolationDistance > 15, $"{quality}");
            Assert.Equal(spikes.Count(spike => spike.Tetrode == quality.Tetrode && spike.Unit == quality.Unit), quality.Spikes);
            // Its recent spikes look like its template, and spread about it as the noise does.
            var waveform = chain.Sorters[quality.Tetrode].Waveforms().Single(waveform => waveform.Unit == quality.Unit);
            Assert.True(waveform.Spikes > 20 && waveform.Wires == 4, $"{waveform}");
            Assert.Equal(1, -waveform.MeanMicrovolts.Min() / quality.PeakMicrovolts, 0.1);
            Assert.InRange(Array.IndexOf(waveform.MeanMicrovolts, waveform.MeanMicrovolts.Min()) % 32, waveform.Before - 1, waveform.Before + 1);
            Assert.InRange(waveform.SpreadMicrovolts[0], 4, 12);
        }
    }

    [Fact]
    public void Overlapping_spikes_are_told_apart()
    {
        var planted = new PlantedTetrodes(1, 3, 60, 6);
        planted.Overlap(0, 1, 0.5);
        var (spikes, _) = Sort(planted, Quick);
        var comparison = Assert.Single(planted.Compare(spikes));
        Assert.Equal(0, comparison.FalseUnits);
        // Of the first unit's spikes half are within half a millisecond of one of the second's.
        Assert.All(comparison.Matches, match => Assert.True(match.Recall > 0.85 && match.Precision > 0.9, $"recall {match.Recall:F3}, precision {match.Precision:F3} of {match.TrueSpikes}"));
    }

    [Fact]
    public void Drift_is_followed_and_the_second_pass_knows_it_from_the_beginning()
    {
        var options = Quick with { Sorting = Quick.Sorting with { DriftS = 10 } };
        var still = Quick with { Sorting = Quick.Sorting with { DriftS = 1e9 } };
        PlantedTetrodes Planted() => new(1, 3, 100, 12, walkMicrometres: 45);
        var left = Mean(Planted(), Sort(Planted(), still).Spikes);
        var (first, second) = (new Spikes(), new Spikes());
        new OfflineSorter(Planted().Tetrodes, options, stretchS: 10).Sort(Planted, first, second);
        var (online, again) = (Mean(Planted(), first.All), Mean(Planted(), second.All));
        Assert.True(online > 0.9, $"mean accuracy {online:F3} online");
        Assert.True(again > 0.9, $"mean accuracy {again:F3} in the second pass");
        Assert.True(left < online - 0.03, $"mean accuracy {left:F3} without following, {online:F3} with");
    }

    [Fact]
    public void A_unit_that_comes_is_born_and_one_that_goes_is_lost()
    {
        var planted = new PlantedTetrodes(1, 3, 75, 6);
        planted.Confine(0, 0, 40 * 30000);
        planted.Confine(1, 35 * 30000, 75 * 30000);
        var (spikes, chain) = Sort(planted, Quick with { Sorting = Quick.Sorting with { LostS = 5 } });
        var states = chain.Sorters[0].Qualities().Select(quality => quality.State).Order().ToArray();
        Assert.Equal([UnitState.Learnt, UnitState.Born, UnitState.Lost], states);
        var born = chain.Sorters[0].Qualities().Single(quality => quality.State == UnitState.Born).Unit;
        double[] found = [.. spikes.Where(spike => spike.Unit == born && spike.Sample > 60 * 30000).Select(spike => spike.Sample)];
        double[] truth = [.. planted.Truth[1].Where(at => at > 60 * 30000)];
        Assert.True(SortingComparison.Coincidences(truth, found, 12) > 0.9 * Math.Max(found.Length, truth.Length));
    }

    [Fact]
    public void Tomorrow_begins_sorted_and_decisions_are_carried_out()
    {
        var path = Path.Combine(Path.GetTempPath(), $"sorter-{Guid.NewGuid():N}.state");
        try
        {
            var (_, chain) = Sort(new(1, 3, 30, 6), Quick);
            SorterState.Save(path, chain);
            var planted = new PlantedTetrodes(1, 3, 20, 6);
            var today = planted.NewChain(Quick);
            SorterState.Load(path, today);
            Assert.True(today.Learnt);
            var spikes = Run(planted, today);
            Assert.All(planted.Compare(spikes)[0].Matches, match => Assert.True(match.Accuracy > 0.85, $"accuracy {match.Accuracy:F3}"));
            Assert.DoesNotContain(spikes, spike => spike.Late);

            var sorter = today.Sorters[0];
            Assert.Equal([1, 2, 3], sorter.Units);
            SortingDecisions.Parse("decisions:\n  - tetrode: 0\n    merge: [3, 1]\n", "d.yaml").Apply(today);
            Assert.Equal([1, 2], sorter.Units);
            // A split finds the two again that were merged.
            SortingDecisions.Parse("decisions:\n  - {tetrode: 0, split: 1}\n  - {tetrode: 0, discard: 2}\n", "d.yaml").Apply(today);
            Assert.Equal([1, 4], sorter.Units);
            var missing = Assert.Throws<ClosedLoopException>(() => SortingDecisions.Parse("decisions:\n  - {tetrode: 0, discard: 2}\n", "d.yaml").Apply(today));
            Assert.Contains("has no unit 2; it has 1, 4", missing.Message, StringComparison.Ordinal);

            var bytes = File.ReadAllBytes(path);
            void Refused(byte[] file, string why)
            {
                File.WriteAllBytes(path, file);
                Assert.Contains(why, Assert.Throws<ClosedLoopException>(() => SorterState.Load(path, planted.NewChain(Quick))).Message, StringComparison.Ordinal);
            }
            Refused(bytes[..^100], "is cut off");
            Refused(bytes[..10], "is no sorter state");
            Refused([.. Encoding.ASCII.GetBytes("RIFF"), .. bytes[4..]], "is no sorter state");
            Refused([.. bytes[..8], 9, .. bytes[9..]], "is of version 9");
            Refused([.. bytes[..500], (byte)(bytes[500] ^ 1), .. bytes[501..]], "is damaged");
            File.WriteAllBytes(path, bytes);
            Assert.Contains("of other tetrodes", Assert.Throws<ClosedLoopException>(() => SorterState.Load(path, new PlantedTetrodes(2, 1, 1, 1).NewChain(Quick))).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Contains("there is no such file", Assert.Throws<ClosedLoopException>(() => SorterState.Load(path, new PlantedTetrodes(1, 1, 1, 1).NewChain(Quick))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decisions:\n  - tetrode: 1\n", "one of 'merge', 'split' and 'discard'")]
    [InlineData("decisions:\n  - {tetrode: 1, split: 1, discard: 2}\n", "one of 'merge', 'split' and 'discard'")]
    [InlineData("decisions:\n  - {tetrode: 1, merge: [2]}\n", "a list of two units or more")]
    [InlineData("decisions:\n  - {tetrode: 1, merge: [2, x]}\n", "a list of two units or more")]
    [InlineData("decisions:\n  - {tetrode: 1, splt: 2}\n", "there is no key 'splt'")]
    [InlineData("decisions:\n  - {tetrode: -1, split: 2}\n", "must lie between 0")]
    public void Decisions_that_cannot_be_are_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<ClosedLoopException>(() => SortingDecisions.Parse(text, "d.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void Sorting_allocates_nothing_once_it_has_learnt()
    {
        var planted = new PlantedTetrodes(2, 3, 34, 3);
        var chain = planted.NewChain(Quick with { Sorting = Quick.Sorting with { RejectsS = 1000 } });
        var (block, counting) = (planted.NewBlock(), new Counting());
        var runs = new List<long>();
        var (allocated, blocks) = (0L, 0);
        while (planted.TryRead(block))
        {
            var learnt = chain.Learnt;
            var before = GC.GetAllocatedBytesForCurrentThread();
            chain.Process(block, counting);
            if (!learnt || blocks++ < 200)
                continue;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            if (blocks % 500 != 0)
                continue;
            runs.Add(allocated);
            allocated = 0;
        }
        Assert.True(runs.Count >= 3 && counting.Count > 100, $"{runs.Count} runs, {counting.Count} spikes");
        // NB: the runtime now and then has something of its own to do; of some two seconds of blocks each, one has nothing.
        Assert.Equal(0, runs.Min());
    }

    [Fact]
    public void A_recording_that_ends_while_units_are_learnt_loses_nothing()
    {
        var planted = new PlantedTetrodes(1, 3, 25, 6);
        var (spikes, _) = Sort(planted, Quick with { Sorting = Quick.Sorting with { LearningS = 60 } });
        Assert.All(planted.Compare(spikes)[0].Matches, match => Assert.True(match.Recall > 0.9, $"recall {match.Recall:F3}"));
    }

    [Fact]
    public void Tetrodes_that_cannot_be_are_refused()
    {
        static string Why(int[][] tetrodes) => Assert.Throws<ClosedLoopException>(() => new SpikeSortingChain(tetrodes, [0.195, 0.195], 30000, 128)).Message;
        Assert.Contains("tetrode 0 names channel 2, and there are 2", Why([[0, 2]]), StringComparison.Ordinal);
        Assert.Contains("channel 1 is named by tetrode 0 and by tetrode 1", Why([[0, 1], [1]]), StringComparison.Ordinal);
        Assert.Contains("no tetrode", Why([]), StringComparison.Ordinal);
    }

    private static double Mean(PlantedTetrodes planted, IEnumerable<SortedSpike> spikes) => planted.Compare(spikes)[0].Matches.Average(match => match.Accuracy);

    private static (List<SortedSpike> Spikes, SpikeSortingChain Chain) Sort(PlantedTetrodes planted, SortingChainOptions options)
    {
        var chain = planted.NewChain(options);
        return (Run(planted, chain), chain);
    }

    private static List<SortedSpike> Run(PlantedTetrodes planted, SpikeSortingChain chain)
    {
        var (block, spikes) = (planted.NewBlock(), new Spikes());
        while (planted.TryRead(block))
            chain.Process(block, spikes);
        chain.Complete(spikes);
        return spikes.All;
    }

    private sealed class Spikes : ISortedSpikeSink
    {
        public List<SortedSpike> All { get; } = [];

        public void Take(in SortedSpike spike) => All.Add(spike);
    }

    private sealed class Counting : ISortedSpikeSink
    {
        public int Count { get; private set; }

        public void Take(in SortedSpike spike) => Count++;
    }
}
