using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Acquisition.Raw;

namespace ClosedLoop.Tests.Recording.Session;

/// <summary>Samples, spikes, counts and units in a recording: they come back as they went in, to the last bit.</summary>
public sealed class TetrodeRecordingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(3);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_of_tetrodes_comes_back_with_every_number_and_stamp()
    {
        var path = _folder["a.mcap"];
        var layout = WrittenSession.Layout;
        SampleBlock[] blocks = [.. Enumerable.Range(0, 40).Select(RandomBlock)];
        SpikeBatch[] batches = [.. Enumerable.Range(0, 40).Select(i => RandomBatch(i % 17))];
        SpikeCounts[] bins = [.. Enumerable.Range(0, 20).Select(i => RandomBin(i % 9))];
        var slow = new LfpBlock(WrittenRaw.Channels, 6) { Stamp = new(1, 90, -1, new(4), new(5)), Factor = 30, SampleCount = 5 };
        for (var i = 0; i < 30; i++)
            slow.Microvolts[i] = i % 4 == 0 ? float.NaN : -i;
        var unit = new SortedUnit
        {
            Time = new(77), Index = -1, Tetrode = 1, Unit = 3, State = "born", Spikes = long.MaxValue, RateHz = 2.5, PeakMicrovolts = 88, Snr = 7.5, IsiViolation = 0.01,
            IsolationDistance = double.NaN, LRatio = 0.2, Drift = -0.25, Waveform = [1.5f, float.NaN, -0f], SamplesBefore = 10,
        };
        var finding = new SampleFinding(new(5), SampleFindingKind.Unsorted, 1000, 256, 7, 2, "sorting was behind");
        using (var recorder = SessionRecorder.Start(path, WrittenSession.Content()))
        {
            for (var i = 0; i < 40; i++)
            {
                recorder.Write(blocks[i]);
                recorder.Write(batches[i]);
                if (i < bins.Length)
                    recorder.Write(bins[i]);
            }
            recorder.Write(unit);
            recorder.Write(slow);
            recorder.Write(finding);
            recorder.Finish();
            Assert.Equal(0, recorder.OutstandingBlocks);
        }

        using var recording = SessionRecording.Open(path);
        Assert.Equal(layout.Channels, recording.Layout.Tetrodes!.Channels);
        Assert.Equal(layout.Tetrodes, recording.Layout.Tetrodes.Tetrodes);
        Assert.Equal((layout.RateHz, layout.BlockCapacity, 16, 8), (recording.Layout.Tetrodes.RateHz, recording.Layout.Tetrodes.BlockCapacity, recording.Layout.Tetrodes.SpikeCapacity, recording.Layout.Tetrodes.UnitCapacity));
        var (samples, spikes, counts, units) = (recording.Samples(), recording.Spikes(), recording.SpikeCounts(), recording.Units());
        var (block, batch, bin, back) = (layout.NewSampleBlock(), layout.NewSpikeBatch(), layout.NewSpikeCounts(), new SortedUnit());
        for (var i = 0; i < 40; i++)
        {
            Assert.True(samples.TryRead(block) && spikes.TryRead(batch));
            Assert.Equal((blocks[i].Stamp, blocks[i].SampleCount, 0.195), (block.Stamp, block.SampleCount, block.MicrovoltsPerCount));
            var numbers = block.SampleCount * block.ChannelCount;
            Assert.Equal(blocks[i].Samples[..numbers], block.Samples[..numbers]);
            var (was, n) = (batches[i], batches[i].Count);
            Assert.Equal((was.Stamp, n), (batch.Stamp, batch.Count));
            Assert.Equal(was.Tetrodes[..n], batch.Tetrodes[..n]);
            Assert.Equal(was.Units[..n], batch.Units[..n]);
            Assert.Equal(was.Samples[..n], batch.Samples[..n]);
            Assert.Equal(was.TimesNs[..n], batch.TimesNs[..n]);
            Assert.Equal(was.AmplitudesMicrovolts[..n], batch.AmplitudesMicrovolts[..n]);
            Assert.Equal(was.Flags[..n], batch.Flags[..n]);
        }
        foreach (var was in bins)
        {
            Assert.True(counts.TryRead(bin));
            Assert.Equal((was.Stamp, was.Start, was.WidthNs, was.Flags, was.UnitCount), (bin.Stamp, bin.Start, bin.WidthNs, bin.Flags, bin.UnitCount));
            Assert.Equal(was.Counts[..was.UnitCount], bin.Counts[..was.UnitCount]);
        }
        Assert.True(units.TryRead(back));
        Assert.Equal(
            (unit.Time, unit.Index, unit.Tetrode, unit.Unit, unit.State, unit.Spikes, unit.RateHz, unit.PeakMicrovolts), (back.Time, back.Index, back.Tetrode, back.Unit, back.State, back.Spikes, back.RateHz, back.PeakMicrovolts));
        Assert.Equal((unit.Snr, unit.IsiViolation, unit.LRatio, unit.Drift, unit.SamplesBefore), (back.Snr, back.IsiViolation, back.LRatio, back.Drift, back.SamplesBefore));
        Assert.True(double.IsNaN(back.IsolationDistance));
        Assert.Equal(unit.Waveform, back.Waveform);
        Assert.Equal([finding], recording.SampleFindings());
        var lfp = recording.Layout.Tetrodes.NewLfpBlock();
        Assert.Equal(1000, recording.Layout.Tetrodes.LfpRateHz);
        Assert.True(recording.Lfp().TryRead(lfp));
        Assert.Equal((slow.Stamp, 30, 5), (lfp.Stamp, lfp.Factor, lfp.SampleCount));
        Assert.Equal(slow.Microvolts[..30], lfp.Microvolts[..30]);
        Assert.False(samples.TryRead(block) || spikes.TryRead(batch) || counts.TryRead(bin) || units.TryRead(back));
    }

    [Fact]
    public void A_recording_without_tetrodes_has_none_and_says_so()
    {
        var path = _folder["bare.mcap"];
        using (var recorder = SessionRecorder.Start(path, new RandomSession(0, small: true).Content))
        {
            Assert.Throws<InvalidOperationException>(() => recorder.Write(RandomBlock(0)));
            recorder.Finish();
        }
        using var recording = SessionRecording.Open(path);
        Assert.Null(recording.Layout.Tetrodes);
        Assert.Empty(recording.SampleFindings());
        Assert.False(recording.Samples().TryRead(WrittenSession.Layout.NewSampleBlock()));
        Assert.Contains("holds no samples", Assert.Throws<ClosedLoopException>(() => new RecordingSampleSource(recording)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_they_were_recorded_blocks_have_their_stamps_and_gaps()
    {
        var path = _folder["gaps.mcap"];
        SampleBlock[] blocks = [.. Enumerable.Range(0, 12).Select(RandomBlock)];
        using (var recorder = SessionRecorder.Start(path, WrittenSession.Content()))
        {
            foreach (var block in blocks)
                recorder.Write(block);
            recorder.Finish();
        }
        using var recording = SessionRecording.Open(path);
        using (var source = new RecordingSampleSource(recording))
        {
            var block = new SampleBlock(WrittenRaw.Channels, source.BlockCapacity);
            foreach (var was in blocks)
            {
                Assert.True(source.TryRead(block, default));
                Assert.Equal((was.Stamp, was.SampleCount), (block.Stamp, block.SampleCount));
            }
            Assert.False(source.TryRead(block, default));
            Assert.Equal(blocks.Sum(block => (long)block.SampleCount), source.SampleCount);
            Assert.Equal(blocks[^1].Stamp.DeviceCounter + blocks[^1].SampleCount - blocks[0].Stamp.DeviceCounter - source.SampleCount, source.Ledger.Lost);
            Assert.True(source.Ledger.Lost > 0);
        }
        // In other blocks none spans a gap.
        using var again = new RecordingSampleSource(recording, blockCapacity: 1000);
        var (larger, numbers) = (new SampleBlock(WrittenRaw.Channels, 1000), new List<long>());
        while (again.TryRead(larger, default))
            numbers.AddRange(Enumerable.Range(0, larger.SampleCount).Select(i => larger.Stamp.DeviceCounter + i));
        Assert.Equal(blocks.SelectMany(block => Enumerable.Range(0, block.SampleCount).Select(i => block.Stamp.DeviceCounter + i)), numbers);
    }

    [Fact]
    public void Recording_a_block_allocates_nothing()
    {
        using var recorder = SessionRecorder.Start(_folder["a.mcap"], WrittenSession.Content());
        var (block, batch, bin) = (RandomBlock(1), RandomBatch(9), RandomBin(5));
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 40; i++)
            {
                recorder.Write(block);
                recorder.Write(batch);
                recorder.Write(bin);
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            // What waits must be written before more is handed over, or the pool grows.
            SpinWait.SpinUntil(() => recorder.OutstandingBlocks == 0, TimeSpan.FromSeconds(20));
        }
        Assert.Equal(0, least);
    }

    private SampleBlock RandomBlock(int index)
    {
        var block = WrittenSession.Layout.NewSampleBlock();
        var count = index % 5 == 4 ? 1 + _random.Next(WrittenSession.Block) : WrittenSession.Block;
        // After each short block samples are missing.
        block.Describe(index, 9_000_000_000 + (200L * index) - (72 * (index % 5)), count, 30_000, 0.195, new(_random.NextInt64(1L << 50)), new(_random.NextInt64(1L << 50)));
        for (var i = 0; i < count * WrittenRaw.Channels; i++)
            block.Samples[i] = (short)(i % 7 == 0 ? short.MinValue : _random.Next(short.MinValue, short.MaxValue + 1));
        return block;
    }

    private SpikeBatch RandomBatch(int count)
    {
        var batch = WrittenSession.Layout.NewSpikeBatch();
        (batch.Count, batch.Stamp) = (Math.Min(count, 16), new(_random.Next(), _random.NextInt64(), -1, new(1), new(2)));
        for (var i = 0; i < batch.Count; i++)
        {
            (batch.Tetrodes[i], batch.Units[i], batch.Samples[i]) = (_random.Next(), _random.Next(), _random.NextDouble() * 1e12);
            (batch.TimesNs[i], batch.AmplitudesMicrovolts[i], batch.Flags[i]) = (_random.NextInt64(), _random.NextSingle(), _random.Next(2));
        }
        return batch;
    }

    private SpikeCounts RandomBin(int units)
    {
        var bin = WrittenSession.Layout.NewSpikeCounts();
        (bin.UnitCount, bin.Start, bin.WidthNs, bin.Flags) = (Math.Min(units, 8), new(_random.NextInt64(1L << 50)), 20_000_000, (SpikeCountFlags)_random.Next(8));
        bin.Stamp = new(_random.Next(), _random.NextInt64(), -1, bin.Start, new(3));
        for (var i = 0; i < bin.UnitCount; i++)
            bin.Counts[i] = _random.Next();
        return bin;
    }
}
