using System.Runtime.InteropServices;
using System.Text.Json;
using ClosedLoop.Core;
using Microsoft.Win32.SafeHandles;

namespace ClosedLoop.Simulation;

/// <summary>
/// The files of a training set: plain arrays that numpy maps into memory, each set at its own place, and meta.json, which
/// says how many sets from the first on are complete. May be written to by several threads, and killed at any time.
/// </summary>
internal sealed class TrainingSetWriter : IDisposable
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    private readonly string _folder;
    private readonly TrainingSetOptions _options;
    private readonly SafeFileHandle _images, _keypoints, _cameras, _lives;
    private readonly int[] _done;
    private readonly object _gate = new();

    public TrainingSetWriter(string folder, TrainingSetOptions options)
    {
        _folder = folder;
        _options = options;
        _done = new int[options.Lives];
        SafeFileHandle Create(string name) => File.OpenHandle(Path.Combine(folder, name), FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        _images = Create("images.bin");
        _keypoints = Create("keypoints.bin");
        _cameras = Create("cameras.bin");
        _lives = Create("lives.bin");
        WriteMeta();
    }

    /// <summary>Bytes of the images of one set.</summary>
    public int ImageBytes => _options.Cameras * _options.HeightPx * _options.WidthPx * 3;

    /// <summary>Sets that are complete, without a gap, from the first on.</summary>
    public int Complete
    {
        get
        {
            lock (_gate)
            {
                var sets = 0;
                for (var life = 0; life < _done.Length; life++)
                {
                    sets += _done[life];
                    if (_done[life] < _options.SetsPerLife)
                        break;
                }
                return sets;
            }
        }
    }

    /// <summary>All sets that were written.</summary>
    public int Written
    {
        get
        {
            lock (_gate)
                return _done.Sum();
        }
    }

    /// <summary>Writes one set. The sets of one life come in their order.</summary>
    public void Write(int life, int index, ReadOnlySpan<byte> images, ReadOnlySpan<double> keypoints, RigCalibration rig, Behaviour? behaviour)
    {
        long set = ((long)life * _options.SetsPerLife) + index;
        RandomAccess.Write(_images, images, set * images.Length);
        Span<float> points = stackalloc float[keypoints.Length];
        for (var i = 0; i < points.Length; i++)
            points[i] = (float)keypoints[i];
        var bytes = MemoryMarshal.AsBytes(points);
        RandomAccess.Write(_keypoints, bytes, set * bytes.Length);
        Span<float> cameras = stackalloc float[21 * rig.Cameras.Count];
        for (var i = 0; i < rig.Cameras.Count; i++)
            Describe(rig.Cameras[i], cameras.Slice(21 * i, 21));
        bytes = MemoryMarshal.AsBytes(cameras);
        RandomAccess.Write(_cameras, bytes, set * bytes.Length);
        Span<int> origin = [life, behaviour is { } known ? (int)known : -1];
        bytes = MemoryMarshal.AsBytes(origin);
        RandomAccess.Write(_lives, bytes, set * bytes.Length);
        lock (_gate)
            _done[life] = index + 1;
    }

    /// <summary>Says in meta.json what is complete by now.</summary>
    public void WriteMeta()
    {
        lock (_gate)
        {
            var sets = Complete;
            int[] Shape(params int[] rest) => [sets, .. rest];
            var path = Path.Combine(_folder, "meta.json");
            File.WriteAllBytes(path + ".part", JsonSerializer.SerializeToUtf8Bytes(
                new Dictionary<string, object>
                {
                    ["kind"] = "keypoint-training-set",
                    ["version"] = 1,
                    ["sets"] = sets,
                    ["planned"] = _options.Sets,
                    ["seed"] = _options.Seed,
                    ["cameras"] = _options.Cameras,
                    ["width_px"] = _options.WidthPx,
                    ["height_px"] = _options.HeightPx,
                    ["sets_per_life"] = _options.SetsPerLife,
                    ["sets_per_scene"] = _options.SetsPerScene,
                    ["empty_share"] = _options.EmptyShare,
                    ["keypoints"] = KeypointLayout.Rat23.Names,
                    ["behaviours"] = Enum.GetNames<Behaviour>(),
                    ["files"] = new Dictionary<string, object>
                    {
                        ["images.bin"] = new { dtype = "uint8", shape = Shape(_options.Cameras, _options.HeightPx, _options.WidthPx, 3), content = "RGB, rows from the top" },
                        ["keypoints.bin"] = new { dtype = "float32", shape = Shape(KeypointLayout.Rat23.Count, 3), content = "metres; NaN: no animal" },
                        ["cameras.bin"] = new { dtype = "float32", shape = Shape(_options.Cameras, 21), content = "fx fy cx cy (px), k1 k2 p1 p2 k3, rotation row by row, translation (m); arena to camera" },
                        ["lives.bin"] = new { dtype = "int32", shape = Shape(2), content = "life; behaviour, -1: no animal" },
                    },
                },
                Format));
            File.Move(path + ".part", path, overwrite: true);
        }
    }

    /// <summary>Cuts the files to what is complete, so that their lengths and meta.json agree.</summary>
    public void Dispose()
    {
        long sets = Complete;
        foreach (var (file, bytes) in ((SafeFileHandle, long)[])
            [(_images, ImageBytes), (_keypoints, KeypointLayout.Rat23.Count * 12), (_cameras, _options.Cameras * 84), (_lives, 8)])
        {
            RandomAccess.SetLength(file, sets * bytes);
            file.Dispose();
        }
        WriteMeta();
    }

    private static void Describe(CameraCalibration camera, Span<float> numbers)
    {
        ReadOnlySpan<double> values =
            [camera.FocalXPx, camera.FocalYPx, camera.CentreXPx, camera.CentreYPx, .. camera.Distortion, .. camera.Rotation, .. camera.TranslationM];
        for (var i = 0; i < values.Length; i++)
            numbers[i] = (float)values[i];
    }
}
