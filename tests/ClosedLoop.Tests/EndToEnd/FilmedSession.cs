using System.Text.Json;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.EndToEnd;

/// <summary>One demo of a second from images, and one of half a second without, run once as a user runs them.</summary>
public sealed class FilmedSession : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _files;

    public FilmedSession()
    {
        Recording = Demo("filmed", "--seconds", "1");
        WithoutImages = Demo("truth", "--seconds", "0.5", "--keypoints", "truth");
    }

    /// <summary>A recording with images, and the calibration of their cameras.</summary>
    public string Recording { get; }

    /// <summary>A recording without images.</summary>
    public string WithoutImages { get; }

    public void Dispose() => _folder.Dispose();

    /// <summary>A path for a new file.</summary>
    public string NewFile(string extension) => _folder[$"{Interlocked.Increment(ref _files)}.{extension}"];

    /// <summary>Runs a command to its end and returns what its report says.</summary>
    public JsonElement Facts(params string[] arguments)
    {
        var report = NewFile("json");
        var result = ProgramRunner.Run([.. arguments, "--json", report]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using var document = JsonDocument.Parse(File.ReadAllText(report));
        return document.RootElement.Clone();
    }

    /// <summary>The keypoints of a recording by the frame set that they were found in.</summary>
    public static Dictionary<long, Keypoints> KeypointsOf(string path)
    {
        using var recording = SessionRecording.Open(path);
        var (reader, sets) = (recording.Keypoints(), new Dictionary<long, Keypoints>());
        for (var set = recording.Layout.NewKeypoints(); reader.TryRead(set); set = recording.Layout.NewKeypoints())
            sets.Add(set.FrameSetSequence, set);
        return sets;
    }

    private string Demo(string name, params string[] arguments)
    {
        var result = ProgramRunner.Run(["demo", "--out", _folder[name], .. arguments]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return Assert.Single(Directory.GetFiles(_folder[name], "*.mcap"));
    }
}
