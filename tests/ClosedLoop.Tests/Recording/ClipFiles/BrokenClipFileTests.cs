using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Core.Motion;

namespace ClosedLoop.Tests.Recording.ClipFiles;

/// <summary>Every file of clips that cannot be read ends in one sentence that says what is wrong and where.</summary>
public sealed class BrokenClipFileTests : IDisposable
{
    private const string Config = "stac:\n  n_frames_per_clip: 4\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_absent_or_truncated_or_no_hdf5_is_refused()
    {
        Refused(_folder["none.h5"], "there is no file", exitCode: 2);
        Refused(Path.GetDirectoryName(_folder["x"])!, "is a directory", exitCode: 2);
        var text = _folder["text.h5"];
        File.WriteAllText(text, "clips");
        Refused(text, "is not an HDF5 file");
        var path = _folder["clips.h5"];
        var library = MotionClips.Library(MotionClips.Clip(frames: 400));
        ClipFileWriter.Write(path, library, MotionClips.Kinematics(library));
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);
        Refused(path, "truncated or damaged");
    }

    [Theory]
    [InlineData("qpos", "has no data set 'qpos'")]
    [InlineData("names_qpos", "does not name the joints")]
    [InlineData("config", "has no data set 'config'")]
    public void A_data_set_that_is_missing_is_named(string missing, string message) =>
        Refused(Write(missing), message, exitCode: missing == "names_qpos" ? 2 : 1);

    [Fact]
    public void A_file_without_clips_says_what_it_was_searched_for()
    {
        var path = _folder["other.h5"];
        using (var file = Hdf5Writer.Create(path))
            file.WriteDoubles("tracks", [1]);
        Refused(path, "neither 'qpos' (stac-mjx), nor 'all_clips' (track-mjx), nor groups 'clip_0'");
    }

    [Fact]
    public void A_pose_that_is_none_is_named_by_clip_and_frame()
    {
        Refused(Write(change: qpos => qpos[57] = double.NaN), "frame 1 of the clip 'clip_1' of clips.h5 has NaN at position 7");
        Refused(Write(change: qpos => Array.Clear(qpos, 23, 4)), "frame 2 of the clip 'clip_0' of clips.h5 has a root quaternion of length 0");
    }

    [Fact]
    public void Counts_that_do_not_fit_are_refused()
    {
        Refused(Write(config: "stac:\n  n_frames_per_clip: 3\n"), "8 frames, which are no whole number of clips of 3");
        Refused(Write(config: "stac:\n  n_frames: 3\n"), "the key 'n_frames_per_clip' is missing in 'stac'", exitCode: 2);
        Refused(Write(config: Config + "model:\n  snips_order: [Walk_1.p]\n"), "2 clips and 1 entries of 'snips_order'");
        Refused(Write(config: "\t: ["), "not valid YAML");
        Refused(Write(names: MotionClips.Names[..9]), "10 positions a frame and names 9");
        var path = Write(extra: file => file.WriteIntegers<int>("clip_lengths", [4, 3], 2));
        Refused(path, "8 frames, which its 'clip_lengths' do not add up to");
        Refused(Write(extra: file => file.WriteFixedStrings("behaviours", ["Walk"])), "8 frames and 1 entries of 'behaviours'");
        Refused(Write(extra: file => file.WriteDoubles("rate_hz", [50, 50], 2)), "'rate_hz' in");
        Refused(Write(extra: file => file.WriteDoubles("rate_hz", [-1])), "a rate of -1 frames");
    }

    private static void Refused(string path, string message, int exitCode = 1)
    {
        var error = Assert.Throws<ClosedLoopException>(() => ClipFileReader.Read(path));
        Assert.Contains(message, error.Message);
        Assert.Equal(exitCode, error.ExitCode);
    }

    private string Write(string missing = "", Action<double[]>? change = null, string config = Config, string[]? names = null, Action<Hdf5Writer>? extra = null)
    {
        var path = _folder["clips.h5"];
        var qpos = MotionClips.Qpos(8, seed: 6);
        change?.Invoke(qpos);
        using var file = Hdf5Writer.Create(path);
        if (missing != "config")
            file.WriteFixedStrings("config", [config], isScalar: true);
        if (missing != "names_qpos")
            file.WriteFixedStrings("names_qpos", names ?? MotionClips.Names);
        if (missing != "qpos")
            file.WriteDoubles("qpos", qpos, 8, 10);
        extra?.Invoke(file);
        return path;
    }
}
