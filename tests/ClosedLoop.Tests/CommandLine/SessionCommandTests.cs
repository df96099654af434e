using System.Text.Json;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Physics;
using ClosedLoop.Tests.Recording.Mcap;

namespace ClosedLoop.Tests.CommandLine;

/// <summary><c>demo</c>, <c>register</c> and <c>replay</c> as a user runs them, and what they leave behind.</summary>
[Collection(CommandCollection.Name)]
public sealed class SessionCommandTests(CommandSessions sessions)
{
    [Fact]
    public void The_demo_runs_at_real_time_and_says_what_it_did()
    {
        Assert.True(sessions.Demo.ExitCode == 0, sessions.Demo.ToString());
        var facts = sessions.DemoFacts;
        Assert.Equal(150, facts.GetProperty("frames").GetInt64());
        Assert.Equal(3, facts.GetProperty("duration_s").GetDouble());
        // NB: not faster than real time (the first beat takes no period); how much slower is the machine's affair.
        Assert.True(facts.GetProperty("wall_s").GetDouble() >= 149 / 50.0 * 0.98, $"{facts.GetProperty("wall_s")}");
        Assert.False(facts.GetProperty("stopped").GetBoolean());
        Assert.Equal(0, facts.GetProperty("dropped").GetProperty("recorder").GetInt64());
        Assert.Equal(0, facts.GetProperty("allocated_bytes_per_frame").GetDouble());
        Assert.InRange(facts.GetProperty("registration").GetProperty("mean_marker_error_mm").GetDouble(), 0.1, 4);

        Assert.Contains("150 frames", sessions.Demo.Output);
        Assert.Contains("registration", sessions.Demo.Output);
        Assert.Contains("imitation", sessions.Demo.Output);
        Assert.Contains(sessions.DemoRecording, sessions.Demo.Output);
        Assert.Contains("simulated", sessions.Demo.Output);
        Assert.DoesNotContain("defect", sessions.Demo.Error);
    }

    [Fact]
    public void The_demos_report_holds_every_fact_that_scripts_rely_on()
    {
        var facts = sessions.DemoFacts;
        foreach (var name in (string[])["frames", "duration_s", "wall_s", "registration", "imitation", "latency_ms", "dropped", "allocated_bytes_per_frame", "recording", "digest"])
            Assert.True(facts.TryGetProperty(name, out _), name);
        AssertNumbers(facts.GetProperty("registration"), "mean_marker_error_mm", "p95_marker_error_mm", "median_ms", "p99_ms");
        AssertNumbers(facts.GetProperty("imitation"), "median_total_error_mm", "median_root_error_mm", "resets");
        Assert.Equal("policy-mlp", facts.GetProperty("imitation").GetProperty("controller").GetString());
        foreach (var stage in (string[])["registration", "controller", "physics", "keypoint_to_action"])
        {
            var latency = facts.GetProperty("latency_ms").GetProperty(stage);
            AssertNumbers(latency, "p50", "p99", "p999", "max");
            var percentiles = ((string[])["p50", "p99", "p999", "max"]).Select(name => latency.GetProperty(name).GetDouble()).ToArray();
            Assert.True(percentiles[0] > 0);
            Assert.Equal(percentiles.Order(), percentiles);
        }
        Assert.Equal(["keypoints to control", "samples to sorter", "beats to sorter", "body to comparison", "counts to comparison", "recorder"], facts.GetProperty("dropped").EnumerateObject().Select(queue => queue.Name));
        var tetrodes = facts.GetProperty("tetrodes");
        AssertNumbers(tetrodes, "tetrodes", "channels", "rate_hz", "samples", "samples_lost", "blocks_unsorted", "spikes", "spikes_late", "spikes_unexplained", "bins", "flagged_bins", "load");
        Assert.Equal((8, 32, 32), (tetrodes.GetProperty("tetrodes").GetInt32(), tetrodes.GetProperty("channels").GetInt32(), tetrodes.GetProperty("noise_microvolts").GetArrayLength()));
        Assert.InRange(tetrodes.GetProperty("samples").GetInt64(), 2 * 30_000, 5 * 30_000);
        Assert.Equal((0, 0, 150), (tetrodes.GetProperty("samples_lost").GetInt64(), tetrodes.GetProperty("blocks_unsorted").GetInt64(), tetrodes.GetProperty("bins").GetInt64()));
        Assert.False(tetrodes.GetProperty("clock").GetProperty("synchronised").GetBoolean());
        // Three seconds are too short for a comparison, but all of it is there: classes of both kinds, and what was planted.
        var comparison = facts.GetProperty("comparison");
        AssertNumbers(comparison, "judged", "missing", "dropped", "delay_bins", "load");
        Assert.Contains(comparison.GetProperty("classes").EnumerateArray(), of => (of.GetProperty("name").GetString(), of.GetProperty("kind").GetString()) == ("latent_mean", "computational"));
        Assert.Contains(comparison.GetProperty("classes").EnumerateArray(), of => (of.GetProperty("name").GetString(), of.GetProperty("kind").GetString()) == ("joint_angles", "representational"));
        Assert.InRange(comparison.GetProperty("plan").GetProperty("planted").GetInt32(), 8, 32);
        using (var recording = SessionRecording.Open(sessions.DemoRecording))
        {
            var plan = PlantedPlan.Parse(System.Text.Encoding.UTF8.GetString(recording.ReadAttachment(PlantedPlan.FileName).Data), PlantedPlan.FileName);
            Assert.Equal(32, plan.Units.Count);
            Assert.Equal([PlannedDrive.None, PlannedDrive.Network, PlannedDrive.Movement], plan.Units.Select(unit => unit.Drive).Distinct().Order());
        }
        // Two seconds are too short for most neurons to be learnt.
        Assert.Equal(JsonValueKind.Array, tetrodes.GetProperty("units").ValueKind);
        Assert.Matches("^[0-9a-f]{64}$", facts.GetProperty("digest").GetString());
        Assert.Equal(sessions.DemoRecording, facts.GetProperty("recording").GetString());
    }

    [Fact]
    public void The_demo_leaves_a_whole_recording_with_all_that_it_was_made_from()
    {
        using var recording = SessionRecording.Open(sessions.DemoRecording);
        Assert.True(recording.IsWhole);
        Assert.Empty(recording.Notes);
        Assert.Equal(150, recording.Count(RecordingTopics.Ticks));
        Assert.Equal(150, recording.Count(RecordingTopics.Pose));
        Assert.Equal(150, recording.Count(RecordingTopics.Control));
        Assert.True(recording.Count(RecordingTopics.Keypoints) >= 150 - sessions.DemoFacts.GetProperty("missed_ticks").GetInt64());
        Assert.True(recording.Count(RecordingTopics.Telemetry) >= 2);
        Assert.Contains("commit", recording.Metadata["versions"]["closedloop"]);
        Assert.Contains("\"seed\":1", recording.Metadata["configuration"]["json"]);
        // The summary in the file is the report: the same digest, the same errors.
        using var summary = JsonDocument.Parse(recording.Metadata["summary"]["json"]);
        foreach (var name in (string[])["digest", "frames", "registration", "imitation", "latency_ms", "dropped"])
            Assert.Equal(Normal(sessions.DemoFacts.GetProperty(name)), Normal(summary.RootElement.GetProperty(name)));
    }

    [Fact]
    public void The_demo_leaves_a_picture_of_the_rat()
    {
        var path = Assert.Single(Directory.GetFiles(sessions.DemoFolder, "*.png"));
        Assert.Equal(path, sessions.DemoFacts.GetProperty("picture").GetString());
        var (width, height) = PngReader.Read(path, out var rgb);
        Assert.True(width >= 640 && height >= 480);
        var (fur, skin, columns) = (0, 0, new List<int>());
        for (var pixel = 0; pixel < width * height; pixel++)
        {
            var (red, green, blue) = (rgb[3 * pixel], rgb[(3 * pixel) + 1], rgb[(3 * pixel) + 2]);
            // Dark brown fur of the hood; pink paws and tail, paler than the red keypoints.
            if (red < 90 && red > green && green >= blue && red - blue >= 8)
            {
                fur++;
                columns.Add(pixel % width);
            }
            if (red > 120 && green > 70 && blue > 60 && red - green > 40)
                skin++;
        }
        Assert.InRange(fur / (double)(width * height), 0.01, 0.3);
        Assert.InRange(skin / (double)(width * height), 0.0005, 0.1);
        columns.Sort();
        Assert.InRange(columns[columns.Count / 2], width / 4, 3 * width / 4);
    }

    [SkippableFact]
    public void An_independent_reader_reads_every_message_of_the_demos_recording()
    {
        using var result = IndependentReader.Read(sessions.DemoRecording);
        using var recording = SessionRecording.Open(sessions.DemoRecording);
        var stream = result.RootElement.GetProperty("stream");
        Assert.True(stream.GetProperty("done").GetBoolean());
        var indexed = result.RootElement.GetProperty("indexed");
        var total = 0L;
        foreach (var topic in (string[])[RecordingTopics.Keypoints, RecordingTopics.Ticks, RecordingTopics.Pose, RecordingTopics.Control, RecordingTopics.Telemetry])
        {
            var count = recording.Count(topic);
            total += count;
            Assert.True(count > 0, topic);
            Assert.Equal(count, indexed.GetProperty("topics").GetProperty(topic).GetProperty("count").GetInt64());
            Assert.Equal(count, stream.GetProperty("topics").GetProperty(topic).GetProperty("count").GetInt64());
            Assert.Equal(indexed.GetProperty("topics").GetProperty(topic).GetProperty("hash").GetString(), stream.GetProperty("topics").GetProperty(topic).GetProperty("hash").GetString());
        }
        foreach (var topic in (string[])[RecordingTopics.Samples, RecordingTopics.Lfp, RecordingTopics.Spikes, RecordingTopics.SpikeCounts, RecordingTopics.Units, RecordingTopics.ComparisonScores, RecordingTopics.BehaviourComparison])
        {
            total += recording.Count(topic);
            // In so short a session there may be no unit yet, and so no spike of one, and nothing to compare.
            Assert.True(topic is RecordingTopics.Units or RecordingTopics.Spikes or RecordingTopics.ComparisonScores or RecordingTopics.BehaviourComparison || recording.Count(topic) > 0, topic);
            Assert.Equal(recording.Count(topic), stream.GetProperty("topics").TryGetProperty(topic, out var found) ? found.GetProperty("count").GetInt64() : 0);
        }
        Assert.Equal(total + recording.Count(RecordingTopics.SampleFindings), indexed.GetProperty("messages").GetInt64());
        // A chunk is closed every quarter of a second.
        Assert.True(indexed.GetProperty("chunks").GetInt32() >= 8);
        var last = indexed.GetProperty("topics").GetProperty(RecordingTopics.Pose).GetProperty("last");
        Assert.Equal("149", last.GetProperty("sequence").GetString());
        Assert.Equal(74, last.GetProperty("qpos").GetArrayLength());
        Assert.True(indexed.GetProperty("attachments").TryGetProperty("animal.yaml", out _));
    }

    [Fact]
    public void Replaying_the_demos_recording_twice_gives_its_digest_each_time()
    {
        var digest = sessions.DemoFacts.GetProperty("digest").GetString();
        for (var i = 0; i < 2; i++)
        {
            var facts = sessions.Replay(sessions.DemoRecording);
            Assert.Equal(digest, facts.GetProperty("digest").GetString());
            Assert.Equal(150, facts.GetProperty("frames").GetInt64());
            Assert.True(facts.GetProperty("reproduction").GetProperty("bit_for_bit").GetBoolean());
            Assert.Equal(0, facts.GetProperty("allocated_bytes_per_frame").GetDouble());
            // The spikes and counts too.
            var (sorted, first) = (facts.GetProperty("sorting_reproduction"), sessions.DemoFacts.GetProperty("tetrodes"));
            Assert.True(sorted.GetProperty("bit_for_bit").GetBoolean());
            Assert.Equal(150, sorted.GetProperty("bins").GetInt64());
            Assert.Equal(first.GetProperty("spikes").GetInt64() + first.GetProperty("spikes_unexplained").GetInt64(), sorted.GetProperty("spikes").GetInt64());
            Assert.Equal(Normal(first.GetProperty("units")), Normal(facts.GetProperty("tetrodes").GetProperty("units")));
            Assert.True(facts.GetProperty("comparison_reproduction").GetProperty("bit_for_bit").GetBoolean());
        }
    }

    [Theory]
    [InlineData("--online")]
    [InlineData("--figure")]
    public void The_samples_of_the_demos_recording_are_sorted_as_those_of_any_other(string how)
    {
        var (units, report) = (sessions.NewFile("nwb"), sessions.NewFile("json"));
        string[] arguments = how == "--figure" ? [how, sessions.NewFile("png")] : [how];
        var sorted = ProgramRunner.Run(["sort", sessions.DemoRecording, .. arguments, "--out", units, "--json", report]);
        Assert.True(sorted.ExitCode == 0, sorted.ToString());
        using var facts = JsonDocument.Parse(File.ReadAllText(report));
        Assert.Equal(32, facts.RootElement.GetProperty("channels").GetInt32());
        Assert.Equal(sessions.DemoFacts.GetProperty("tetrodes").GetProperty("samples").GetInt64() / 30_000.0, facts.RootElement.GetProperty("seconds").GetDouble(), 1e-6);
        Assert.Equal(0, facts.RootElement.GetProperty("samples_lost").GetInt64());
        Assert.True(File.Exists(units));
    }

    [Fact]
    public void Frames_of_a_recording_are_those_that_were_asked_for()
    {
        var start = sessions.Replay(sessions.DemoRecording, "--frames", "0:40");
        Assert.Equal(40, start.GetProperty("frames").GetInt64());
        Assert.True(start.GetProperty("reproduction").GetProperty("bit_for_bit").GetBoolean());
        Assert.Equal(40, start.GetProperty("reproduction").GetProperty("poses").GetInt64());
        // From the middle the path has no past: what it computes is not the recording's, and no likeness is claimed.
        var middle = sessions.Replay(sessions.DemoRecording, "--frames", "100:");
        Assert.Equal(50, middle.GetProperty("frames").GetInt64());
        Assert.False(middle.TryGetProperty("reproduction", out _));
    }

    [Fact]
    public void Register_makes_an_animal_and_reports_its_size_and_errors()
    {
        Assert.True(sessions.Register.ExitCode == 0, sessions.Register.ToString());
        Assert.Contains("Remy", sessions.Register.Output);
        var animal = AnimalFile.Load(sessions.Animal);
        var facts = sessions.RegisterFacts;
        Assert.Equal("Remy", animal.Name);
        Assert.Equal("Remy", facts.GetProperty("name").GetString());
        Assert.Equal("rodent", facts.GetProperty("body").GetString());
        Assert.Equal(animal.Scale, facts.GetProperty("scale").GetDouble());
        Assert.Equal(animal.FloorHeightM, facts.GetProperty("floor_height_m").GetDouble());
        Assert.Equal(23, facts.GetProperty("offsets").GetArrayLength());
        Assert.NotEqual(0, facts.GetProperty("segments_m").GetArrayLength());
        Assert.Equal(sessions.Animal, facts.GetProperty("output").GetString());
        var fit = facts.GetProperty("fit");
        Assert.Equal(150, fit.GetProperty("frames_given").GetInt32());
        Assert.InRange(fit.GetProperty("frames_used").GetInt32(), 5, 100);
        AssertNumbers(fit, "used_mean_mm", "unused_mean_mm", "unused_p95_mm");
        // The planted rat is 0.92 of the body's size.
        Assert.InRange(animal.Scale, 0.85, 1.0);
    }

    [Fact]
    public void A_table_is_replayed_with_its_animal_and_its_recording_again_with_the_same_digest()
    {
        var (path, picture) = (sessions.NewFile("mcap"), sessions.NewFile("png"));
        var first = sessions.Replay(sessions.Table, "--animal", sessions.Animal, "--record", path, "--picture", picture, "--episodes", "0.5:20");
        Assert.Equal(CommandSessions.Frames, first.GetProperty("frames").GetInt64());
        Assert.InRange(first.GetProperty("registration").GetProperty("mean_marker_error_mm").GetDouble(), 0.1, 4);
        Assert.Equal(path, first.GetProperty("recording").GetString());
        Assert.True(PngReader.Read(picture, out _).Width > 0);
        // Starts at 0, 20, 40, ... as long as 25 frames and the window before the first follow.
        var imitation = first.GetProperty("imitation");
        Assert.InRange(imitation.GetProperty("episodes").GetInt32(), 8, 9);
        Assert.InRange(imitation.GetProperty("survival").GetDouble(), 0.5, 1);
        Assert.InRange(imitation.GetProperty("episode_score").GetProperty("median_root_error_mm").GetDouble(), 0.1, 30);

        var digest = first.GetProperty("digest").GetString();
        Assert.Equal(digest, sessions.Replay(sessions.Table, "--animal", sessions.Animal).GetProperty("digest").GetString());
        Assert.Equal(digest, sessions.Replay(path).GetProperty("digest").GetString());
        // Only the first frames were fitted on: the rest is registered about as well.
        Assert.Equal(50, sessions.Replay(sessions.Table, "--animal", sessions.Animal, "--frames", "150:200", "--rate", "20").GetProperty("frames").GetInt64());
    }

    [Fact]
    public void A_body_from_files_takes_the_same_way_as_our_own()
    {
        var (body, attachment) = sessions.WriteBody();
        var facts = sessions.Replay(sessions.Table, "--frames", "0:60", "--body", body, "--attachment", attachment);
        Assert.Equal(60, facts.GetProperty("frames").GetInt64());
        Assert.InRange(facts.GetProperty("registration").GetProperty("mean_marker_error_mm").GetDouble(), 0.1, 4);
        Assert.Contains(facts.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("fitted from this very file"));
    }

    [Fact]
    public void Missing_keypoints_are_left_out_and_flagged_where_that_is_allowed()
    {
        var positions = (double[])sessions.Positions.Clone();
        for (var axis = 0; axis < 3; axis++)
            positions[(3 * ((20 * 23) + 4)) + axis] = double.NaN;
        positions.AsSpan(3 * 23 * 30, 3 * 23).Fill(double.NaN);
        var table = sessions.NewFile("csv");
        File.WriteAllText(table, SampleText(positions));
        var refused = ProgramRunner.Run("replay", table, "--animal", sessions.Animal);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("24 keypoint(s) missing in 2 frame(s), 1 frame(s) without any keypoint; the first is SpineM in frame 20", Assert.Single(refused.ErrorLines));
        Assert.Contains("--allow-missing", refused.Error);

        var facts = sessions.Replay(table, "--animal", sessions.Animal, "--allow-missing");
        var flags = facts.GetProperty("registration").GetProperty("flags");
        Assert.Equal(1, flags.GetProperty("TooFewKeypoints").GetInt64());
        Assert.InRange(flags.GetProperty("Partial").GetInt64(), 1, 2);
        Assert.Equal(CommandSessions.Frames, facts.GetProperty("frames").GetInt64());
    }

    private static string SampleText(double[] positions) => Recording.KeypointFiles.SampleFiles.Csv(positions);

    private static void AssertNumbers(JsonElement element, params string[] names)
    {
        foreach (var name in names)
            Assert.True(element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number, name);
    }

    private static string Normal(JsonElement element) => JsonSerializer.Serialize(element);
}
