using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Chooses the writer of a keypoint file by its ending.</summary>
public static class KeypointWriter
{
    /// <summary>The endings that can be written.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".mat", ".nwb", ".csv", ".mcap"];

    /// <summary>Refuses a path that no writer is for.</summary>
    /// <exception cref="ClosedLoopException">Its ending is unknown; exit code 2.</exception>
    public static void RequireEnding(string option, string path)
    {
        if (!Endings.Contains(Path.GetExtension(path).ToLowerInvariant()))
            throw ClosedLoopException.Usage(
                $"'{option} {path}' has no ending of a keypoint file; .mat is written as DANNCE does, .nwb with ndx-pose, .csv as a table, .mcap as a recording");
    }

    /// <summary>Begins a file.</summary>
    /// <exception cref="ClosedLoopException">Its ending is unknown, or it cannot be made.</exception>
    public static IKeypointWriter Create(string path, KeypointFileHeader header)
    {
        RequireEnding("a keypoint file", path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".mat" => new MatKeypointWriter(path, header),
            ".nwb" => new NwbKeypointWriter(path, header),
            ".mcap" => new RecordingKeypointWriter(path, header),
            _ => new CsvKeypointWriter(path, header),
        };
    }

    /// <summary>The time of a set: that of the animal where the device states it, else that of its capture, seconds.</summary>
    internal static double TimeS(Keypoints keypoints) => keypoints.Stamp.DeviceTimeNs >= 0
        ? keypoints.Stamp.DeviceTimeNs / 1e9
        : keypoints.Stamp.Captured.Seconds;

    /// <summary>The number of a set: the device's where it counts, else its place.</summary>
    internal static long FrameNumber(Keypoints keypoints, int place) =>
        keypoints.Stamp.DeviceCounter >= 0 ? keypoints.Stamp.DeviceCounter : place;

    /// <summary>Runs the part that touches the disk; what can go wrong there becomes a sentence.</summary>
    internal static void OnDisk(string path, Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"'{path}' cannot be written: {error.Message}", error);
        }
    }
}
