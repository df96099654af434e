using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Core.Motion;

namespace ClosedLoop.Tests.Recording.ClipFiles;

/// <summary>What is written is read back, bit for bit, and what the layout cannot hold is refused.</summary>
public sealed class ClipFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_back()
    {
        var path = _folder["clips.h5"];
        string[] labels = ["Walk", "Walk", "Rear", "µ"];
        MotionClip[] clips = [MotionClips.Clip("rat 1 'a'", labels: labels), MotionClips.Clip("b", behaviour: "Rest on 2", seed: 2), MotionClips.Clip("c", behaviour: "", seed: 3)];
        var library = new MotionLibrary { QposNames = MotionClips.Names, Scale = 0.93, FloorHeightM = 0.002, Clips = clips, Source = "planted" };
        ClipFileWriter.Write(path, library, MotionClips.Kinematics(library));
        var read = ClipFileReader.Read(path);
        Assert.Equal((library.Scale, library.FloorHeightM), (read.Scale, read.FloorHeightM));
        Assert.Equal(library.QposNames, read.QposNames);
        Assert.Equal("clips.h5", read.Source);
        Assert.Equal(clips.Select(c => (c.Name, c.Behaviour, c.RateHz, c.Frames, c.Nq)), read.Clips.Select(c => (c.Name, c.Behaviour, c.RateHz, c.Frames, c.Nq)));
        for (var i = 0; i < clips.Length; i++)
            Assert.Equal(clips[i].Qpos, read.Clips[i].Qpos);
        Assert.Equal(labels, read.Clips[0].FrameBehaviours);
        Assert.Equal(Enumerable.Repeat("Rest on 2", 4), read.Clips[1].FrameBehaviours);
        Assert.False(File.Exists($"{path}.{Environment.ProcessId}.tmp"));
    }

    [Fact]
    public void Without_labels_and_floor_none_are_read()
    {
        var path = _folder["clips.h5"];
        var library = new MotionLibrary { QposNames = MotionClips.Names, Scale = 1, FloorHeightM = null, Clips = [MotionClips.Clip()], Source = "planted" };
        ClipFileWriter.Write(path, library, MotionClips.Kinematics(library));
        var read = ClipFileReader.Read(path);
        Assert.Null(read.FloorHeightM);
        Assert.Null(read.Clips[0].FrameBehaviours);
    }

    [Fact]
    public void Clips_of_several_lengths_or_rates_are_refused_until_they_are_cut()
    {
        var path = _folder["clips.h5"];
        var library = MotionClips.Library(MotionClips.Clip(), MotionClips.Clip("long", 9));
        var error = Assert.Throws<ClosedLoopException>(() => ClipFileWriter.Write(path, library, MotionClips.Kinematics(library)));
        Assert.Contains("'walk' has 4 frames and 'long' 9", error.Message);
        Assert.False(File.Exists(path));
        var cut = library.CutInto(4);
        ClipFileWriter.Write(path, cut, MotionClips.Kinematics(cut));
        Assert.Equal(["walk_0", "long_0", "long_1"], ClipFileReader.Read(path).Clips.Select(clip => clip.Name));

        var rates = MotionClips.Library(MotionClips.Clip(), MotionClips.Clip("fast", rateHz: 100));
        Assert.Contains("50 frames a second and 'fast' 100", Assert.Throws<ClosedLoopException>(() => ClipFileWriter.Write(path, rates, MotionClips.Kinematics(rates))).Message);
        Assert.Throws<ArgumentException>(() => ClipFileWriter.Write(path, cut, MotionClips.Kinematics(library)));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_a_sentence()
    {
        var library = MotionClips.Library(MotionClips.Clip());
        var error = Assert.Throws<ClosedLoopException>(() => ClipFileWriter.Write(_folder["none/clips.h5"], library, MotionClips.Kinematics(library)));
        Assert.Contains("cannot be written", error.Message);
    }
}
