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
            if (ending == ".csv")
                Assert.Equal(sets[f].Stamp.DeviceCounter, read.Stamp.DeviceCounter);
            if (ending != ".mat")
                Assert.Equal(sets[f].Stamp.DeviceTimeNs, read.Stamp.DeviceTimeNs);
        }
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
