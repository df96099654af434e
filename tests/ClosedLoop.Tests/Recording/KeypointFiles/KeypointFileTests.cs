using ClosedLoop.Core;
using ClosedLoop.Recording;
using Xunit;

namespace ClosedLoop.Tests.Recording.KeypointFiles;

public sealed class KeypointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly double[] _walk = SampleFiles.Walk(frames: 12);

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void The_real_clip_reads_the_same_from_nwb_and_mat_in_metres_at_50_hz()
    {
        using var nwb = KeypointFile.Open(TestData.Require("rat_keypoints/rat_keypoints_700.nwb"));
        using var mat = KeypointFile.Open(TestData.Require("rat_keypoints/rat_keypoints_700.mat"));
        var (a, b) = (new Keypoints(nwb.Layout), new Keypoints(mat.Layout));

        Assert.Equal(700, nwb.FrameCount);
        Assert.Equal(700, mat.FrameCount);
        Assert.Equal(50, nwb.RateHz);
        Assert.Equal(50, mat.RateHz);
        Assert.Equal(LengthUnit.Millimetres, nwb.Units);
        while (nwb.TryRead(a, default))
        {
            Assert.True(mat.TryRead(b, default));
            Assert.Equal(a.Positions, b.Positions);
            Assert.Equal(a.Stamp, b.Stamp);
            Assert.InRange(Distance(a, "SpineF", "TailBase"), 0.1, 0.12);
        }
        Assert.False(mat.TryRead(b, default));
        Assert.True(nwb.Problems.None);
        nwb.Validate();
        Assert.Contains(nwb.Notes, note => note.Contains("'pixels'") && note.Contains("wrong"));
        Assert.Contains(nwb.Notes, note => note.Contains("stamps say 30"));
    }

    [SkippableFact]
    public void The_real_clips_confidences_are_scaled_so_that_a_threshold_keeps_nearly_all_of_them()
    {
        using var nwb = KeypointFile.Open(TestData.Require("rat_keypoints/rat_keypoints_700.nwb"));
        var set = new Keypoints(nwb.Layout);
        var kept = 0;
        while (nwb.TryRead(set, default))
            kept += set.Confidence.Count(c => c >= 0.5f);
        Assert.InRange(kept / (700.0 * 23), 0.97, 1.0);
        Assert.Contains(nwb.Notes, note => note.Contains("not probabilities"));
    }

    [Theory]
    [InlineData(".nwb")]
    [InlineData(".csv")]
    [InlineData(".mat")]
    [InlineData("compressed.mat")]
    public void Every_kind_of_file_gives_back_the_numbers_that_were_written(string kind)
    {
        using var file = KeypointFile.Open(Write(kind, _walk));
        var set = new Keypoints(file.Layout);
        var scale = kind.EndsWith("mat", StringComparison.Ordinal) ? 1e-3 : 1;
        for (var f = 0; f < 12; f++)
        {
            Assert.True(file.TryRead(set, default));
            Assert.Equal(f, set.Stamp.Sequence);
            for (var i = 0; i < set.Positions.Length; i++)
                Assert.Equal(_walk[(f * 69) + i], set.Positions[i], scale == 1 ? 0 : 1e-15);
            Assert.All(set.Confidence, c => Assert.Equal(1f, c));
        }
        Assert.False(file.TryRead(set, default));
    }

    [Fact]
    public void A_matlab_7_3_file_is_read_through_hdf5()
    {
        var path = _folder["v73.mat"];
        using (var file = Hdf5Writer.Create(path))
        {
            // HDF5 shows MATLAB's (frames, 3, keypoints) with its dimensions reversed.
            file.WriteDoubles("pred", SampleFiles.ToMatlabOrder([.. _walk.Select(v => 1e3 * v)], 23), 23, 3, 12);
            file.WriteAttribute("pred", "MATLAB_class", "double");
        }
        using var read = KeypointFile.Open(path);
        var set = new Keypoints(read.Layout);
        read.Frame(11, set);
        for (var i = 0; i < 69; i++)
            Assert.Equal(_walk[(11 * 69) + i], set.Positions[i], 1e-15);
    }

    [Fact]
    public void The_size_of_the_animal_overrules_a_wrong_unit_and_the_stamps_that_come_with_it()
    {
        SampleFiles.WriteNwb(_folder["a.nwb"], [.. _walk.Select(v => 1e3 * v)], unit: "meters", stampedHz: 30);
        using var file = KeypointFile.Open(_folder["a.nwb"]);
        Assert.Equal(LengthUnit.Millimetres, file.Units);
        Assert.Equal(50, file.RateHz);
    }

    [Fact]
    public void A_right_unit_makes_the_stamps_believed_and_an_option_overrules_both()
    {
        SampleFiles.WriteNwb(_folder["a.nwb"], _walk, unit: "meters", stampedHz: 100);
        using var file = KeypointFile.Open(_folder["a.nwb"]);
        Assert.Equal(100, file.RateHz);
        using var asked = KeypointFile.Open(_folder["a.nwb"], new() { RateHz = 25, Units = LengthUnit.Millimetres });
        Assert.Equal(25, asked.RateHz);
        Assert.Equal(LengthUnit.Millimetres, asked.Units);
        Assert.Contains(asked.Notes, note => note.StartsWith("WARNING", StringComparison.Ordinal) && note.Contains("no rodent"));
        Assert.Contains(asked.Notes, note => note.Contains("claims 100"));
    }

    [Fact]
    public void An_animal_of_no_rodents_size_needs_its_unit_stated()
    {
        File.WriteAllText(_folder["a.csv"], SampleFiles.Csv([.. _walk.Select(v => 100 * v)]));
        var error = Assert.Throws<ClosedLoopException>(() => KeypointFile.Open(_folder["a.csv"]));
        Assert.Contains("state the unit", error.Message);
    }

    [Fact]
    public void A_table_may_carry_unit_suffixes_frame_numbers_times_and_confidences()
    {
        File.WriteAllText(_folder["a.csv"], SampleFiles.Csv([.. _walk.Select(v => 1e3 * v)], suffix: "_mm", hz: 120));
        using var file = KeypointFile.Open(_folder["a.csv"]);
        var set = new Keypoints(file.Layout);
        file.Frame(3, set);
        Assert.Equal(120, file.RateHz);
        Assert.Equal(LengthUnit.Millimetres, file.Units);
        Assert.Equal(103, set.Stamp.DeviceCounter);
        Assert.Equal(SessionTime.FromSeconds(3 / 120.0).Nanoseconds, set.Stamp.DeviceTimeNs);

        File.WriteAllText(_folder["b.csv"], "A_x,A_y,A_z,A_confidence,B_x,B_y,B_z\n0,0,0,0.75,0.1,0,0\n0,0,0,,0.1,0,\n");
        using var own = KeypointFile.Open(_folder["b.csv"], new() { Layout = null });
        set = new(own.Layout);
        own.Frame(0, set);
        Assert.Equal([0.75f, 1f], set.Confidence);
        own.Frame(1, set);
        Assert.Equal([0f, 0f], set.Confidence);
        Assert.False(set.IsPresent(1));
    }

    [Fact]
    public void Calibrated_confidences_stay_as_they_are()
    {
        var random = new Random(3);
        var confidence = Enumerable.Range(0, 12 * 23).Select(_ => 0.4 + (0.6 * random.NextDouble())).ToArray();
        SampleFiles.WriteNwb(_folder["a.nwb"], _walk, confidence: confidence);
        using var file = KeypointFile.Open(_folder["a.nwb"]);
        var set = new Keypoints(file.Layout);
        file.Frame(5, set);
        Assert.Equal(confidence.Skip(5 * 23).Take(23).Select(c => (float)c), set.Confidence);
    }

    [Fact]
    public void Missing_infinite_and_absurd_numbers_are_missing_keypoints_and_counted()
    {
        var walk = (double[])_walk.Clone();
        walk[(4 * 69) + 1] = double.NaN;
        walk[(5 * 69) + 5] = double.NegativeInfinity;
        walk[(6 * 69) + 8] = 1e6;
        Array.Fill(walk, double.NaN, 9 * 69, 69);
        SampleFiles.WriteNwb(_folder["a.nwb"], walk);
        using var file = KeypointFile.Open(_folder["a.nwb"]);
        var set = new Keypoints(file.Layout);

        Assert.Equal(new(26, 4, 1, 1, 1, 4, "Snout"), file.Problems);
        file.Frame(5, set);
        Assert.False(set.IsPresent(1));
        Assert.All(set.Position(1).ToArray(), v => Assert.True(double.IsNaN(v)));
        Assert.Equal(22, set.PresentCount);
        var error = Assert.Throws<ClosedLoopException>(file.Validate);
        Assert.Equal(1, error.ExitCode);
        Assert.Contains("Snout in frame 4", error.Message);
    }

    [Fact]
    public void A_range_of_frames_counts_its_sequence_from_zero_and_keeps_the_files_frame_numbers()
    {
        using var file = KeypointFile.Open(Write(".nwb", _walk), new() { Frames = FrameRange.Parse("3:7") });
        var set = new Keypoints(file.Layout);
        Assert.Equal(4, file.FrameCount);
        Assert.True(file.TryRead(set, default));
        Assert.Equal((0, 3), (set.Stamp.Sequence, set.Stamp.DeviceCounter));
        Assert.Equal(_walk[3 * 69], set.Positions[0]);
        Assert.Equal(SessionTime.Zero, set.Stamp.Captured);
        Assert.Equal(SessionTime.FromSeconds(0.06).Nanoseconds, set.Stamp.DeviceTimeNs);
    }

    [Theory]
    [InlineData("10:20")]
    [InlineData("12:")]
    public void A_range_outside_the_file_is_refused(string range)
    {
        var error = Assert.Throws<ClosedLoopException>(() => KeypointFile.Open(Write(".nwb", _walk), new() { Frames = FrameRange.Parse(range) }));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("0:12", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("7:3")]
    [InlineData("-1:3")]
    [InlineData("a:b")]
    public void What_is_no_range_is_refused(string text) =>
        Assert.Equal(2, Assert.Throws<ClosedLoopException>(() => FrameRange.Parse(text)).ExitCode);

    [Fact]
    public void Playback_at_a_rate_hands_frames_out_when_they_are_due()
    {
        var clock = new SessionClock();
        using var file = KeypointFile.Open(Write(".nwb", _walk), new() { PlaybackRate = 4, Clock = clock });
        var set = new Keypoints(file.Layout);
        SessionTime? first = null;
        while (file.TryRead(set, default))
        {
            first ??= set.Stamp.Captured;
            Assert.Equal(set.Stamp.Sequence * 5_000_000, set.Stamp.Captured - first.Value);
            Assert.True(set.Stamp.Produced >= set.Stamp.Captured);
        }
        Assert.True(clock.Now - first!.Value >= 55_000_000);
        using var cancelled = KeypointFile.Open(Write(".nwb", _walk), new() { PlaybackRate = 1e-3 });
        Assert.True(cancelled.TryRead(set, default));
        using var soon = new CancellationTokenSource(20);
        Assert.False(cancelled.TryRead(set, soon.Token));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var file = KeypointFile.Open(Write(".nwb", _walk));
        var set = new Keypoints(file.Layout);
        Assert.True(file.TryRead(set, default));
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (file.TryRead(set, default))
            file.Frame(0, set);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Keypoints_in_another_order_or_under_other_names_are_put_in_the_layouts_order()
    {
        var names = SampleFiles.Layout.Names.Select(n => n == "Snout" ? "Nose" : n).Reverse().ToArray();
        SampleFiles.WriteNwb(_folder["a.nwb"], _walk, names: names);
        var options = new KeypointFileOptions { Rename = new Dictionary<string, string> { ["Nose"] = "Snout" }, Units = LengthUnit.Metres };
        using var file = KeypointFile.Open(_folder["a.nwb"], options);
        var set = new Keypoints(file.Layout);
        file.Frame(2, set);
        Assert.Equal(_walk.AsSpan((2 * 69) + 66, 3), set.Position(0));
        Assert.Equal(_walk.AsSpan(2 * 69, 3), set.Position(22));
    }

    private string Write(string kind, double[] walk)
    {
        var path = _folder["a" + kind];
        var mm = SampleFiles.ToMatlabOrder([.. walk.Select(v => 1e3 * v)], 23);
        if (kind == ".nwb")
            SampleFiles.WriteNwb(path, walk);
        else if (kind == ".csv")
            File.WriteAllText(path, SampleFiles.Csv(walk));
        else
            File.WriteAllBytes(path, SampleFiles.Mat(kind != ".mat", ("sampleID", [1, 2], [1, 2]), ("pred", [12, 3, 23], mm)));
        return path;
    }

    private static double Distance(Keypoints set, string from, string to)
    {
        var a = set.Position(set.Layout.IndexOf(from));
        var b = set.Position(set.Layout.IndexOf(to));
        return Math.Sqrt(Math.Pow(a[0] - b[0], 2) + Math.Pow(a[1] - b[1], 2) + Math.Pow(a[2] - b[2], 2));
    }
}
