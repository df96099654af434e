using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using Xunit;

namespace ClosedLoop.Tests.Recording.KeypointFiles;

/// <summary>Every file that cannot be read ends in one clear sentence, never in a stack trace.</summary>
public sealed class BrokenKeypointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly double[] _walk = SampleFiles.Walk(frames: 6);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".nwb")]
    [InlineData(".mat")]
    [InlineData(".csv")]
    [InlineData("compressed.mat")]
    public void A_truncated_file_is_named_wherever_it_was_cut(string kind)
    {
        var path = _folder["whole" + kind];
        if (kind == ".nwb")
            SampleFiles.WriteNwb(path, _walk);
        else if (kind == ".csv")
            File.WriteAllText(path, SampleFiles.Csv(_walk));
        else
            File.WriteAllBytes(path, SampleFiles.Mat(kind != ".mat", ("pred", [6, 3, 23], SampleFiles.ToMatlabOrder([.. _walk.Select(v => 1e3 * v)], 23))));
        var bytes = File.ReadAllBytes(path);
        var cut = _folder["cut" + kind];
        for (var i = 0; i < 40; i++)
        {
            var length = bytes.Length * i / 40;
            // A table cut exactly at a line's end is a shorter table.
            if (kind == ".csv" && length > 0 && bytes[length - 1] == '\n')
                continue;
            File.WriteAllBytes(cut, bytes[..length]);
            var error = Assert.Throws<ClosedLoopException>(() => KeypointFile.Open(cut));
            Assert.Equal(1, error.ExitCode);
            Assert.Contains(cut, error.Message);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Theory]
    [InlineData(".nwb", "not an HDF5 file")]
    [InlineData(".mat", "not a MATLAB file")]
    [InlineData(".csv", "not understood")]
    public void A_file_of_another_kind_is_refused(string extension, string because)
    {
        File.WriteAllBytes(_folder["a" + extension], Encoding.ASCII.GetBytes(new string('?', 3000)));
        Assert.Contains(because, Fails(_folder["a" + extension], 1));
    }

    [Theory]
    [InlineData(".nwb")]
    [InlineData(".mat")]
    [InlineData(".csv")]
    public void An_empty_file_is_refused(string extension)
    {
        File.WriteAllBytes(_folder["a" + extension], []);
        Assert.Contains("is empty", Fails(_folder["a" + extension], 1));
    }

    [Fact]
    public void A_missing_file_a_folder_and_an_unknown_ending_are_wrong_usage()
    {
        Directory.CreateDirectory(_folder["folder.nwb"]);
        File.WriteAllText(_folder["a.txt"], "x");
        Assert.Contains("no file", Fails(_folder["absent.nwb"], 2));
        Assert.Contains("directory", Fails(_folder["folder.nwb"], 2));
        Assert.Contains(".nwb, .mat, .csv and .mcap", Fails(_folder["a.txt"], 2));
    }

    [Fact]
    public void A_wrong_keypoint_name_is_named_with_the_nearest_right_one()
    {
        var names = SampleFiles.Layout.Names.Select(n => n == "ShoulderL" ? "SholderL" : n).ToArray();
        SampleFiles.WriteNwb(_folder["a.nwb"], _walk, names: names);
        File.WriteAllText(_folder["a.csv"], SampleFiles.Csv(_walk, names));
        foreach (var file in (string[])["a.nwb", "a.csv"])
        {
            var message = Fails(_folder[file], 2);
            Assert.Contains("'SholderL'", message);
            Assert.Contains("did you mean 'ShoulderL'", message);
        }
    }

    [Fact]
    public void An_absent_keypoint_is_named_and_may_be_allowed()
    {
        var walk = SampleFiles.Walk(6, keypoints: 22);
        SampleFiles.WriteNwb(_folder["a.nwb"], walk, keypoints: 22);
        Assert.Contains("lacks the keypoint(s) FootR", Fails(_folder["a.nwb"], 1));
        using var file = KeypointFile.Open(_folder["a.nwb"], new() { AllowAbsentKeypoints = true, Units = LengthUnit.Metres });
        Assert.Equal(6, file.Problems.MissingKeypoints);
        Assert.Equal("FootR", file.Problems.FirstBadKeypoint);
    }

    [Fact]
    public void Nwb_files_without_keypoints_are_refused()
    {
        SampleFiles.WriteNwb(_folder["other.nwb"], _walk, container: "Other");
        Assert.Contains("no PoseEstimation", Fails(_folder["other.nwb"], 1));
        using (Hdf5Writer.Create(_folder["bare.nwb"]))
        {
        }
        Assert.Contains("no PoseEstimation", Fails(_folder["bare.nwb"], 1));
        using (var file = Hdf5Writer.Create(_folder["two.nwb"]))
        {
            file.CreateGroup("processing/behavior/PoseEstimation/Snout");
            file.WriteDoubles("processing/behavior/PoseEstimation/Snout/data", [1, 2, 3, 4], 2, 2);
        }
        Assert.Contains("2 x 2", Fails(_folder["two.nwb"], 1));
    }

    [Fact]
    public void Matlab_files_without_predictions_are_refused()
    {
        File.WriteAllBytes(_folder["a.mat"], SampleFiles.Mat(true, ("com", [2, 3], new double[6])));
        Assert.Contains("no variable 'pred'; it holds com", Fails(_folder["a.mat"], 1));
        File.WriteAllBytes(_folder["b.mat"], SampleFiles.Mat(true, ("pred", [2, 4, 23], new double[2 * 4 * 23])));
        Assert.Contains("2 x 4 x 23", Fails(_folder["b.mat"], 1));
        File.WriteAllBytes(_folder["c.mat"], SampleFiles.Mat(true, ("pred", [2, 3, 20], [.. Enumerable.Range(0, 120).Select(i => (double)i)])));
        Assert.Contains("20 keypoints", Fails(_folder["c.mat"], 1));
        File.WriteAllBytes(_folder["d.mat"], SampleFiles.Mat(true, ("pred", [2, 3, 23], new double[7])));
        Assert.Contains("2 x 3 x 23", Fails(_folder["d.mat"], 1));
    }

    [Theory]
    [InlineData("Snout_x,Snout_y\n1,2\n", "lacks the column 'Snout_z'")]
    [InlineData("Snout_x,Snout_y,Snout_z,Snout_x\n", "twice")]
    [InlineData("Snout_x_mm,Snout_y_m,Snout_z\n", "mixes units")]
    [InlineData("frame,time_s\n0,0\n", "no keypoint columns")]
    [InlineData("Snout_x,Snout_y,Snout_z\n1,2,three\n", "line 2, column 'Snout_z' holds 'three'")]
    [InlineData("Snout_x,Snout_y,Snout_z\n1,2,3,4\n", "line 2 has 4 cells")]
    [InlineData("Snout_x,Snout_y,Snout_z\n", "not a single frame")]
    [InlineData("time_s,Snout_x,Snout_y,Snout_z\n0,1,1,1\n0,1,1,1\n", "do not rise")]
    public void A_faulty_table_is_refused_with_its_place(string text, string because)
    {
        File.WriteAllText(_folder["a.csv"], text);
        var error = Assert.Throws<ClosedLoopException>(() =>
            KeypointFile.Open(_folder["a.csv"], new() { Units = LengthUnit.Metres, AllowAbsentKeypoints = true }));
        Assert.Contains(because, error.Message);
    }

    private static string Fails(string path, int exitCode)
    {
        var error = Assert.Throws<ClosedLoopException>(() => KeypointFile.Open(path));
        Assert.Equal(exitCode, error.ExitCode);
        Assert.Contains(path, error.Message);
        return error.Message;
    }
}
