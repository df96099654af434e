using System.Text.Json;
using ClosedLoop.CommandLine;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Recording;
using Xunit;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary>Sessions from images, as a user runs them: the shipped videos through the shipped networks to the virtual rodent.</summary>
public sealed class VisionSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private JsonElement Facts(string name) => JsonDocument.Parse(File.ReadAllText(_folder[name])).RootElement;

    [Fact]
    public void The_demo_goes_from_images_to_actions_and_its_recording_replays_bit_for_bit()
    {
        var demo = ProgramRunner.Run("demo", "--seconds", "4", "--out", _folder["out"], "--json", _folder["demo.json"]);
        Assert.True(demo.ExitCode == 0, demo.ToString());
        var facts = Facts("demo.json");
        Assert.Equal(200, facts.GetProperty("frames").GetInt64());
        var vision = facts.GetProperty("vision");
        Assert.True(vision.GetProperty("sets").GetInt64() > 0);
        Assert.Equal(0, vision.GetProperty("incomplete_sets").GetInt64());
        Assert.Equal(0, vision.GetProperty("sets_without_animal").GetInt64());

        var path = facts.GetProperty("recording").GetString()!;
        using (var recording = SessionRecording.Open(path))
        {
            Assert.True(recording.IsWhole);
            Assert.Equal(6, recording.Layout.Frames!.CameraNames.Count);
            Assert.Contains(RecordingContent.CalibrationName, recording.AttachmentNames);
        }
        var replay = ProgramRunner.Run("replay", path);
        Assert.True(replay.ExitCode == 0, replay.ToString());
        Assert.Contains("bit for bit", replay.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_camera_that_stops_or_skips_is_named_and_the_session_goes_on()
    {
        var demo = Path.Combine(Installation.Root!, "datasets", "demo");
        File.WriteAllText(_folder["rig.yaml"], $$"""
            name: faulty
            keypoints: {source: cameras, seconds: 5}
            cameras:
              videos: {{demo}}
              calibration: {{demo}}/calibration.yaml
              faults:
                - {camera: cam3, kind: stop, at_frame: 100, frames: 1000}
                - {camera: cam5, kind: skip, at_frame: 60, frames: 5}
            animal: {{demo}}/animal.yaml
            recording: {folder: out, name: faulty, minimum_free_gb: 0.1}
            """);
        var live = ProgramRunner.Run("live", _folder["rig.yaml"], "--json", _folder["live.json"]);
        Assert.True(live.ExitCode == 0, live.ToString());
        var facts = Facts("live.json");
        Assert.Equal(250, facts.GetProperty("frames").GetInt64());
        Assert.Contains("cam3 has stopped", live.Error, StringComparison.Ordinal);
        var findings = facts.GetProperty("camera_findings");
        Assert.Equal(1, findings.GetProperty("cam3 Stopped").GetInt64());
        Assert.Equal(1, findings.GetProperty("cam5 Skipped").GetInt64());
        Assert.True(facts.GetProperty("vision").GetProperty("incomplete_sets").GetInt64() > 0);
    }
}
