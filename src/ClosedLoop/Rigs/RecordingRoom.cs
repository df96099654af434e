using ClosedLoop.Core;

namespace ClosedLoop.Rigs;

/// <summary>The room that a rig's recordings have on their disk, predicted before anything is written.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="FreeBytes">Free space on its disk.</param>
/// <param name="MinimumFreeBytes">What must stay free.</param>
/// <param name="BytesPerSecond">About what a session takes a second.</param>
public sealed record RecordingRoom(string Folder, long FreeBytes, long MinimumFreeBytes, double BytesPerSecond)
{
    /// <summary>How long a session can be recorded, minutes.</summary>
    public double Minutes => Math.Max(0, FreeBytes - MinimumFreeBytes) / BytesPerSecond / 60;

    /// <summary>Looks at a folder: whether it, or the nearest there is above it, takes a file, and the space on its disk.</summary>
    /// <param name="recording">Where sessions are kept.</param>
    /// <param name="bytesPerSecond">About what a session takes a second.</param>
    /// <exception cref="ClosedLoopException">It cannot be written to.</exception>
    public static RecordingRoom Look(RigRecording recording, double bytesPerSecond)
    {
        try
        {
            var existing = recording.Folder;
            while (!Directory.Exists(existing))
                existing = File.Exists(existing) ? throw new IOException($"'{existing}' is a file") : Path.GetDirectoryName(existing)!;
            // NB: permissions, read-only mounts, quotas: only a file shows them all.
            var trial = Path.Combine(existing, $".closedloop-check-{Environment.ProcessId}.tmp");
            using (new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose))
            {
                return new(recording.Folder, new DriveInfo(existing).AvailableFreeSpace, (long)(recording.MinimumFreeGb * 1e9), bytesPerSecond);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage($"the folder for recordings {recording.Folder} cannot be written to: {e.Message}", e);
        }
    }
}
