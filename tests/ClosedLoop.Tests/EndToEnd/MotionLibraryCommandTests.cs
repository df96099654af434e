using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary><c>simulate --motion-library</c> as a user runs it.</summary>
public sealed class MotionLibraryCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_life_becomes_a_clip_file_that_says_what_is_in_it()
    {
        var (output, json) = (_folder["motion.h5"], _folder["motion.json"]);
        // NB: lives last a minute, so that this is one.
        var run = ProgramRunner.Run("simulate", "--motion-library", "--out", output, "--minutes", "0.1", "--seed", "6", "--threads", "1", "--json", json);
        Assert.True(run.ExitCode == 0, $"{run}");
        var library = ClipFileReader.Read(output);
        using var body = RodentBody.Describe().Compile(KeypointLayout.Rat23);
        Assert.Same(library, library.MapTo(body.QposNames));
        Assert.Equal(1, library.Scale);

        using var facts = JsonDocument.Parse(File.ReadAllText(json));
        var root = facts.RootElement;
        Assert.Equal("motion_library", root.GetProperty("kind").GetString());
        Assert.Equal(library.Clips.Count, root.GetProperty("clips").GetInt32());
        Assert.Equal(body.Description.PhysicsSha256(), root.GetProperty("body_sha256").GetString());
        Assert.Equal(library.Clips[0].Frames, root.GetProperty("frames_per_clip").GetInt32());
        Assert.Equal(library.Clips.Sum(clip => clip.Seconds) / 60, root.GetProperty("minutes").GetDouble(), 9);
        var behaviours = root.GetProperty("minutes_by_behaviour").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetDouble());
        Assert.Equal(library.Clips.Select(clip => clip.Behaviour).Distinct().Order(), behaviours.Keys.Order());
        Assert.Equal(root.GetProperty("minutes").GetDouble(), behaviours.Values.Sum(), 9);

        // The sites beside the poses are those of the body at the size that the file states.
        using var file = Hdf5File.Open(output);
        var (sites, _) = file.ReadDoubles("marker_sites");
        using var data = new MujocoData(body.Model);
        library.Clips[^1].Frame(library.Clips[^1].Frames - 1).CopyTo(data.Qpos.Span);
        data.Kinematics();
        Assert.Equal(body.KeypointSites.SelectMany(site => data.SitePositions.Row(site).ToArray()), sites[^69..]);
    }

    [Theory]
    [InlineData("ends in .h5", "--motion-library", "--out", "motion")]
    [InlineData("minutes above 0", "--motion-library", "--out", "motion.h5", "--minutes", "0")]
    [InlineData("once for each", "--motion-library", "--training-set", "--out", "motion.h5")]
    [InlineData("--minutes says", "--out", "videos", "--minutes", "1")]
    public void What_does_not_go_together_is_refused(string sentence, params string[] arguments)
    {
        var run = ProgramRunner.Run(TimeSpan.FromMinutes(2), Path.GetDirectoryName(_folder["x"]), ["simulate", .. arguments]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }
}
