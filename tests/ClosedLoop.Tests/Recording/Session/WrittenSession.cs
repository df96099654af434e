using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Acquisition.Raw;

namespace ClosedLoop.Tests.Recording.Session;

/// <summary>A recording of a session without ticks but with samples, in blocks of 128 and what is left.</summary>
internal sealed class WrittenSession
{
    public const int Block = 128;

    public WrittenSession(string path, int samples, long firstSample = 5000)
    {
        Path = path;
        using var recorder = SessionRecorder.Start(path, Content(), new() { ChunkBytes = 4096 });
        var block = Layout.NewSampleBlock();
        for (var (at, sequence) = (0, 0L); at < samples; at += block.SampleCount, sequence++)
        {
            block.Describe(sequence, firstSample + at, Math.Min(Block, samples - at), Layout.RateHz, 0.195, new(1000 * at), new((1000 * at) + 1));
            for (var i = 0; i < block.SampleCount * WrittenRaw.Channels; i++)
                block.Samples[i] = WrittenRaw.Value(at + (i / WrittenRaw.Channels), i % WrittenRaw.Channels);
            recorder.Write(block);
        }
        recorder.Finish();
    }

    /// <summary>Six channels; a tetrode has three of them, and another two.</summary>
    public static TetrodeLayout Layout { get; } = new(
        [.. Enumerable.Range(0, WrittenRaw.Channels).Select(i => new SampleChannel($"CH{i}", 0.195, "uV"))], 30_000, Block, [[0, 1, 2], [5, 4]], 16, 8) { LfpRateHz = 1000 };

    public string Path { get; }

    /// <summary>A recording of the smallest body, and of these tetrodes.</summary>
    public static RecordingContent Content()
    {
        var content = new RandomSession(0, small: true).Content;
        return content with { Layout = content.Layout with { Tetrodes = Layout } };
    }
}
