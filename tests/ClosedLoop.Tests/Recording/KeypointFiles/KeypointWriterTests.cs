using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Tests.Recording.KeypointFiles;

/// <summary>What the writers write, our readers read to the same numbers.</summary>
public sealed class KeypointWriterTests
{
    private const double RateHz = 40;
    private static readonly KeypointFileHeader s_header = new()
    {
        Layout = KeypointLayout.Rat23,
        RateHz = RateHz,
        Source = "a test",
        Description = "planted keypoints",
        Version = "0.1",
        Cameras = ["cam1", "cam2"],
        ImageSizes = [(320, 240), (640, 480)],
    };

    [Theory]
    [InlineData(".mat", 1e-12)]
    [InlineData(".nwb", 0)]
    [InlineData(".csv", 0)]
    [InlineData(".mcap", 0)]
    public void Keypoints_come_back(string ending, double tolerance)
    {
        using var folder = new TemporaryFolder();
        var path = folder["keypoints" + ending];
        var sets = Sets(30);
        using (var writer = KeypointWriter.Create(path, s_header))
        {
            foreach (var set in sets)
                writer.Write(set);
            Assert.False(File.Exists(path));
            writer.Complete();
            Assert.Equal(30, writer.Count);
        }
        Assert.Single(Directory.GetFiles(folder[""]));
        using var file = KeypointFile.Open(path, new() { RateHz = ending == ".mat" ? RateHz : null });
        Assert.Equal(KeypointLayout.Rat23.Names, file.Layout.Names);
        Assert.Equal((30, RateHz), (file.FrameCount, file.RateHz));
        Assert.Equal(ending == ".mat" ? LengthUnit.Millimetres : LengthUnit.Metres, file.Units);
        Assert.Equal(1, file.Problems.MissingKeypoints);
        var read = new Keypoints(file.Layout);
        for (var f = 0; f < 30; f++)
        {
            file.Frame(f, read);
            for (var i = 0; i < 69; i++)
                Assert.True(sets[f].Positions[i].Equals(read.Positions[i]) || Math.Abs(sets[f].Positions[i] - read.Positions[i]) <= tolerance);
            for (var k = 0; k < 23; k++)
                Assert.Equal(sets[f].IsPresent(k) ? sets[f].Confidence[k] : 0, read.Confidence[k]);
            if (ending is ".csv" or ".mcap")
                Assert.Equal(sets[f].Stamp.DeviceCounter, read.Stamp.DeviceCounter);
            if (ending != ".mat")
                Assert.Equal(sets[f].Stamp.DeviceTimeNs, read.Stamp.DeviceTimeNs);
        }
    }

    [Fact]
    public void A_recording_of_keypoints_holds_the_messages_of_a_session_and_is_told_from_one()
    {
        using var folder = new TemporaryFolder();
        var path = folder["keypoints.mcap"];
        var sets = Sets(30);
        using (var writer = KeypointWriter.Create(path, s_header))
        {
            foreach (var set in sets)
                writer.Write(set);
            writer.Complete();
        }
        Assert.True(KeypointFile.IsRecordingOfKeypoints(path));
        Assert.Contains("is not the recording of a session: it has the streams /keypoints", Assert.Throws<ClosedLoopException>(() => SessionRecording.Open(path)).Message, StringComparison.Ordinal);
        using (var file = McapReader.Open(path))
        {
            Assert.True(file.IsWhole);
            var channel = Assert.Single(file.Channels.Values);
            Assert.Equal((RecordingTopics.Keypoints, "closedloop.Keypoints", 30), (channel.Topic, Assert.Single(file.Schemas.Values).Name, file.MessageCount(channel.Id)));
            var (reader, read) = (new RecordReader<Keypoints>(path, channel.Topic, new(file, channel.Id), RecordTables.Keypoints), new Keypoints(KeypointLayout.Rat23));
            foreach (var set in sets)
            {
                Assert.True(reader.TryRead(read));
                Assert.Equal(set.Stamp, read.Stamp);
                Assert.Equal(set.Positions, read.Positions);
                Assert.Equal(set.Confidence, read.Confidence);
            }
        }

        // A recording that has other streams alone, or is damaged, is said to be so.
        using (var stream = File.Create(folder["other.mcap"]))
        {
            var other = new McapWriter(stream, "a test");
            other.AddChannel(other.AddSchema("x", "jsonschema", "{}"u8.ToArray()), "/telemetry", "json");
            other.Finish();
        }
        Assert.False(KeypointFile.IsRecordingOfKeypoints(folder["other.mcap"]));
        Assert.Contains("has no keypoints: it has the streams /telemetry", Assert.Throws<ClosedLoopException>(() => KeypointFile.Open(folder["other.mcap"])).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["no.mcap"], "not a recording");
        Assert.False(KeypointFile.IsRecordingOfKeypoints(folder["no.mcap"]));
        Assert.Throws<ClosedLoopException>(() => KeypointFile.Open(folder["no.mcap"]));
    }

    [Fact]
    public void The_mat_file_holds_what_dannce_writes()
    {
        using var folder = new TemporaryFolder();
        var path = folder["save_data_AVG.mat"];
        using (var writer = KeypointWriter.Create(path, s_header))
        {
            foreach (var set in Sets(5))
                writer.Write(set);
            writer.Complete();
        }
        var arrays = MatFile.Read(path);
        Assert.Equal([5, 3, 23], arrays["pred"].Dimensions);
        Assert.Equal([5, 3, 23], arrays["data"].Dimensions);
        Assert.Equal([5, 23], arrays["p_max"].Dimensions);
        Assert.Equal([1, 5], arrays["sampleID"].Dimensions);
        Assert.Equal([100, 101, 102, 103, 104], arrays["sampleID"].Values);
    }

    [Fact]
    public void A_writer_that_is_not_completed_leaves_nothing_and_a_wrong_ending_is_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (var ending in KeypointWriter.Endings)
        {
            using var writer = KeypointWriter.Create(folder["half" + ending], s_header);
            writer.Write(Sets(1)[0]);
        }
        Assert.Empty(Directory.GetFiles(folder[""]));
        Assert.Contains(".txt", Assert.Throws<ClosedLoopException>(() => KeypointWriter.Create("keypoints.txt", s_header)).Message, StringComparison.Ordinal);
        Assert.Throws<ClosedLoopException>(() => KeypointWriter.Create(folder["none/a.csv"], s_header));
    }

    private static List<Keypoints> Sets(int count)
    {
        var walk = SampleFiles.Walk(count);
        var sets = new List<Keypoints>();
        for (var f = 0; f < count; f++)
        {
            var set = new Keypoints(KeypointLayout.Rat23) { Stamp = new(f, 100 + f, 1_000_000_000 + (f * 25_000_000L), SessionTime.FromSeconds(f / RateHz), default) };
            walk.AsSpan(69 * f, 69).CopyTo(set.Positions);
            for (var k = 0; k < 23; k++)
                set.Confidence[k] = 0.5f + (0.02f * k);
            sets.Add(set);
        }
        if (count > 7)
            sets[7].Position(9).Fill(double.NaN);
        return sets;
    }
}
