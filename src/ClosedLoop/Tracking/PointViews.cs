using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Tracking;

/// <summary>The point files of one recording, a file a camera, joined by frame and keypoint.</summary>
public sealed class PointViews
{
    private static readonly string[] s_endings = [".csv", ".h5", ".hdf5"];

    private readonly ImagePointFile[] _files;
    private readonly int[][] _columns;
    private readonly Dictionary<long, int>[] _rows;

    private PointViews(RigCalibration rig, ImagePointFile[] files, List<string> notes)
    {
        (Rig, _files, Notes) = (rig, files, notes);
        Layout = LayoutOf(files);
        _columns = [.. files.Select(file => Layout.Names.Select(name => file.Names.ToList().IndexOf(name)).ToArray())];
        _rows = [.. files.Select(file => file.FrameNumbers.Select((number, row) => (number, row)).ToDictionary(pair => pair.number, pair => pair.row))];
        Frames = [.. files.SelectMany(file => file.FrameNumbers).Distinct().Order()];
        foreach (var (file, columns) in files.Zip(_columns))
        {
            notes.AddRange(file.Notes);
            if (columns.Any(column => column < 0))
                notes.Add($"'{file.Path}' lacks {string.Join(", ", Layout.Names.Where((_, k) => columns[k] < 0))}; they rest on the other cameras");
        }
    }

    /// <summary>The cameras that there are points of.</summary>
    public RigCalibration Rig { get; }

    /// <summary>The keypoints: the rat's skeleton where they are the rat's, in the order of the first file else.</summary>
    public KeypointLayout Layout { get; }

    /// <summary>The numbers of all frames that any camera has.</summary>
    public IReadOnlyList<long> Frames { get; }

    /// <summary>What kinds of files they are.</summary>
    public string Kind => string.Join(" and ", _files.Select(file => file.Kind).Distinct());

    /// <summary>Remarks, for a person.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Opens a folder that holds one file per camera, whose name is, or begins with, the camera's.</summary>
    /// <exception cref="ClosedLoopException">There are fewer than two cameras, a file belongs to none or to the same, or cannot be read.</exception>
    public static PointViews Open(string folder, RigCalibration rig)
    {
        if (!Directory.Exists(folder))
            throw ClosedLoopException.Usage($"there is no folder '{folder}'");
        var paths = Directory.EnumerateFiles(folder)
            .Where(path => s_endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToArray();
        var byCamera = new Dictionary<string, string>();
        foreach (var path in paths)
        {
            var camera = CameraOf(Path.GetFileName(path), rig)
                ?? throw ClosedLoopException.Usage(
                    $"the file '{path}' belongs to no camera: its name begins with none of {string.Join(", ", rig.Cameras.Select(camera => camera.Name))}; name it after its camera");
            if (!byCamera.TryAdd(camera, path))
                throw ClosedLoopException.Usage($"'{byCamera[camera]}' and '{path}' both belong to the camera '{camera}'; leave one in the folder");
        }
        if (byCamera.Count < 2)
            throw ClosedLoopException.Usage($"the folder '{folder}' has point files (.csv, .h5) of {byCamera.Count} cameras; at least 2 are needed to find points in space");
        var cameras = rig.Cameras.Where(camera => byCamera.ContainsKey(camera.Name)).ToArray();
        var notes = new List<string>();
        if (cameras.Length < rig.Cameras.Count)
            notes.Add($"no points of {string.Join(", ", rig.Cameras.Except(cameras).Select(camera => camera.Name))}");
        return new(new(cameras), [.. cameras.Select(camera => ImagePointFile.Read(byCamera[camera.Name]))], notes);
    }

    /// <summary>What the cameras saw of a keypoint in a frame.</summary>
    /// <param name="frame">The frame's number.</param>
    /// <param name="keypoint">Index in <see cref="Layout"/>.</param>
    /// <param name="sigmaPx">How far off the tool's points are, standard deviation, pixels.</param>
    /// <param name="originPx">What is taken off coordinates: 0.5 where the corner of the first pixel, not its centre, is (0, 0).</param>
    /// <param name="places">Receives a place a camera.</param>
    /// <returns>How many there are.</returns>
    public int Places(long frame, int keypoint, double sigmaPx, double originPx, Span<ImagePoint> places)
    {
        var count = 0;
        for (var v = 0; v < _files.Length; v++)
        {
            if (!_rows[v].TryGetValue(frame, out var row) || _columns[v][keypoint] is not (>= 0 and var column))
                continue;
            var at = (row * _files[v].Names.Count) + column;
            places[count++] = ImagePoint.Isotropic(
                v, _files[v].Points[2 * at] - originPx, _files[v].Points[(2 * at) + 1] - originPx, sigmaPx, Math.Min(1, _files[v].Confidence[at]));
        }
        return count;
    }

    /// <summary>The camera whose name a file's name begins with; the longest where several do. Null: none.</summary>
    internal static string? CameraOf(string file, RigCalibration rig) => rig.Cameras
        .Select(camera => camera.Name)
        .Where(name => file.StartsWith(name, StringComparison.Ordinal)
            && (!char.IsLetterOrDigit(file[name.Length]) || file.AsSpan(name.Length).StartsWith("DLC", StringComparison.Ordinal)))
        .MaxBy(name => name.Length);

    private static KeypointLayout LayoutOf(ImagePointFile[] files)
    {
        var names = files.SelectMany(file => file.Names).Distinct().ToArray();
        var rat = KeypointLayout.Rat23;
        return names.Length == rat.Count && names.All(rat.Names.Contains) ? rat : new(names, []);
    }
}
