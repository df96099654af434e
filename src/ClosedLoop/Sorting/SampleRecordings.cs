using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Sorting;

/// <summary>Opens recordings of electrodes: those of sessions, and all that <see cref="SampleFiles"/> opens.</summary>
public static class SampleRecordings
{
    /// <summary>Opens the recording at a path.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="blockCapacity">Most samples of a block.</param>
    /// <param name="speed">1 plays at real time; null: as fast as blocks are asked for.</param>
    /// <param name="clock">The session's clock; needed with a speed.</param>
    /// <param name="stream">Which stream of an Open Ephys recording; needed where it has several.</param>
    /// <exception cref="ClosedLoopException">There is nothing, nothing that is taken, more than one recording, or a broken one.</exception>
    public static SampleFile Open(string path, int blockCapacity = 128, double? speed = null, SessionClock? clock = null, string? stream = null)
    {
        if (!SessionRecording.HasEnding(path))
            return SampleFiles.Open(path, blockCapacity, speed, clock, stream);
        var recording = SessionRecording.Open(path);
        try
        {
            var source = new RecordingSampleSource(recording, blockCapacity, speed, clock, ownsRecording: true);
            return new(source, source.Tetrodes, null);
        }
        catch
        {
            recording.Dispose();
            throw;
        }
    }

    /// <summary>Electrodes that follow each other, as tetrodes: where nobody says which belong together.</summary>
    /// <param name="source">The samples.</param>
    /// <param name="wires">Wires of a tetrode.</param>
    /// <param name="what">What the samples are of, for the error.</param>
    /// <exception cref="ClosedLoopException">The electrodes are no whole number of tetrodes.</exception>
    public static IReadOnlyList<IReadOnlyList<int>> Neighbours(ISampleSource source, int wires, string what)
    {
        int[] electrodes = [.. Enumerable.Range(0, source.Channels.Count).Where(channel => source.Channels[channel].Unit == "uV")];
        if (wires is < 1 or > 64 || electrodes.Length == 0 || electrodes.Length % wires != 0)
            throw ClosedLoopException.Usage($"'{what}' does not say which channels are a tetrode, and its {electrodes.Length} electrodes are no whole number of groups of {wires}; say how many wires each has (--wires, or 'wires' in a rig file), or describe the recording in a raw.yaml");
        return [.. electrodes.Chunk(wires)];
    }
}
