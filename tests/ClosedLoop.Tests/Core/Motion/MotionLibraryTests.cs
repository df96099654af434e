using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core.Motion;

/// <summary>Clips are what they say, or are refused by name; joints are matched by name, not by place.</summary>
public sealed class MotionLibraryTests
{
    [Fact]
    public void A_library_in_order_passes_and_gives_its_frames()
    {
        var library = MotionClips.Library(MotionClips.Clip(), MotionClips.Clip("trot", 6, "Trot"));
        library.Validate();
        Assert.Equal(library.Clips[1].Qpos[30..40], library.Clips[1].Frame(3).ToArray());
        Assert.Equal(0.08, library.Clips[0].Seconds);
        Assert.Equal(0, library.FloorHeightM);
    }

    [Theory]
    [InlineData(double.NaN, 17, "frame 1 of the clip 'walk' of planted has NaN at position 7 of qpos")]
    [InlineData(double.PositiveInfinity, 3, "frame 0 of the clip 'walk' of planted has ∞ at position 3 of qpos")]
    public void Numbers_that_are_none_are_refused_with_clip_and_frame(double number, int at, string message)
    {
        var clip = MotionClips.Clip();
        clip.Qpos[at] = number;
        var error = Assert.Throws<ClosedLoopException>(MotionClips.Library(clip).Validate);
        Assert.StartsWith(message.Replace("∞", double.PositiveInfinity.ToString(), StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quaternion_of_length_0_is_refused_and_others_come_out_with_length_1()
    {
        var clip = MotionClips.Clip();
        clip.Qpos.AsSpan(23, 4).Fill(2);
        clip.NormaliseQuaternions();
        Assert.Equal([0.5, 0.5, 0.5, 0.5], clip.Qpos[23..27]);
        clip.Qpos.AsSpan(23, 4).Clear();
        Assert.Contains("frame 2 of the clip 'walk'", Assert.Throws<ClosedLoopException>(() => clip.Validate("planted")).Message);
    }

    [Fact]
    public void Lengths_rates_and_sizes_that_do_not_fit_are_refused()
    {
        void Refused(MotionLibrary library, string message) => Assert.Contains(message, Assert.Throws<ClosedLoopException>(library.Validate).Message);
        Refused(MotionClips.Library(MotionClips.Clip(rateHz: 0)), "a rate of 0 frames");
        Refused(MotionClips.Library(MotionClips.Clip(labels: ["Walk"])), "1 labels of behaviour for 4 frames");
        Refused(MotionClips.Library(), "holds no clips");
        Refused(MotionClips.Library(new MotionClip { Name = "x", Behaviour = "", RateHz = 50, Frames = 2, Nq = 10, Qpos = new double[19] }), "holds 19 positions, where 2 frames of 10 are 20");
        Refused(MotionClips.Library(new MotionClip { Name = "x", Behaviour = "", RateHz = 50, Frames = 1, Nq = 9, Qpos = new double[9] }), "has 9 positions a frame, where the library names 10");
        Refused(new() { QposNames = MotionClips.Names, Scale = 0, Clips = [MotionClips.Clip()], Source = "planted" }, "a scale of 0");
    }

    [Fact]
    public void Joints_are_matched_by_name_whatever_the_free_joint_is_called()
    {
        var library = MotionClips.Library(MotionClips.Clip(labels: ["a", "b", "c", "d"]));
        string[] body = [.. Enumerable.Repeat("free", 7), "ankle_L", "hip_L", "knee_L"];
        var mapped = library.MapTo(body);
        Assert.Equal(body, mapped.QposNames);
        Assert.Equal(0.9, mapped.Scale);
        var (from, to) = (library.Clips[0], mapped.Clips[0]);
        for (var frame = 0; frame < from.Frames; frame++)
            Assert.Equal([.. from.Frame(frame)[..7], from.Frame(frame)[9], from.Frame(frame)[7], from.Frame(frame)[8]], to.Frame(frame).ToArray());
        Assert.Equal(from.FrameBehaviours, to.FrameBehaviours);
        Assert.Same(library, library.MapTo(MotionClips.Names));
        Assert.Equal(from.Qpos, mapped.MapTo(MotionClips.Names).Clips[0].Qpos);
    }

    [Fact]
    public void A_joint_that_only_one_has_is_refused_with_the_nearest()
    {
        var library = MotionClips.Library(MotionClips.Clip());
        var missing = Assert.Throws<ClosedLoopException>(() => library.MapTo([.. MotionClips.Names[..8], "knee_R", "ankle_L"]));
        Assert.Contains("says nothing of the body's joint 'knee_R' (did you mean 'knee_L'?)", missing.Message);
        Assert.Equal(2, missing.ExitCode);
        var unknown = Assert.Throws<ClosedLoopException>(() => library.MapTo(MotionClips.Names[..9]));
        Assert.Contains("the body has no joint 'ankle_L'", unknown.Message);
    }

    [Fact]
    public void Clips_are_cut_into_pieces_of_one_length()
    {
        var library = MotionClips.Library(MotionClips.Clip(frames: 7, labels: ["a", "b", "c", "d", "e", "f", "g"]), MotionClips.Clip("short", 2));
        var pieces = library.CutInto(3).Clips;
        Assert.Equal(["walk_0", "walk_1"], pieces.Select(clip => clip.Name));
        Assert.Equal(library.Clips[0].Qpos[30..60], pieces[1].Qpos);
        Assert.Equal(["d", "e", "f"], pieces[1].FrameBehaviours);
        Assert.Contains("its longest clip has 7", Assert.Throws<ClosedLoopException>(() => library.CutInto(8)).Message);
    }
}
