using System.Text.Json;
using ClosedLoop.Tests.CommandLine;
using ClosedLoop.Tests.Imitation;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary><c>imitate</c> as a user runs it, on clips and on keypoints.</summary>
[Collection(CommandCollection.Name)]
public sealed class ImitateCommandTests(CommandSessions sessions) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_servo_is_judged_on_clips_beside_a_body_that_nobody_drives()
    {
        var (walk, figures, video) = (WalkFile.Write(_folder["walk.h5"]), _folder["figures"], _folder["walk.mp4"]);
        var facts = Run("--reference", walk, walk, "--policy", "servo", "--episodes", "1:10", "--figures", figures, "--video", video, "--video-seconds", "0.4");
        Assert.Equal("servo", facts.GetProperty("policy").GetString());
        // Each of the two references has starts at 0, 10 and 20.
        Assert.Equal((6, 2, 0), (facts.GetProperty("episodes").GetInt32(), facts.GetProperty("clips").GetInt32(), facts.GetProperty("clips_too_short").GetInt32()));
        Assert.Equal([0, 10, 20, 0, 10, 20], facts.GetProperty("episode_list").EnumerateArray().Select(episode => episode.GetProperty("start_frame").GetInt32()));
        Assert.All(facts.GetProperty("episode_list").EnumerateArray(), episode => Assert.Equal(episode.GetProperty("lasted_s").GetDouble() == 1, episode.GetProperty("ended").GetString() == "complete"));
        Assert.Equal(JsonValueKind.Null, facts.GetProperty("survival_4s").ValueKind);
        Assert.Equal(11, facts.GetProperty("survival_curve").GetArrayLength());
        Assert.Equal(10, facts.GetProperty("error_by_time").GetArrayLength());
        Assert.Equal(["Turn", "Walk"], facts.GetProperty("by_behaviour").EnumerateObject().Select(each => each.Name));
        Assert.Equal(6, facts.GetProperty("by_part").EnumerateObject().Count());
        var (servo, zero) = (facts.GetProperty("servo"), facts.GetProperty("zero"));
        foreach (var key in new[] { "median_total_error_mm", "median_root_error_mm", "median_pose_error_mm", "reward", "power_w", "episode_return" })
            Assert.Equal(facts.GetProperty(key).GetDouble(), servo.GetProperty(key).GetDouble());
        Assert.True(facts.GetProperty("median_step_ms").GetDouble() >= 0);
        Assert.InRange(servo.GetProperty("median_pose_error_mm").GetDouble(), 0.1, 15);
        Assert.True(zero.GetProperty("median_pose_error_mm").GetDouble() > servo.GetProperty("median_pose_error_mm").GetDouble());

        Assert.Equal(["error_by_behaviour.png", "error_by_part.png", "error_by_time.png", "survival.png"], Directory.GetFiles(figures).Select(Path.GetFileName).Order());
        Assert.Equal(4, facts.GetProperty("figures").GetArrayLength());
        if (facts.GetProperty("video").GetString() is null)
            Assert.Contains(facts.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("no video was made", StringComparison.Ordinal));
        else
            Assert.True(new FileInfo(video).Length > 1000);
    }

    [Fact]
    public void Keypoints_are_registered_first_and_a_heavier_body_does_worse()
    {
        string[] common = ["--reference", sessions.Table, "--animal", sessions.Animal, "--policy", "zero", "--episodes", "0.5:50", "--frames", "0:150"];
        var facts = Run(common);
        Assert.Equal((3, "unlabelled"), (facts.GetProperty("episodes").GetInt32(), Assert.Single(facts.GetProperty("by_behaviour").EnumerateObject()).Name));
        var heavy = Run([.. common, "--mass-factor", "3", "--threads", "1"]);
        Assert.True(heavy.GetProperty("servo").GetProperty("median_total_error_mm").GetDouble() > facts.GetProperty("servo").GetProperty("median_total_error_mm").GetDouble());
        Assert.Equal(3, heavy.GetProperty("mass_factor").GetDouble());
    }

    [Theory]
    [InlineData("no-such.h5", "servo", "1:10", "there is no file 'no-such.h5'")]
    [InlineData("walk", "sevro", "1:10", "there is no controller 'sevro' (did you mean 'servo'?)")]
    [InlineData("walk", "servo", "1.5:10", "no reference is long enough for an episode of 1.5 s, which needs 76 frames: the longest, 'Walk_0', has 75")]
    [InlineData("walk", "servo", "a:b", "--episodes a:b is no plan")]
    [InlineData("walk", "servo", "1:10|--scale|20", "--scale 20 is not plausible")]
    [InlineData("walk", "servo", "1:10|--mass-factor|0", "--mass-factor 0 is not plausible")]
    [InlineData("walk", "servo", "1:10|--frames|0:50", "--frames is for keypoint files")]
    [InlineData("walk", "servo", "1:10|--control-hz|30", "not a whole number of the body's physics steps")]
    public void A_request_that_cannot_be_is_refused_in_one_sentence(string reference, string policy, string episodes, string sentence)
    {
        var result = ProgramRunner.Run(
            ["imitate", "--reference", reference == "walk" ? WalkFile.Write(_folder["walk.h5"]) : reference, "--policy", policy, "--episodes", .. episodes.Split('|')]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(result.ErrorLines, line => line.StartsWith("closedloop: ", StringComparison.Ordinal) && line.Contains(sentence, StringComparison.Ordinal));
        Assert.Empty(result.Output);
    }

    private JsonElement Run(params string[] arguments)
    {
        var report = _folder[$"{Guid.NewGuid():N}.json"];
        var result = ProgramRunner.Run(["imitate", .. arguments, "--json", report]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using var document = JsonDocument.Parse(File.ReadAllText(report));
        return document.RootElement.Clone();
    }
}
