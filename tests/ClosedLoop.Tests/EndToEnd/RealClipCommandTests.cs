using System.Text.Json;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary>The main job on real input, by the commands of the README: a real rat's keypoints, registered and imitated.</summary>
public sealed class RealClipCommandTests : IDisposable
{
    private const int Frames = 700;

    private readonly TemporaryFolder _folder = new();
    private int _files;

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void The_published_body_registers_and_imitates_the_real_clip_and_repeats_it_bit_for_bit()
    {
        var clip = TestData.Require("rat_keypoints/rat_keypoints_700.nwb");
        string[] body = ["--body", TestData.Require("models/stac_mjx_rodent.xml"), "--attachment", TestData.Require("models/stac_mjx_rodent.yaml")];
        var animal = Register(clip, body);
        var recording = _folder["session.mcap"];
        var first = Run(["replay", clip, "--animal", animal, .. body, "--rate", "max", "--episodes", "2:20", "--record", recording]);
        JudgeRegistration(first, mostMm: 2.0);
        // What newer MuJoCo versions alone understand is left out, and said.
        Assert.Contains(first.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("ls_iterations"));
        Assert.Contains(first.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("50 frames per second"));

        var digest = first.GetProperty("digest").GetString();
        Assert.Equal(digest, Run(["replay", clip, "--animal", animal, .. body, "--rate", "max"]).GetProperty("digest").GetString());
        var again = Run(["replay", recording]);
        Assert.Equal(digest, again.GetProperty("digest").GetString());
        Assert.True(again.GetProperty("reproduction").GetProperty("bit_for_bit").GetBoolean());
        Assert.Equal(Frames, again.GetProperty("reproduction").GetProperty("poses").GetInt64());

        var imitation = first.GetProperty("imitation");
        var score = imitation.GetProperty("episode_score");
        Assert.Equal(100, score.GetProperty("episode_frames").GetInt32());
        Assert.InRange(imitation.GetProperty("episodes").GetInt32(), 25, 31);
        Assert.InRange(imitation.GetProperty("survival").GetDouble(), 0.95, 1);
        Assert.InRange(score.GetProperty("median_root_error_mm").GetDouble(), 0.5, 6);
    }

    [SkippableFact]
    public void Our_own_body_registers_the_real_clip_and_repeats_it_bit_for_bit()
    {
        var clip = TestData.Require("rat_keypoints/rat_keypoints_700.nwb");
        var animal = Register(clip, []);
        var recording = _folder["session.mcap"];
        var first = Run(["replay", clip, "--animal", animal, "--record", recording]);
        JudgeRegistration(first, mostMm: 2.5);
        Assert.Equal(first.GetProperty("digest").GetString(), Run(["replay", recording]).GetProperty("digest").GetString());
    }

    /// <summary>Fits on at most 100 of the first 600 frames.</summary>
    private string Register(string clip, string[] body)
    {
        var animal = _folder["rat.yaml"];
        var facts = Run(["register", clip, "--out", animal, "--frames", "0:600", "--samples", "100", .. body]);
        Assert.True(File.Exists(animal));
        Assert.Equal(600, facts.GetProperty("fit").GetProperty("frames_given").GetInt32());
        Assert.InRange(facts.GetProperty("fit").GetProperty("frames_used").GetInt32(), 50, 100);
        return animal;
    }

    private static void JudgeRegistration(JsonElement facts, double mostMm)
    {
        Assert.Equal(Frames, facts.GetProperty("frames").GetInt64());
        Assert.Equal(Frames / 50.0, facts.GetProperty("duration_s").GetDouble());
        var registration = facts.GetProperty("registration");
        Assert.InRange(registration.GetProperty("mean_marker_error_mm").GetDouble(), 0.1, mostMm);
        // NB: the error is over the keypoints that entered a solve: that none was left out makes it the error of all.
        var flags = registration.GetProperty("flags").EnumerateObject().ToDictionary(flag => flag.Name, flag => flag.Value.GetInt64());
        Assert.Equal(new Dictionary<string, long> { ["Restarted"] = 1 }, flags);
        Assert.Equal(0, facts.GetProperty("allocated_bytes_per_frame").GetDouble());
        Assert.Equal(0, facts.GetProperty("dropped").GetProperty("recorder").GetInt64());
    }

    private JsonElement Run(string[] arguments)
    {
        var report = _folder[$"{_files++}.json"];
        var result = ProgramRunner.Run([.. arguments, "--json", report]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using var document = JsonDocument.Parse(File.ReadAllText(report));
        return document.RootElement.Clone();
    }
}
