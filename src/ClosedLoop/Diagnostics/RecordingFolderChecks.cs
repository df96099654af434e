using System.Diagnostics;

namespace ClosedLoop.Diagnostics;

/// <summary>The disk that recordings go to: room for them, and how fast and how evenly it takes them.</summary>
internal static class RecordingFolderChecks
{
    private const string Feature = "recording";
    private const double EnoughGib = 5;
    private const double EnoughMbPerS = 50;
    private const int BlockBytes = 1 << 20, Blocks = 64;

    public static IEnumerable<Check> Run(string folder)
    {
        var space = default(Check);
        var speed = default(Check);
        var path = Path.GetFullPath(folder);
        try
        {
            var freeGib = new DriveInfo(path).AvailableFreeSpace / (double)(1 << 30);
            var roomy = freeGib >= EnoughGib;
            space = new Check(Feature, "free space", roomy ? CheckState.Ok : CheckState.Differs, $"{freeGib:F1} GiB in {path}",
                "recordings; an hour of 128 raw channels at 30 kHz alone is 28 GB",
                roomy ? null : $"df -h {path} (then free some, or name another folder with --recordings)");

            var (mbPerS, longestMs) = Measure(path);
            var fast = mbPerS >= EnoughMbPerS;
            speed = new Check(Feature, "write speed", fast ? CheckState.Ok : CheckState.Differs,
                $"{mbPerS:F0} MB/s to the disk, longest wait {longestMs:F0} ms a MB", "recordings; 128 raw channels at 30 kHz alone are 8 MB/s",
                fast ? null : $"closedloop doctor --recordings FOLDER (on a faster disk than {path})", NeededForDemo: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            speed = new Check(Feature, "folder", CheckState.Missing, exception.Message, "recordings are written to it",
                "cd to a folder that you may write to, or name one with --recordings", NeededForDemo: true);
        }
        if (space is not null)
            yield return space;
        if (speed is not null)
            yield return speed;
    }

    /// <summary>Writes 64 MB through to the disk, as a recorder does that must not lose them.</summary>
    private static (double MbPerS, double LongestMs) Measure(string folder)
    {
        var path = Path.Combine(folder, $".closedloop-doctor-{Environment.ProcessId}.tmp");
        // NB: random, because some disks and file systems store zeros for free.
        var block = new byte[BlockBytes];
        new Random(1).NextBytes(block);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        var (began, longestMs) = (Stopwatch.GetTimestamp(), 0.0);
        for (var i = 0; i < Blocks; i++)
        {
            var blockBegan = Stopwatch.GetTimestamp();
            file.Write(block);
            if (i % 16 == 15)
                file.Flush(flushToDisk: true);
            longestMs = Math.Max(longestMs, Stopwatch.GetElapsedTime(blockBegan).TotalMilliseconds);
        }
        return (Blocks * (double)BlockBytes / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds, longestMs);
    }
}
