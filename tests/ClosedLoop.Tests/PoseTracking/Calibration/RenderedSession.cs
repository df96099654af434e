using ClosedLoop.PoseTracking;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>One rendered ChArUco session of six cameras, shared by the tests that look at images.</summary>
public sealed class RenderedSession : IDisposable
{
    public const string BoardText = "charuco:7x5:45:34:DICT_5X5_100";
    public const int Cameras = 6;
    public const int Sets = 36;

    private readonly TemporaryFolder _folder = new();
    private int _copies;

    public RenderedSession()
    {
        Rig = new PlantedRig(Cameras, Sets, BoardDescription.Parse(BoardText), seed: 4);
        Images = _folder["images"];
        RenderedBoards.Write(Rig, Images);
    }

    internal PlantedRig Rig { get; }

    /// <summary>The folder with one folder of pictures for each camera.</summary>
    public string Images { get; }

    /// <summary>A picture's name. NB: not packed, for packing noise takes longer than drawing it.</summary>
    public static string Picture(int set) => $"image{set}.pgm";

    public string File(string name) => _folder[name];

    public void Dispose() => _folder.Dispose();

    /// <summary>A copy of the first cameras' first sets, to be spoilt.</summary>
    public string Copy(int cameras, int sets)
    {
        var copy = _folder[$"copy{Interlocked.Increment(ref _copies)}"];
        for (var c = 1; c <= cameras; c++)
        {
            Directory.CreateDirectory(Path.Combine(copy, $"cam{c}"));
            for (var s = 0; s < sets; s++)
                System.IO.File.Copy(Path.Combine(Images, $"cam{c}", Picture(s)), Path.Combine(copy, $"cam{c}", Picture(s)));
        }
        return copy;
    }
}
