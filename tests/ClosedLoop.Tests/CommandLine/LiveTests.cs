using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ClosedLoop.Recording;
using ClosedLoop.Rigs;
using ClosedLoop.Tests.Rigs;

namespace ClosedLoop.Tests.CommandLine;

/// <summary><c>live</c> and <c>check</c> as a user runs them.</summary>
public sealed class LiveTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly RigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Recording => Assert.Single(Directory.GetFiles(_folder["recordings"], "*.mcap"));

    private JsonElement Facts(string name) => JsonDocument.Parse(File.ReadAllText(_folder[name])).RootElement;

    [Fact]
    public void A_live_session_is_recorded_and_its_recording_replays_to_the_same_digest()
    {
        var rig = _folder.Write(RigFolder.Simulated);
        var live = ProgramRunner.Run("live", rig, "--seconds", "3", "--json", _folder["live.json"]);
        Assert.True(live.ExitCode == 0, live.ToString());
        var facts = Facts("live.json");
        Assert.Equal(150, facts.GetProperty("frames").GetInt64());
        Assert.Equal(0, facts.GetProperty("allocated_bytes_per_frame").GetDouble());
        Assert.All(facts.GetProperty("dropped").EnumerateObject().Where(queue => queue.Name == "recorder"), queue => Assert.Equal(0, queue.Value.GetInt64()));
        Assert.Equal(Recording, facts.GetProperty("recording").GetString());
        Assert.Contains("room for", live.Error, StringComparison.Ordinal);
        Assert.Contains(Recording, live.Output, StringComparison.Ordinal);

        var replay = ProgramRunner.Run("replay", Recording, "--json", _folder["replay.json"]);
        Assert.True(replay.ExitCode == 0, replay.ToString());
        Assert.Equal(facts.GetProperty("digest").GetString(), Facts("replay.json").GetProperty("digest").GetString());

        using var recording = SessionRecording.Open(Recording);
        Assert.True(recording.IsWhole);
        File.WriteAllBytes(_folder["resolved.yaml"], recording.ReadAttachment("rig.yaml").Data);
        var problems = new List<string>();
        var resolved = RigFileReader.Read(_folder["resolved.yaml"], problems)!;
        Assert.Empty(problems);
        Assert.Equal((3.0, _folder["rat.yaml"]), (resolved.Keypoints!.Seconds, resolved.AnimalPath));

        // What was predicted of its size: all but what stands at its beginning, within a tenth.
        var fixedBytes = recording.AttachmentNames.Sum(name => recording.ReadAttachment(name).Data.Length);
        var perSecond = (new FileInfo(Recording).Length - fixedBytes) / 3.0;
        Assert.InRange(recording.Layout.EstimateBytesPerSecond(), 0.9 * perSecond, 1.1 * perSecond);
    }

    [Fact]
    public void A_keypoint_file_is_played_live_and_every_set_of_it_is_recorded()
    {
        _folder.WriteClip("clip.csv");
        var rig = _folder.Write(RigFolder.Simulated.Replace("simulated\n  seed: 3", "file\n  path: clip.csv\n  rate: 2\ncontrol:\n  grace_ms: 4", StringComparison.Ordinal));
        var live = ProgramRunner.Run("live", rig, "--json", _folder["live.json"]);
        Assert.True(live.ExitCode == 0, live.ToString());
        using var recording = SessionRecording.Open(Recording);
        Assert.Equal(RigFolder.ClipFrames, recording.Count(RecordingTopics.Keypoints));
        Assert.Equal(Facts("live.json").GetProperty("frames").GetInt64(), recording.Count(RecordingTopics.Ticks));
        Assert.Equal(Facts("live.json").GetProperty("frames").GetInt64(), recording.Count(RecordingTopics.Control));
    }

    [Fact]
    public void Ctrl_C_leaves_a_whole_recording_a_summary_and_exit_code_130()
    {
        var rig = _folder.Write(RigFolder.Simulated);
        using var process = ProgramRunner.Start(null, ["live", rig, "--json", _folder["live.json"]], out var output, out var error);
        try
        {
            Assert.True(SpinWait.SpinUntil(() => { Thread.Sleep(20); return error().Contains(" frames ") || process.HasExited; }, Patience), "no progress was shown");
            Assert.False(process.HasExited, output() + error());
            using (var kill = Process.Start("kill", ["-INT", process.Id.ToString()]))
                kill.WaitForExit();
            Assert.True(process.WaitForExit(Patience), "it went on");
            process.WaitForExit();
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("stopped on request", output());
        var facts = Facts("live.json");
        Assert.True(facts.GetProperty("stopped").GetBoolean());
        using var recording = SessionRecording.Open(Recording);
        Assert.True(recording.IsWhole);
        Assert.Equal(facts.GetProperty("frames").GetInt64(), recording.Count(RecordingTopics.Control));
        Assert.Contains(facts.GetProperty("digest").GetString()!, recording.Metadata["summary"]["json"], StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_recorded_only_where_that_is_asked_for()
    {
        var rig = _folder.Write(RigFolder.Simulated);
        var live = ProgramRunner.Run("live", rig, "--seconds", "0.5", "--no-recording");
        Assert.True(live.ExitCode == 0, live.ToString());
        Assert.Contains("nothing was recorded, as asked for", live.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder["recordings"], "*.mcap"));
    }

    [Fact]
    public void A_check_lists_what_it_found_or_every_problem()
    {
        var good = ProgramRunner.Run("check", _folder.Write(RigFolder.Simulated), "--json", _folder["good.json"]);
        Assert.True(good.ExitCode == 0, good.ToString());
        Assert.Contains("ready: closedloop live", good.Output, StringComparison.Ordinal);
        Assert.True(Facts("good.json").GetProperty("ready").GetBoolean());
        Assert.False(Directory.Exists(_folder["recordings"]));

        var broken = _folder.Write(RigFolder.Simulated.Replace("seed", "sead", StringComparison.Ordinal).Replace("rat.yaml", "cat.yaml", StringComparison.Ordinal));
        var bad = ProgramRunner.Run("check", broken, "--json", _folder["bad.json"]);
        Assert.Equal(2, bad.ExitCode);
        Assert.Contains("2 problems:", bad.Output, StringComparison.Ordinal);
        Assert.Contains("line 4, column 3: there is no key 'sead' (did you mean 'seed'?)", bad.Output, StringComparison.Ordinal);
        Assert.Contains("cat.yaml cannot be read", bad.Output, StringComparison.Ordinal);
        Assert.Equal(2, Facts("bad.json").GetProperty("problems").GetArrayLength());

        var refused = ProgramRunner.Run("live", broken);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("has 2 problems", refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }
}
