using System.Runtime.InteropServices;
using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Simulation;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Simulation;

public sealed class TrainingSetTests : IDisposable
{
    private static readonly TrainingSetOptions Small = new() { Sets = 7, SetsPerLife = 4, SetsPerScene = 2, Cameras = 2, WidthPx = 128, HeightPx = 96, EmptyShare = 0, Threads = 1 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_have_the_stated_shapes_and_labels_project_into_the_images()
    {
        var folder = Make("set", Small);
        Assert.Equal(7 * 2 * 96 * 128 * 3, new FileInfo(Path.Combine(folder, "images.bin")).Length);
        var keypoints = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, "keypoints.bin"))).ToArray();
        var cameras = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, "cameras.bin"))).ToArray();
        var lives = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(Path.Combine(folder, "lives.bin"))).ToArray();
        Assert.Equal((7 * 23 * 3, 7 * 2 * 21, 7 * 2), (keypoints.Length, cameras.Length, lives.Length));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1], Enumerable.Range(0, 7).Select(set => lives[2 * set]));
        using var meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "meta.json")));
        Assert.Equal(7, meta.RootElement.GetProperty("sets").GetInt32());
        Assert.Equal([7, 2, 96, 128, 3], meta.RootElement.GetProperty("files").GetProperty("images.bin").GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()));

        var inside = 0;
        for (var set = 0; set < 7; set++)
            for (var view = 0; view < 2; view++)
            {
                var camera = Camera(cameras.AsSpan(21 * ((2 * set) + view), 21));
                for (var k = 0; k < 23; k++)
                {
                    var p = keypoints.AsSpan(3 * ((23 * set) + k), 3);
                    var (u, v) = camera.Project(p[0], p[1], p[2]);
                    inside += u is > -0.5 and < 127.5 && v is > -0.5 and < 95.5 ? 1 : 0;
                }
            }
        // Cameras of some rigs are focused a little too tightly.
        Assert.InRange(inside, (int)(0.95 * 7 * 2 * 23), 7 * 2 * 23);
    }

    [Fact]
    public void A_set_depends_on_its_number_alone_not_on_the_threads()
    {
        var (one, two) = (Make("one", Small), Make("two", Small with { Threads = 2 }));
        foreach (var file in (string[])["images.bin", "keypoints.bin", "cameras.bin", "lives.bin"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(one, file)), File.ReadAllBytes(Path.Combine(two, file)));
        var other = Make("other", Small with { Seed = 2, Sets = 4 });
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(one, "keypoints.bin"))[..96], File.ReadAllBytes(Path.Combine(other, "keypoints.bin"))[..96]);
    }

    [Fact]
    public void Sets_without_an_animal_have_no_keypoints()
    {
        var folder = Make("empty", Small with { Sets = 2, EmptyShare = 1 });
        Assert.All(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, "keypoints.bin"))).ToArray(), value => Assert.True(float.IsNaN(value)));
        Assert.Equal(-1, MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(Path.Combine(folder, "lives.bin")))[1]);
    }

    [Fact]
    public void A_stopped_run_leaves_whole_sets_and_says_how_many()
    {
        using var stop = new CancellationTokenSource();
        var folder = _folder["stopped"];
        Directory.CreateDirectory(folder);
        var complete = TrainingSetGenerator.Generate(folder, Small with { Sets = 100 }, written => { if (written == 3) stop.Cancel(); }, stop.Token);
        Assert.Equal(3, complete);
        Assert.Equal(3 * 2 * 96 * 128 * 3, new FileInfo(Path.Combine(folder, "images.bin")).Length);
        using var meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "meta.json")));
        Assert.Equal((3, 100), (meta.RootElement.GetProperty("sets").GetInt32(), meta.RootElement.GetProperty("planned").GetInt32()));
    }

    [Fact]
    public void What_was_written_reads_back()
    {
        var folder = Make("read", Small);
        var (images, keypoints) = (File.ReadAllBytes(Path.Combine(folder, "images.bin")), MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, "keypoints.bin"))).ToArray());
        using var reader = TrainingSetReader.Open(folder);
        Assert.Equal((7, 2, 128, 96), (reader.Sets, reader.Cameras, reader.WidthPx, reader.HeightPx));
        Assert.Equal(KeypointLayout.Rat23.Names, reader.Keypoints);
        var frames = new FrameSet([(128, 96, 3), (128, 96, 3)]);
        foreach (var set in (int[])[5, 0, 6])
        {
            reader.Read(set, frames);
            Assert.Equal(images.AsSpan(((2 * set) + 1) * 96 * 128 * 3, 96 * 128 * 3).ToArray(), frames.Pixels[1]);
            Assert.All(frames.Present, Assert.True);
            Assert.Equal(set, frames.Stamp.DeviceCounter);
            Assert.Equal(keypoints.AsSpan(69 * set, 69).ToArray(), reader.Truth(set).ToArray());
            Assert.InRange(reader.Behaviour(set), 0, reader.Behaviours.Count - 1);
        }
        // Two sets share a scene, and with it their cameras.
        Assert.Equal(reader.Rig(0).Cameras[1].TranslationM, reader.Rig(1).Cameras[1].TranslationM);
        Assert.NotEqual(reader.Rig(0).Cameras[1].TranslationM, reader.Rig(2).Cameras[1].TranslationM);
    }

    [Fact]
    public void A_folder_that_is_no_training_set_or_one_cut_short_is_named()
    {
        Assert.Contains("has no meta.json", Assert.Throws<ClosedLoopException>(() => TrainingSetReader.Open(Path.GetDirectoryName(_folder["x"])!)).Message, StringComparison.Ordinal);
        var folder = Make("cut", Small);
        using (var images = File.OpenWrite(Path.Combine(folder, "images.bin")))
            images.SetLength(images.Length - 1);
        Assert.Contains("images.bin is shorter than the 7 sets", Assert.Throws<ClosedLoopException>(() => TrainingSetReader.Open(folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "meta.json"), "{\"sets\": 7");
        Assert.Contains("cannot be read", Assert.Throws<ClosedLoopException>(() => TrainingSetReader.Open(folder)).Message, StringComparison.Ordinal);
    }

    private string Make(string name, TrainingSetOptions options)
    {
        var folder = _folder[name];
        Directory.CreateDirectory(folder);
        Assert.Equal(options.Sets, TrainingSetGenerator.Generate(folder, options, null, default));
        return folder;
    }

    private static CameraCalibration Camera(ReadOnlySpan<float> n) => new()
    {
        Name = "",
        WidthPx = 128,
        HeightPx = 96,
        FocalXPx = n[0],
        FocalYPx = n[1],
        CentreXPx = n[2],
        CentreYPx = n[3],
        Distortion = [n[4], n[5], n[6], n[7], n[8]],
        Rotation = [.. n.Slice(9, 9).ToArray().Select(value => (double)value)],
        TranslationM = [n[18], n[19], n[20]],
    };
}
