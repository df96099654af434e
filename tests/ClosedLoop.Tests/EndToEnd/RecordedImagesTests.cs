using ClosedLoop.Acquisition;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;
using ClosedLoop.Vision;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary>What is made of a recording's images, as a user does it: replayed, tracked.</summary>
public sealed class RecordedImagesTests(FilmedSession session) : IClassFixture<FilmedSession>
{
    [Fact]
    public void Images_are_replayed_to_the_same_digest_each_time_and_to_keypoints_near_the_recorded_ones()
    {
        var record = session.NewFile("mcap");
        var first = session.Facts("replay", session.Recording, "--keypoints", "vision", "--device", "cpu", "--record", record);
        var digest = first.GetProperty("digest").GetString();
        Assert.Equal(digest, session.Facts("replay", session.Recording, "--keypoints", "vision", "--device", "cpu").GetProperty("digest").GetString());

        // Every set of images is looked at, also those that the network had had no time for.
        using (var recording = SessionRecording.Open(session.Recording))
            Assert.Equal(recording.Count(RecordingTopics.Frames), first.GetProperty("frames").GetInt64());
        Assert.Equal(first.GetProperty("frames").GetInt64(), first.GetProperty("vision").GetProperty("sets").GetInt64());
        Assert.Equal(0, first.GetProperty("vision").GetProperty("dropped_sets").GetInt64());
        Assert.False(first.TryGetProperty("reproduction", out var reproduction) && reproduction.ValueKind != System.Text.Json.JsonValueKind.Null);
        Assert.InRange(first.GetProperty("registration").GetProperty("mean_marker_error_mm").GetDouble(), 0.1, 4);

        var (recorded, found) = (FilmedSession.KeypointsOf(session.Recording), FilmedSession.KeypointsOf(record));
        Assert.NotEmpty(recorded);
        var distances = recorded.SelectMany(set => DistancesMm(set.Value, found[set.Key])).Order().ToArray();
        Assert.InRange(distances[distances.Length / 2], 0, 1.5);

        // The replay's own recording replays from its keypoints, and says of its images where they are.
        var again = session.Facts("replay", record);
        Assert.Equal(digest, again.GetProperty("digest").GetString());
        Assert.True(again.GetProperty("reproduction").GetProperty("bit_for_bit").GetBoolean());
        Refused(2, ["replay", record, "--keypoints", "vision"], "holds no images: it was recorded without cameras");
    }

    [Fact]
    public void A_range_of_sets_is_replayed_at_their_own_pace_with_the_same_result()
    {
        string[] some = ["replay", session.Recording, "--keypoints", "vision", "--device", "cpu", "--frames", "10:35"];
        var fast = session.Facts(some);
        Assert.Equal(25, fast.GetProperty("frames").GetInt64());
        var slow = session.Facts([.. some, "--rate", "1", "--threads", "1"]);
        Assert.True(slow.GetProperty("wall_s").GetDouble() >= 24 / 50.0 * 0.98);
        Assert.Equal(fast.GetProperty("digest").GetString(), slow.GetProperty("digest").GetString());
    }

    [Fact]
    public void The_recorded_keypoints_stay_what_a_replay_takes_unless_it_is_told_otherwise()
    {
        foreach (var arguments in (string[][])[[], ["--keypoints", "recorded"]])
        {
            var replay = session.Facts(["replay", session.Recording, .. arguments]);
            Assert.True(replay.GetProperty("reproduction").GetProperty("bit_for_bit").GetBoolean());
        }
    }

    [Fact]
    public void What_cannot_be_replayed_from_images_is_refused_in_one_sentence()
    {
        Refused(2, ["replay", session.WithoutImages, "--keypoints", "vision"], $"the recording '{session.WithoutImages}' holds no images: it was recorded without cameras");
        Refused(2, ["replay", Path.Combine(Installation.Root!, "datasets", "demo", "truth.csv"), "--keypoints", "vision"], "is a keypoint file; 'closedloop track' makes keypoints of videos");
        Refused(2, ["replay", session.Recording, "--threads", "1"], "--threads is for keypoints that are found in images; add --keypoints vision");
        Refused(2, ["replay", session.Recording, "--keypoints", "vision", "--model", "nowhere"], "nowhere");
        Refused(2, ["replay", session.Recording, "--keypoints", "vision", "--calibration", "nowhere.yaml"], "the calibration nowhere.yaml cannot be read: there is no such file");
        Refused(2, ["replay", session.Recording, "--keypoints", "vision", "--frames", "100000:"], "the frames 100000: were asked for");
    }

    [Fact]
    public void A_recording_without_calibration_is_refused_with_what_to_do()
    {
        var path = session.NewFile("mcap");
        using (var original = SessionRecording.Open(session.Recording))
            SessionRecorder.Start(path, new() { Layout = original.Layout, ImageCodec = new JpegImages() }).Dispose();
        using (var recording = SessionRecording.Open(path))
        {
            var error = Assert.Throws<ClosedLoopException>(() => RecordedImages.CalibrationOf(recording, path: null));
            Assert.Equal(2, error.ExitCode);
            Assert.Contains("does not hold the calibration of its cameras (calibration.yaml among its files); name it with --calibration rig.yaml", error.Message, StringComparison.Ordinal);
            Assert.Equal(6, RecordedImages.CalibrationOf(recording, Path.Combine(Installation.Root!, "datasets", "demo", "calibration.yaml")).Rig.Cameras.Count);
        }
        Refused(2, ["replay", path, "--keypoints", "vision"], "holds no images: none had come when it ended");
    }

    [Fact]
    public void Images_are_tracked_to_a_recording_of_keypoints_that_replays_and_registers()
    {
        var (keypoints, demo) = (session.NewFile("mcap"), Path.Combine(Installation.Root!, "datasets", "demo"));
        var facts = session.Facts("track", "--recording", session.Recording, "--device", "cpu", "--out", keypoints, "--truth", Path.Combine(demo, "truth.csv"));
        using (var recording = SessionRecording.Open(session.Recording))
            Assert.Equal(recording.Count(RecordingTopics.Frames), facts.GetProperty("sets").GetInt64());
        Assert.Equal(0, facts.GetProperty("incomplete_sets").GetInt32());
        // The recording's sets carry the videos' frame numbers, by which the truth is found.
        Assert.Equal(facts.GetProperty("sets").GetInt32(), facts.GetProperty("compared_sets").GetInt32());
        Assert.InRange(facts.GetProperty("median_error_mm").GetDouble(), 0, 6);

        var replay = session.Facts("replay", keypoints, "--animal", Path.Combine(demo, "animal.yaml"), "--allow-missing");
        Assert.Equal(facts.GetProperty("sets").GetInt64(), replay.GetProperty("frames").GetInt64());
        Assert.InRange(replay.GetProperty("registration").GetProperty("mean_marker_error_mm").GetDouble(), 0.1, 4);
        // The same keypoints as those of a replay from the images, and so the same session.
        Assert.Equal(session.Facts("replay", session.Recording, "--keypoints", "vision", "--device", "cpu").GetProperty("digest").GetString(), replay.GetProperty("digest").GetString());

        foreach (var file in new[] { keypoints, session.Recording })
            Assert.InRange(session.Facts("register", file, "--out", session.NewFile("yaml"), "--allow-missing").GetProperty("scale").GetDouble(), 0.8, 1);
        Refused(2, ["track", "--recording", session.Recording, "--out", session.Recording], "names the recording itself");
        Refused(2, ["track", "--recording", session.WithoutImages, "--out", session.NewFile("csv")], "holds no images: it was recorded without cameras");
        Refused(2, ["replay", keypoints, "--keypoints", "vision"], "looks at the images of a recorded session (.mcap)");
    }

    [Fact]
    public void Of_a_recording_that_was_cut_the_images_up_to_the_cut_are_replayed()
    {
        var path = session.NewFile("mcap");
        var bytes = File.ReadAllBytes(session.Recording);
        File.WriteAllBytes(path, bytes[..(bytes.Length * 2 / 3)]);
        var facts = session.Facts("replay", path, "--keypoints", "vision", "--device", "cpu");
        Assert.InRange(facts.GetProperty("frames").GetInt64(), 5, 99);
        Assert.Contains(facts.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("recovered", StringComparison.Ordinal));
    }

    private static IEnumerable<double> DistancesMm(Keypoints a, Keypoints b) =>
        from k in Enumerable.Range(0, a.Layout.Count)
        where a.IsPresent(k) && b.IsPresent(k)
        select 1000 * Math.Sqrt(Enumerable.Range(0, 3).Sum(axis => Math.Pow(a.Position(k)[axis] - b.Position(k)[axis], 2)));

    private static void Refused(int exitCode, string[] arguments, string sentence)
    {
        var result = ProgramRunner.Run(arguments);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Contains(sentence, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
