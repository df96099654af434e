using ClosedLoop.Core;
using ClosedLoop.Electrophysiology;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Tests.Electrophysiology;
using ClosedLoop.Tests.PoseTracking;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Recording.Session;
using ClosedLoop.Tests.Sessions;
using ClosedLoop.Tetrodes;

namespace ClosedLoop.Tests.Tetrodes;

/// <summary>Samples to spikes and counts beside a session: what is counted, what is recorded, and what a replay makes of it.</summary>
public sealed class TetrodeStageTests : IDisposable
{
    private const double LearningS = 4, AdoptionS = 1;
    private readonly TemporaryFolder _folder = new();

    private static TetrodeConfiguration Quick => new() { Sorting = new() { Sorting = new() { LearningS = LearningS, AdoptionS = AdoptionS } } };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_bin_counts_the_spikes_within_it_and_they_are_the_planted_ones()
    {
        const double Seconds = 36, Longer = 20;
        var planted = new PlantedTetrodes(tetrodes: 1, unitsEach: 3, Seconds, seed: 6);
        using var source = new DisturbedSamples(planted) { IsPatient = true };
        using var stage = new TetrodeStage(source, planted.Tetrodes, new() { Sorting = new() { Sorting = new() { LearningS = Longer, AdoptionS = AdoptionS } } }, new());
        source.Beaten = stage;
        var (spikes, bins, units) = (new List<(int Tetrode, int Unit, double Sample, long TimeNs, bool Late)>(), new List<(SpikeCounts Bin, int[] Counts)>(), new List<SortedUnit>());
        using var keepSpikes = stage.Spikes.Subscribe(new Sink<SpikeBatch>(batch =>
        {
            for (var i = 0; i < batch.Count; i++)
                spikes.Add((batch.Tetrodes[i], batch.Units[i], batch.Samples[i], batch.TimesNs[i], batch.Flags[i] != 0));
        }));
        using var keepBins = stage.Counts.Subscribe(new Sink<SpikeCounts>(bin => bins.Add((Copy(bin), bin.Counts[..bin.UnitCount]))));
        using var keepUnits = stage.Units.Subscribe(new Sink<SortedUnit>(units.Add));
        stage.Start();
        Assert.True(source.WaitForEnd());
        stage.Finish(default);

        // The session's time of a sample is the device's plus what it began at.
        Assert.All(spikes, spike => Assert.InRange(spike.TimeNs - (long)(spike.Sample / planted.RateHz * 1e9) - DisturbedSamples.BeganNs, -50_000, 50_000));
        Assert.Equal(Enumerable.Range(0, bins.Count).Select(i => (long)i), bins.Select(bin => bin.Bin.Stamp.Sequence));
        Assert.InRange(bins.Count, 50 * Seconds - 3, (50 * Seconds) + 1);
        var index = units.GroupBy(unit => (unit.Tetrode, unit.Unit)).ToDictionary(unit => unit.Key, unit => unit.Last().Index);
        foreach (var (bin, counts) in bins)
        {
            var expected = new int[counts.Length];
            foreach (var spike in spikes.Where(spike => spike.Unit > 0 && !spike.Late && spike.TimeNs >= bin.Start.Nanoseconds && spike.TimeNs < bin.Start.Nanoseconds + 20_000_000))
                expected[index[(spike.Tetrode, spike.Unit)]]++;
            Assert.Equal(expected, counts);
        }

        // From when units are known on, the counts are those of the planted spikes: of those bins nearly all is found.
        var clear = bins.Where(bin => bin.Bin.Flags == SpikeCountFlags.None).ToList();
        Assert.InRange(clear[0].Bin.Start.Seconds - 2, Longer + AdoptionS, Longer + AdoptionS + 8);
        Assert.All(bins.TakeWhile(bin => bin.Bin.Stamp.Sequence < clear[0].Bin.Stamp.Sequence), bin => Assert.NotEqual(SpikeCountFlags.None, bin.Bin.Flags));
        var (from, to) = (clear[0].Bin.Start.Nanoseconds, clear[^1].Bin.Start.Nanoseconds);
        var truth = planted.Truth.Sum(unit => unit.Count(at => (long)(at / planted.RateHz * 1e9) + DisturbedSamples.BeganNs is var time && time >= from && time < to));
        Assert.InRange(clear.Sum(bin => bin.Counts.Sum()) / (double)truth, 0.85, 1.1);
        Assert.Equal(3, stage.Result().Units.Count);
        Assert.All(units, unit => Assert.Equal(4 * 32, unit.Waveform.Length));
        Assert.Equal(spikes.Count(spike => spike.Unit > 0), stage.Result().Spikes);
        Assert.InRange(stage.Result().Clock.OffsetS, 1.9999, 2.0001);
        Assert.InRange(stage.Result().Clock.DriftPpm, -1, 1);
    }

    [Fact]
    public void A_recording_is_sorted_again_bit_for_bit_without_the_blocks_that_there_was_no_time_for()
    {
        var path = _folder["behind.mcap"];
        var planted = new PlantedTetrodes(tetrodes: 2, unitsEach: 3, seconds: 16, seed: 6);
        using var setup = Setup();
        var clock = new SessionClock();
        TetrodeResult first;
        using (var source = new DisturbedSamples(planted) { Lost = { 700, 701, 1500 } })
        {
            using var stage = new TetrodeStage(source, planted.Tetrodes, Quick with { Sorting = TetrodeConfiguration.Learning(1.5) }, clock);
            source.Beaten = stage;
            using var recorder = SessionRecorder.Start(path, SessionArchive.ContentOf(setup, clock, stage, []));
            using var samples = stage.Samples.Subscribe(new Sink<SampleBlock>(recorder.Write));
            using var spikes = stage.Spikes.Subscribe(new Sink<SpikeBatch>(recorder.Write));
            using var units = stage.Units.Subscribe(new Sink<SortedUnit>(recorder.Write));
            using var findings = stage.Findings.Subscribe(new Sink<SampleFinding>(finding => recorder.Write(finding)));
            // Sorting is held up until everything has been read.
            using var counts = stage.Counts.Subscribe(new Sink<SpikeCounts>(bin =>
            {
                recorder.Write(bin);
                if (bin.Stamp.Sequence == 200)
                    source.WaitForEnd();
            }));
            stage.Start();
            Assert.True(source.WaitForEnd());
            stage.Finish(default);
            first = stage.Result();
            recorder.Finish();
            Assert.Equal(0, recorder.OutstandingBlocks);
        }
        Assert.InRange(first.BlocksUnsorted, 1000, 3000);
        Assert.Equal((3 * 128, 2, null), (first.SamplesLost, first.Gaps, first.Ended));
        Assert.Equal((16 * 30_000) - first.SamplesLost, first.Samples);

        using var recording = SessionRecording.Open(path);
        Assert.Equal(first.BlocksUnsorted, recording.SampleFindings().Where(finding => finding.Kind == SampleFindingKind.Unsorted).Sum(finding => finding.Blocks));
        Assert.Equal(first.SamplesLost, recording.SampleFindings().Where(finding => finding.Kind == SampleFindingKind.Lost).Sum(finding => finding.Samples));
        var (again, reproduction) = Replay(recording, configuration => configuration);
        Assert.Equal(new(first.Spikes + first.SpikesUnexplained, first.Bins, BitForBit: true), reproduction);
        Assert.Equal((first.Spikes, first.SpikesLate, first.Bins, first.FlaggedBins), (again.Spikes, again.SpikesLate, again.Bins, again.FlaggedBins));
        Assert.True(first.Spikes > 300, $"{first.Spikes}");
        Assert.Equal(first.Units, again.Units);

        // What is to be the same is not the same by construction.
        Assert.False(Replay(recording, configuration => configuration with { Sorting = configuration.Sorting with { HighHz = 5999 } }).Reproduction.BitForBit);
        Assert.False(Replay(recording, configuration => configuration with { BinS = 0.0201 }).Reproduction.BitForBit);
    }

    [Fact]
    public void Samples_that_are_lost_fall_silent_and_end_are_told_of_and_the_session_goes_on()
    {
        const int Frames = 150;
        var path = _folder["unplugged.mcap"];
        var clock = new SessionClock();
        using var setup = Setup();
        using var keypoints = new StalledSource(clock, Frames, silentAfter: Frames, silenceS: 0);
        using var input = new LiveInput(keypoints, clock, setup.Configuration.GraceS, seconds: null);
        using var source = new DisturbedSamples(new(tetrodes: 1, unitsEach: 2, seconds: 10, seed: 7), clock) { Lost = { 40, 41, 42 }, Silence = (0.5, 2), UnpluggedS = 2.3 };
        using var stage = new TetrodeStage(source, [[0, 1, 2, 3]], Quick, clock);
        using var session = new Session(setup, input, clock, stage);
        var alarms = new List<string>();
        SessionResult result;
        using (var recorder = SessionRecorder.Start(path, SessionArchive.ContentOf(setup, clock, stage, [])))
        {
            result = session.Run(recorder, null, null, progress => alarms.AddRange(progress.Alarm is { } alarm ? [alarm] : []), default);
            recorder.Finish();
            Assert.Equal(0, recorder.OutstandingBlocks);
        }
        // The body has had its beats, and its thread has not paid for the tetrodes.
        Assert.InRange(result.Frames, Frames - 40, long.MaxValue);
        Assert.Equal(0, result.AllocatedBytesPerFrame);
        var told = string.Join('\n', alarms);
        Assert.Contains("384 samples (12.8 ms) of every channel were lost", told, StringComparison.Ordinal);
        // NB: on a machine that is short of time the silence may fall between two glances.
        Assert.Matches("NO SAMPLES|samples had stopped", told);
        Assert.Matches("samples are back|samples had stopped and are back", told);
        Assert.Contains("SAMPLES HAVE ENDED: the headstage was unplugged; the session goes on without them", told, StringComparison.Ordinal);

        var tetrodes = result.Tetrodes!;
        Assert.Equal((384, 1, "the headstage was unplugged"), (tetrodes.SamplesLost, tetrodes.Gaps, tetrodes.Ended));
        Assert.InRange(tetrodes.Stalls, 1, 3);
        Assert.InRange(tetrodes.Samples, (2.3 * 30_000) - 384 - 256, (2.3 * 30_000) - 384);
        Assert.True(result.LatencyMs.ContainsKey("samples_to_spikes"));
        Assert.Equal((0, 0), (result.Dropped["samples to sorter"], result.Dropped["beats to sorter"]));
        using var recording = SessionRecording.Open(path);
        Assert.Equal([SampleFindingKind.Lost, SampleFindingKind.Failed], recording.SampleFindings().Select(finding => finding.Kind));
        using var samples = new RecordingSampleSource(recording);
        Assert.Equal(tetrodes.Samples, samples.SampleCount);
        // Every beat has its bin, and those whose samples never came say so.
        var (bins, bin, flags) = (recording.SpikeCounts(), recording.Layout.Tetrodes!.NewSpikeCounts(), new List<SpikeCountFlags>());
        while (bins.TryRead(bin))
            flags.Add(bin.Flags);
        Assert.Equal(result.Frames, flags.Count);
        Assert.InRange(flags.Count(flag => flag.HasFlag(SpikeCountFlags.Unsorted)), 5, flags.Count - 15);
        Assert.Contains(flags, flag => flag.HasFlag(SpikeCountFlags.Gap) && !flag.HasFlag(SpikeCountFlags.Unsorted));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_block_once_units_are_learnt()
    {
        var planted = new PlantedTetrodes(tetrodes: 2, unitsEach: 3, seconds: 12, seed: 8);
        using var source = new DisturbedSamples(planted);
        SampleBlock[] blocks = [.. Enumerable.Range(0, 12 * 30_000 / 128).Select(_ =>
        {
            var block = planted.NewBlock();
            Assert.True(source.TryRead(block, default));
            return block;
        })];
        var (spikes, counted, tick) = (0, 0, 0L);
        var stream = new SortedStream(planted.NewChain(Quick.Sorting), 0.02, () => default, batch => spikes += batch.Count, bin => counted += bin.Counts[0]);
        var at = 0;
        void Process(int until)
        {
            for (; at < until; at++)
            {
                stream.Process(blocks[at]);
                if (at % 5 == 4)
                    stream.Bin(tick++, stream.Sorted);
            }
        }
        Process(blocks.Length / 2);
        Assert.True(stream.Chain.Learnt);
        var least = long.MaxValue;
        for (var third = 1; third <= 3; third++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Process((blocks.Length / 2) + (third * blocks.Length / 6));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.True(spikes > 100 && counted > 0);
    }

    [Fact]
    public void What_was_learnt_begins_another_session_and_its_recording_replays()
    {
        var (state, path) = (_folder["units.state"], _folder["again.mcap"]);
        using (var source = new DisturbedSamples(new(tetrodes: 1, unitsEach: 3, seconds: 8, seed: 9)) { IsPatient = true })
        {
            using var stage = new TetrodeStage(source, [[0, 1, 2, 3]], Quick, new());
            source.Beaten = stage;
            stage.Start();
            Assert.True(source.WaitForEnd());
            stage.Finish(default);
            stage.SaveState(state);
        }
        var clock = new SessionClock();
        using var setup = Setup();
        TetrodeResult first;
        using (var source = new DisturbedSamples(new(tetrodes: 1, unitsEach: 3, seconds: 4, seed: 9)) { IsPatient = true })
        {
            using var stage = new TetrodeStage(source, [[0, 1, 2, 3]], Quick, clock, SorterState.Read(state));
            source.Beaten = stage;
            using var recorder = SessionRecorder.Start(path, SessionArchive.ContentOf(setup, clock, stage, []));
            using var samples = stage.Samples.Subscribe(new Sink<SampleBlock>(recorder.Write));
            using var spikes = stage.Spikes.Subscribe(new Sink<SpikeBatch>(recorder.Write));
            using var counts = stage.Counts.Subscribe(new Sink<SpikeCounts>(recorder.Write));
            stage.Start();
            Assert.True(source.WaitForEnd());
            stage.Finish(default);
            first = stage.Result();
            recorder.Finish();
        }
        // Shorter than learning would take, and yet sorted: nothing is late.
        Assert.Equal(0, first.SpikesLate);
        Assert.True(first.Spikes > 20);
        using var recording = SessionRecording.Open(path);
        Assert.True(Replay(recording, configuration => configuration).Reproduction.BitForBit);
    }

    [Fact]
    public void The_field_potential_is_what_its_branch_makes_of_the_samples()
    {
        PlantedTetrodes Planted() => new(tetrodes: 1, unitsEach: 2, seconds: 1, seed: 4);
        using var source = new DisturbedSamples(Planted()) { Lost = { 20 } };
        using var stage = new TetrodeStage(source, [[0, 1, 2, 3]], Quick with { LfpRateHz = 1500 }, new());
        var (kept, expected) = (new List<(long Sample, float Value)>(), new List<(long Sample, float Value)>());
        using var keep = stage.Lfp.Subscribe(new Sink<LfpBlock>(lfp =>
        {
            for (var i = 0; i < lfp.SampleCount * lfp.ChannelCount; i++)
                kept.Add((lfp.Stamp.DeviceCounter + (lfp.Factor * (i / lfp.ChannelCount)), lfp.Microvolts[i]));
        }));
        stage.Start();
        Assert.True(source.WaitForEnd());
        stage.Finish(default);
        using var again = new DisturbedSamples(Planted()) { Lost = { 20 } };
        var branch = new LfpBranch([.. again.Channels.Select(channel => channel.UnitsPerCount)], 30_000, 128, 1500);
        var (block, values) = (new SampleBlock(4, 128), new float[4 * branch.MostPerBlock]);
        while (again.TryRead(block, default))
        {
            var count = branch.Process(block.Samples, block.SampleCount, block.Stamp.DeviceCounter, values);
            var first = Enumerable.Range(0, block.SampleCount).Select(i => block.Stamp.DeviceCounter + i).First(sample => sample % 20 == 0);
            expected.AddRange(Enumerable.Range(0, 4 * count).Select(i => (first + (20 * (i / 4)), values[i])));
        }
        Assert.Equal((1500, 1500), (stage.Layout.LfpRateHz, branch.RateHz));
        Assert.Equal(expected, kept);
        Assert.InRange(kept.Count, 4 * 1480, 4 * 1500);
    }

    private static (TetrodeResult Result, SortingReproductionResult Reproduction) Replay(SessionRecording recording, Func<TetrodeConfiguration, TetrodeConfiguration> change)
    {
        var clock = new SessionClock();
        using var source = new RecordingSampleSource(recording);
        using var kept = SessionArchive.TetrodesOf(recording, source, clock);
        var changed = change(kept.Configuration);
        using var stage = new TetrodeStage(source, source.Tetrodes, changed, clock, kept.State, recording);
        var reproduction = new SortingReproduction(recording);
        using var spikes = stage.Spikes.Subscribe(new Sink<SpikeBatch>(reproduction.Observe));
        using var counts = stage.Counts.Subscribe(new Sink<SpikeCounts>(reproduction.Observe));
        stage.Start();
        stage.Finish(default);
        return (stage.Result(), reproduction.Result());
    }

    private static SessionSetup Setup() => new(PlantedAnimal.Instance.Description, PlantedAnimal.Instance.TrueAnimal, KeypointLayout.Rat23, new() { RateHz = 50 });

    private static SpikeCounts Copy(SpikeCounts bin) => new(0) { Stamp = bin.Stamp, Start = bin.Start, WidthNs = bin.WidthNs, Flags = bin.Flags, UnitCount = bin.UnitCount };

    private sealed class Sink<T>(Action<T> take) : IObserver<T>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error) => throw new InvalidOperationException("a stream ended with an error", error);

        public void OnNext(T value) => take(value);
    }
}
