using System.Runtime.InteropServices;
using System.Text.Json;
using ClosedLoop.Core;
using Microsoft.Win32.SafeHandles;

namespace ClosedLoop.Simulation;

/// <summary>Reads what <see cref="TrainingSetWriter"/> wrote: any set by its number. One thread.</summary>
public sealed class TrainingSetReader : IDisposable
{
    private const int NumbersOfACamera = 21;

    private readonly SafeFileHandle _images, _keypoints, _cameras, _lives;
    private readonly float[] _points;
    private readonly float[] _numbers;

    private TrainingSetReader(string folder, JsonElement meta)
    {
        Folder = folder;
        int Number(string name) => meta.GetProperty(name).GetInt32();
        (Sets, Cameras, WidthPx, HeightPx) = (Number("sets"), Number("cameras"), Number("width_px"), Number("height_px"));
        Keypoints = [.. meta.GetProperty("keypoints").EnumerateArray().Select(name => name.GetString()!)];
        Behaviours = [.. meta.GetProperty("behaviours").EnumerateArray().Select(name => name.GetString()!)];
        _points = new float[3 * Keypoints.Count];
        _numbers = new float[NumbersOfACamera * Cameras];
        SafeFileHandle Open(string name, long bytesPerSet)
        {
            var path = Path.Combine(folder, name);
            var file = File.OpenHandle(path);
            if (RandomAccess.GetLength(file) >= Sets * bytesPerSet)
                return file;
            file.Dispose();
            throw ClosedLoopException.Failed($"{path} is shorter than the {Sets} sets that meta.json names; copy the training set again, or make it anew with 'simulate --training-set'");
        }
        _images = Open("images.bin", (long)Cameras * HeightPx * WidthPx * 3);
        _keypoints = Open("keypoints.bin", 4L * _points.Length);
        _cameras = Open("cameras.bin", 4L * _numbers.Length);
        _lives = Open("lives.bin", 8);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>How many sets there are.</summary>
    public int Sets { get; }

    /// <summary>Cameras in a set.</summary>
    public int Cameras { get; }

    /// <summary>Width of every image, pixels.</summary>
    public int WidthPx { get; }

    /// <summary>Height of every image, pixels.</summary>
    public int HeightPx { get; }

    /// <summary>Names of the keypoints.</summary>
    public IReadOnlyList<string> Keypoints { get; }

    /// <summary>Names of what animals do.</summary>
    public IReadOnlyList<string> Behaviours { get; }

    /// <summary>Opens a training set.</summary>
    /// <exception cref="ClosedLoopException">The folder holds none, or one that was cut short.</exception>
    public static TrainingSetReader Open(string folder)
    {
        var meta = Path.Combine(folder, "meta.json");
        if (!File.Exists(meta))
            throw ClosedLoopException.Usage($"'{folder}' is no training set: it has no meta.json; make one with 'simulate --training-set'");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(meta));
            return new(folder, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw ClosedLoopException.Failed($"the training set '{folder}' cannot be read ({exception.Message}); make it anew with 'simulate --training-set'", exception);
        }
    }

    /// <summary>The true keypoints of a set, x y z each, metres; NaN where there is no animal. Lent until the next call.</summary>
    public ReadOnlySpan<float> Truth(int set)
    {
        ReadAll(_keypoints, MemoryMarshal.AsBytes(_points.AsSpan()), set);
        return _points;
    }

    /// <summary>Number of what the animal does (<see cref="Behaviours"/>); -1 where there is none.</summary>
    public int Behaviour(int set)
    {
        Span<int> origin = stackalloc int[2];
        ReadAll(_lives, MemoryMarshal.AsBytes(origin), set);
        return origin[1];
    }

    /// <summary>The calibrations of the cameras of a set.</summary>
    public RigCalibration Rig(int set)
    {
        ReadAll(_cameras, MemoryMarshal.AsBytes(_numbers.AsSpan()), set);
        return new([.. Enumerable.Range(0, Cameras).Select(camera =>
        {
            double[] n = [.. _numbers.AsSpan(NumbersOfACamera * camera, NumbersOfACamera).ToArray().Select(number => (double)number)];
            return new CameraCalibration
            {
                Name = $"cam{camera + 1}",
                WidthPx = WidthPx,
                HeightPx = HeightPx,
                FocalXPx = n[0],
                FocalYPx = n[1],
                CentreXPx = n[2],
                CentreYPx = n[3],
                Distortion = n[4..9],
                Rotation = n[9..18],
                TranslationM = n[18..21],
            };
        })]);
    }

    /// <summary>Writes the images of a set, all present, numbered as the set is.</summary>
    public void Read(int set, FrameSet frames)
    {
        var bytes = WidthPx * HeightPx * 3;
        for (var camera = 0; camera < Cameras; camera++)
        {
            ReadAt(_images, frames.Pixels[camera], (((long)set * Cameras) + camera) * bytes);
            frames.Present[camera] = true;
        }
        frames.Stamp = new(set, set, RecordStamp.None, default, default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _keypoints.Dispose();
        _cameras.Dispose();
        _lives.Dispose();
    }

    private void ReadAll(SafeFileHandle file, Span<byte> target, int set) => ReadAt(file, target, (long)set * target.Length);

    private void ReadAt(SafeFileHandle file, Span<byte> target, long place)
    {
        while (!target.IsEmpty)
        {
            var read = RandomAccess.Read(file, target, place);
            if (read == 0)
                throw ClosedLoopException.Failed($"the training set '{Folder}' ends too early; make it anew with 'simulate --training-set'");
            target = target[read..];
            place += read;
        }
    }
}
