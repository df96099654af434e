using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Sorting;
using ClosedLoop.Tests.Acquisition.Intan;
using ClosedLoop.Tests.Acquisition.OpenEphys;
using ClosedLoop.Tests.Acquisition.Raw;
using ClosedLoop.Tests.Acquisition.SpikeGlx;
using ClosedLoop.Tests.Recording;
using ClosedLoop.Tests.Recording.Session;

namespace ClosedLoop.Tests.Acquisition.SampleFiles;

/// <summary>What every source that reads a recording from disk must do, whatever its format.</summary>
public sealed class FileSampleSourceContractTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Formats => ["raw", "open ephys", "intan one file", "intan per signal", "intan per channel", "spikeglx probe", "spikeglx card", "session"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_samples_are_the_same_in_blocks_of_every_size(string format)
    {
        var path = Write(format, 384);
        var whole = ReadAll(path, 384);
        Assert.Equal(384, whole.Count);
        foreach (var capacity in new[] { 1, 7, 128, 1000 })
            Assert.Equal(whole, ReadAll(path, capacity));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Reading_allocates_nothing(string format)
    {
        using var file = Open(Write(format, 128 * 80), 16);
        var block = new SampleBlock(file.Source.Channels.Count, 16);
        for (var i = 0; i < 40; i++)
            Assert.True(file.Source.TryRead(block, default));
        // A stray allocation of the runtime's own is not the source's: the least of three counts.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 200; i++)
                file.Source.TryRead(block, default);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(640 * 16, file.Source.Ledger.Received);
        Assert.Equal(0, least);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Memory_does_not_grow_with_the_recording(string format)
    {
        var small = Allocated(format, 384);
        var large = Allocated(format, 384 * 40);
        // NB: of a session's recording the index of its chunks is read, which is still less than its samples (184,320 bytes).
        Assert.True(large < small + (format == "session" ? 100_000 : 16_000), $"{large} bytes for 40 times the samples, {small} for one");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void At_a_speed_no_block_comes_before_its_last_sample_would_have(string format)
    {
        var path = Write(format, 384);
        var clock = new SessionClock();
        using var file = Open(path, 100, speed: 2, clock);
        var block = new SampleBlock(file.Source.Channels.Count, 100);
        var began = clock.Now;
        long samples = 0;
        while (file.Source.TryRead(block, default))
        {
            samples += block.SampleCount;
            Assert.True((block.Stamp.Produced - began) / 1e9 >= (samples / file.Source.RateHz / 2) - 1e-6);
        }
        Assert.Equal(384, samples);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_stop_ends_it_and_a_block_of_another_shape_is_refused(string format)
    {
        using var file = Open(Write(format, 384), 16);
        var channels = file.Source.Channels.Count;
        Assert.Throws<ArgumentException>(() => file.Source.TryRead(new SampleBlock(channels + 1, 16), default));
        Assert.Throws<ArgumentException>(() => file.Source.TryRead(new SampleBlock(channels, 15), default));
        Assert.False(file.Source.TryRead(new SampleBlock(channels, 16), new CancellationToken(canceled: true)));
        Assert.Equal(0, file.Source.Ledger.Received);
        Assert.NotEmpty(file.Source.Description);
    }

    private static SampleFile Open(string path, int capacity, double? speed = null, SessionClock? clock = null) => SampleRecordings.Open(path, capacity, speed, clock);

    private static List<(long Number, string Sample)> ReadAll(string path, int capacity)
    {
        using var file = Open(path, capacity);
        var channels = file.Source.Channels.Count;
        var block = new SampleBlock(channels, capacity);
        List<(long, string)> samples = [];
        for (long blocks = 0; file.Source.TryRead(block, default); blocks++)
        {
            Assert.Equal((blocks, (long)(block.Stamp.DeviceCounter / file.Source.RateHz * 1e9)), (block.Stamp.Sequence, block.Stamp.DeviceTimeNs));
            for (var i = 0; i < block.SampleCount; i++)
                samples.Add((block.Stamp.DeviceCounter + i, string.Join(' ', block.Samples.Skip(i * channels).Take(channels))));
        }
        Assert.Equal((file.Source.SampleCount, 0), (file.Source.Ledger.Received, file.Source.Ledger.Lost));
        return samples;
    }

    private long Allocated(string format, int samples)
    {
        var path = Write(format, samples);
        // The first opening of a format also loads its code.
        Open(path, 64).Dispose();
        var block = new SampleBlock(8, 1);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            using (var file = Open(path, 64))
            {
                if (block.ChannelCount != file.Source.Channels.Count || block.Samples.Length < 64 * block.ChannelCount)
                    block = new(file.Source.Channels.Count, 64);
                while (file.Source.TryRead(block, default))
                {
                }
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }

    /// <summary>Writes a recording without gaps and gives the path of it.</summary>
    private string Write(string format, int samples)
    {
        var folder = _folder[$"{format}, {samples}"];
        Directory.CreateDirectory(folder);
        long[] numbers = [.. Enumerable.Range(0, samples).Select(i => 5000L + i)];
        return format switch
        {
            "session" => new WrittenSession(Path.Combine(folder, "session.mcap"), samples).Path,
            "raw" => new WrittenRaw(folder, samples).Description,
            "open ephys" => new WrittenRecording(folder, numbers).Folder,
            "intan one file" => new WrittenIntan(folder, IntanFormat.OneFile, null, numbers).Rhd,
            "intan per signal" => new WrittenIntan(folder, IntanFormat.FilePerSignal, null, numbers).Folder,
            "intan per channel" => new WrittenIntan(folder, IntanFormat.FilePerChannel, null, numbers).Folder,
            "spikeglx probe" => new WrittenRun(folder, WrittenRun.Np1, samples).Data,
            _ => new WrittenRun(folder, WrittenRun.Nidq, samples, "nidq").Meta,
        };
    }
}
