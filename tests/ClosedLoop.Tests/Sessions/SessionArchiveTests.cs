using System.Buffers.Binary;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Tests.Recording.Session;

namespace ClosedLoop.Tests.Sessions;

/// <summary>What a recording says of its session, and what a replay makes of it.</summary>
[Collection(LaboratoryCollection.Name)]
public sealed class SessionArchiveTests(MeasuredLaboratory laboratory)
{
    [Fact]
    public void Animal_body_and_configuration_come_back_from_a_recording_as_they_were()
    {
        // NB: no value at its default, so that one that is not kept is noticed.
        var configuration = new SessionConfiguration
        {
            RateHz = 50,
            GraceS = 0.1 / 30,
            Seed = 17,
            Source = "Käfig \"3\"",
            Rodent = new() { LeaveLimitM = 0.123, FallLimitDeg = 59.9, ReferenceMode = ReferenceMode.Predict, Forecaster = "hold" },
            Registration = new() { MinimumConfidence = 1 / 3.0, MinimumKeypoints = 9, MaximumSpeedMPerS = 2.5, ExtrapolatedTicks = 4, Solver = new() { MaximumIterations = 11 } },
        };
        using var setup = new SessionSetup(SimulatedLaboratory.Body, laboratory.Animal, KeypointLayout.Rat23, configuration);
        var path = laboratory.NewFile("mcap");
        SessionRecorder.Start(path, SessionArchive.ContentOf(setup, new())).Dispose();

        using var recording = SessionRecording.Open(path);
        using var restored = SessionArchive.SetupOf(recording, body: null, animal: null);
        Assert.Equal(setup.Configuration, restored.Configuration);
        Assert.Equal(laboratory.Animal.ToYaml(), restored.Animal.ToYaml());
        Assert.Equal(setup.Description.Mjcf, restored.Description.Mjcf);
        Assert.Equal(setup.Description.Name, restored.Description.Name);
        Assert.Equal(setup.Description.Attachments, restored.Description.Attachments);
        Assert.Equal(setup.Description.RootKeypoint, restored.Description.RootKeypoint);
        Assert.Equal(setup.Description.TrunkKeypoints, restored.Description.TrunkKeypoints);
        Assert.Equal(setup.Description.RegularisedKeypoints, restored.Description.RegularisedKeypoints);
        Assert.Equal(setup.Description.Files.Keys.Order(), restored.Description.Files.Keys.Order());
        foreach (var (name, content) in setup.Description.Files)
            Assert.Equal(content, restored.Description.Files[name]);
        Assert.Equal(setup.Layout.Names, restored.Layout.Names);
        Assert.Equal(setup.Layout.Edges, restored.Layout.Edges);
        Assert.Equal(setup.Body.Scale, restored.Body.Scale);

        var versions = recording.Metadata["versions"];
        Assert.Contains("commit", versions["closedloop"]);
        Assert.Equal(MujocoModel.LibraryVersion, versions["mujoco"]);
        Assert.NotEmpty(versions["processor"]);
    }

    [Fact]
    public void A_recording_replays_with_another_animal()
    {
        var path = laboratory.NewFile("mcap");
        var original = laboratory.Play(laboratory.Frames[..100], record: path);
        var heights = new List<double>();
        var lifted = laboratory.Animal with { FloorHeightM = laboratory.Animal.FloorHeightM + 0.004 };
        var same = MeasuredLaboratory.Replay(path, animal: laboratory.Animal, onPose: pose => heights.Add(pose.Qpos[2]));
        var other = MeasuredLaboratory.Replay(path, animal: lifted, onPose: pose => heights.Add(pose.Qpos[2]));
        Assert.Equal(original.Digest, same.Digest);
        Assert.NotEqual(original.Digest, other.Digest);
        Assert.False(other.Reproduction!.BitForBit);
        Assert.True(other.Reproduction.LargestDeviation > 0.003);
        // The other animal's floor is 4 mm higher, so that the same keypoints put its body 4 mm lower.
        Assert.Equal(100, other.Frames);
        Assert.InRange(heights[..100].Average() - heights[100..].Average(), 0.0035, 0.0045);
    }

    [Fact]
    public void A_recording_replays_with_another_body_and_refuses_an_animal_of_the_wrong_one()
    {
        var path = laboratory.NewFile("mcap");
        var original = laboratory.Play(laboratory.Frames[..60], record: path);
        var plain = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes, Collision = RodentCollision.SelfCollision });
        var error = Assert.Throws<ClosedLoopException>(() => MeasuredLaboratory.Replay(path, body: plain));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("was fitted with the body", error.Message);

        var fitted = laboratory.Animal with { BodyName = plain.Name, BodySha256 = AnimalFile.HashOf(plain) };
        var replayed = MeasuredLaboratory.Replay(path, body: plain, animal: fitted);
        Assert.Equal(60, replayed.Frames);
        // The same joints and sites, so the same registration; other contacts, so another imitation.
        Assert.Equal(original.Registration.MeanMarkerErrorMm, replayed.Registration.MeanMarkerErrorMm, 0.01);
    }

    [Fact]
    public void A_recording_that_was_cut_replays_as_far_as_it_goes()
    {
        var path = laboratory.NewFile("mcap");
        var start = laboratory.Play(laboratory.Frames[..0], record: path);
        Assert.Equal(0, start.Frames);
        var empty = new FileInfo(path).Length;
        path = laboratory.NewFile("mcap");
        laboratory.Play(record: path);
        using (var file = File.OpenWrite(path))
            // Chunks are a megabyte at most: four fifths of the file hold the first whole.
            file.SetLength(empty + ((file.Length - empty) * 4 / 5));
        var again = MeasuredLaboratory.Replay(path);
        Assert.InRange(again.Frames, 1, laboratory.Frames.Count - 1);
        Assert.True(again.Reproduction!.BitForBit);
        Assert.Equal(laboratory.Play(laboratory.Frames[..(int)again.Frames]).Digest, again.Digest);
    }

    [Fact]
    public void A_recording_whose_animal_is_damaged_says_so()
    {
        var path = laboratory.NewFile("mcap");
        laboratory.Play(laboratory.Frames[..5], record: path);
        var bytes = File.ReadAllBytes(path);
        var place = bytes.AsSpan().IndexOf("floor_height_m"u8);
        Assert.True(place > 0);
        bytes[place + 18] ^= 1;
        File.WriteAllBytes(path, bytes);
        AssertRefused(path, 1, "is damaged", "animal.yaml");
    }

    [Fact]
    public void A_recording_that_no_session_made_says_what_it_lacks()
    {
        var session = new RandomSession(ticks: 5);
        var path = laboratory.NewFile("mcap");
        using (var recorder = SessionRecorder.Start(path, session.Content with { Attachments = [] }))
            session.WriteTo(recorder);
        AssertRefused(path, 1, "has no body.json", "cannot be replayed");
    }

    [Fact]
    public void A_configuration_of_another_version_says_so()
    {
        using var setup = laboratory.Setup();
        var content = SessionArchive.ContentOf(setup, new());
        var changed = new Dictionary<string, IReadOnlyDictionary<string, string>>(content.Metadata)
        {
            ["configuration"] = new Dictionary<string, string> { ["json"] = """{"speed_hz": 50}""" },
        };
        var path = laboratory.NewFile("mcap");
        SessionRecorder.Start(path, content with { Metadata = changed }).Dispose();
        AssertRefused(path, 1, "configuration", "cannot be read by this version");
    }

    [Fact]
    public void An_mcap_file_of_something_else_is_named_with_its_streams()
    {
        var path = laboratory.NewFile("mcap");
        using (var stream = File.Create(path))
        {
            var writer = new McapWriter(stream, "another program");
            var channel = writer.AddChannel(writer.AddSchema("Twist", "jsonschema", "{}"u8.ToArray()), "/cmd_vel", "json");
            writer.WriteMessage(channel, 1, 1, "{}"u8);
            writer.Finish();
        }
        AssertRefused(path, 1, "is not the recording of a session", "/cmd_vel");
    }

    [Fact]
    public void Files_that_are_no_recording_are_refused_by_name()
    {
        var path = laboratory.NewFile("mcap");
        AssertRefused(path, 2, path);
        File.WriteAllBytes(path, []);
        AssertRefused(path, 1, path);
        File.WriteAllText(path, new string('x', 5000));
        AssertRefused(path, 1, path);
        var header = new byte[64];
        new byte[] { 0x89, (byte)'M', (byte)'C', (byte)'A', (byte)'P', 0x30, 13, 10, 1 }.CopyTo(header, 0);
        // A header record that claims to be longer than any file.
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(9), ulong.MaxValue / 2);
        File.WriteAllBytes(path, header);
        AssertRefused(path, 1, path);
    }

    private static void AssertRefused(string path, int exitCode, params string[] words)
    {
        var error = Assert.Throws<ClosedLoopException>(() => MeasuredLaboratory.Replay(path));
        Assert.Equal(exitCode, error.ExitCode);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(words, word => Assert.Contains(word, error.Message));
    }
}
