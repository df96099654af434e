using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Core.Motion;

namespace ClosedLoop.Tests.Recording.ClipFiles;

/// <summary>Files as others write them: stac-mjx, track-mjx, dm_control.</summary>
public sealed class ClipLayoutTests : IDisposable
{
    private const string Config = """
        model:
          MJCF_PATH: models/rodent.xml
          SCALE_FACTOR: 0.9
          RENDER_FPS: 25
          snips_order:
          - /data/snips/FastWalk_12.p
          - ./././snippets_2_25_2021/snips/LGroom_4.p
          - Rear_001
        stac:
          n_frames_per_clip: 4
          mujoco:
            solver: newton
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Output_of_stac_mjx_is_read_with_its_behaviours_and_unit_quaternions_and_without_its_velocities()
    {
        var path = _folder["stac.h5"];
        var qpos = MotionClips.Qpos(12, seed: 4);
        var stored = qpos.ToArray();
        // The solver leaves quaternions at any length, of either sign.
        for (var frame = 0; frame < 12; frame++)
            foreach (ref var part in stored.AsSpan((frame * 10) + 3, 4))
                part *= 0.8 + (0.05 * frame);
        WriteStac(path, stored, Config);
        var library = ClipFileReader.Read(path);
        Assert.Equal((0.9, null), (library.Scale, library.FloorHeightM));
        Assert.Equal(MotionClips.Names, library.QposNames);
        Assert.Equal(["FastWalk_12", "LGroom_4", "Rear_001"], library.Clips.Select(clip => clip.Name));
        Assert.Equal(["FastWalk", "LGroom", "Rear"], library.Clips.Select(clip => clip.Behaviour));
        Assert.All(library.Clips, clip => Assert.Equal((4, 25.0, 10), (clip.Frames, clip.RateHz, clip.Nq)));
        var read = library.Clips.SelectMany(clip => clip.Qpos).ToArray();
        Assert.All(qpos.Zip(read), pair => Assert.Equal(pair.First, pair.Second, 12));
    }

    [Fact]
    public void The_callers_rate_and_clip_length_go_before_the_files()
    {
        var path = _folder["stac.h5"];
        WriteStac(path, MotionClips.Qpos(12, 4), Config.Replace("snips_order", "other", StringComparison.Ordinal));
        var library = ClipFileReader.Read(path, new() { RateHz = 50, FramesPerClip = 6 });
        Assert.Equal([("clip_0", "", 6, 50.0), ("clip_1", "", 6, 50.0)], library.Clips.Select(clip => (clip.Name, clip.Behaviour, clip.Frames, clip.RateHz)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Reference_clips_of_track_mjx_are_read(int count)
    {
        var path = _folder["reference.h5"];
        const int Frames = 5;
        var qpos = MotionClips.Qpos(count * Frames, seed: 5);
        using (var file = Hdf5Writer.Create(path))
        {
            file.CreateGroup("all_clips");
            Write(file, "position", 0, 3);
            Write(file, "quaternion", 3, 4);
            Write(file, "joints", 7, 3);
        }
        var names = MotionClips.Names;
        var library = ClipFileReader.Read(path, new() { QposNames = names });
        Assert.Equal(count, library.Clips.Count);
        Assert.Equal(names, library.QposNames);
        Assert.All(library.Clips, clip => Assert.Equal((Frames, 50.0, ""), (clip.Frames, clip.RateHz, clip.Behaviour)));
        Assert.Equal(qpos, library.Clips.SelectMany(clip => clip.Qpos));
        AssertNamesAreNeeded(path);

        void Write(Hdf5Writer file, string part, int from, int width)
        {
            double[] values = [.. Enumerable.Range(0, count * Frames).SelectMany(row => qpos[((row * 10) + from)..((row * 10) + from + width)])];
            file.WriteDoubles($"all_clips/{part}", values, count == 1 ? [Frames, width] : [count, Frames, width]);
        }
    }

    [Fact]
    public void Trajectories_of_dm_control_are_read_by_number_and_features_first()
    {
        var path = _folder["trajectories.h5"];
        (int Number, int Frames)[] clips = [(0, 3), (2, 5), (10, 4)];
        using (var file = Hdf5Writer.Create(path))
            foreach (var (number, frames) in clips.Reverse())
                WriteTrajectory(file, number, frames, statedSteps: frames);
        var library = ClipFileReader.Read(path, new() { QposNames = MotionClips.Names });
        Assert.Equal(["clip_0", "clip_2", "clip_10"], library.Clips.Select(clip => clip.Name));
        foreach (var ((number, frames), clip) in clips.Zip(library.Clips))
        {
            Assert.Equal((frames, 50.0), (clip.Frames, clip.RateHz));
            Assert.Equal(MotionClips.Qpos(frames, number), clip.Qpos);
        }
        AssertNamesAreNeeded(path);
    }

    [Fact]
    public void A_trajectory_that_is_shorter_than_it_says_or_lies_the_other_way_is_refused()
    {
        var path = _folder["trajectories.h5"];
        using (var file = Hdf5Writer.Create(path))
            WriteTrajectory(file, 7, 5, statedSteps: 6);
        Assert.Contains("'clip_7' in", Refused(path).Message);
        using (var file = Hdf5Writer.Create(path))
        {
            file.CreateGroup("clip_0/walkers/walker_0");
            file.WriteDoubles("clip_0/walkers/walker_0/position", new double[15], 5, 3);
        }
        Assert.Contains("is 5 x 3; 3 x frames was expected", Refused(path).Message);
    }

    private static ClosedLoopException Refused(string path) =>
        Assert.Throws<ClosedLoopException>(() => ClipFileReader.Read(path, new() { QposNames = MotionClips.Names }));

    private static void AssertNamesAreNeeded(string path)
    {
        Assert.Contains("does not name the joints", Assert.Throws<ClosedLoopException>(() => ClipFileReader.Read(path)).Message);
        var other = Assert.Throws<ClosedLoopException>(() => ClipFileReader.Read(path, new() { QposNames = MotionClips.Names[..9] }));
        Assert.Contains("10 positions a frame, the body has 9", other.Message);
    }

    private static void WriteStac(string path, double[] qpos, string config)
    {
        using var file = Hdf5Writer.Create(path);
        file.WriteFixedStrings("config", [config], isScalar: true);
        file.WriteFixedStrings("names_qpos", MotionClips.Names);
        file.WriteCompressedDoubles("qpos", qpos, qpos.Length / 10, 10);
        // Over the physics' time step, as stac-mjx does: whatever it holds is not read.
        file.WriteDoubles("qvel", [double.NaN], 1);
    }

    private static void WriteTrajectory(Hdf5Writer file, int number, int frames, int statedSteps)
    {
        var (group, qpos) = ($"clip_{number}", MotionClips.Qpos(frames, number));
        var walker = $"{group}/walkers/walker_0";
        file.CreateGroup(walker);
        file.CreateGroup($"{group}/props");
        file.WriteIntegerAttribute(group, "num_steps", statedSteps);
        file.WriteAttribute(group, "dt", 0.02);
        foreach (var (part, from, width) in new[] { ("position", 0, 3), ("quaternion", 3, 4), ("joints", 7, 3) })
            file.WriteDoubles($"{walker}/{part}", [.. Enumerable.Range(from, width).SelectMany(i => Enumerable.Range(0, frames).Select(f => qpos[(f * 10) + i]))], width, frames);
    }
}
