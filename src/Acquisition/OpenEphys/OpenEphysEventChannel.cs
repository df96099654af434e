using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>An event channel of an Open Ephys recording.</summary>
/// <param name="Name">As Open Ephys calls it.</param>
/// <param name="Folder">Where its files are.</param>
/// <param name="RateHz">Samples per second of the numbers that its events carry.</param>
/// <param name="IsText">Whether its events are messages; otherwise the edges of digital lines.</param>
/// <param name="Stream">The stream whose samples are counted.</param>
public sealed record OpenEphysEventChannel(string Name, string Folder, double RateHz, bool IsText, string Stream)
{
    /// <summary>Reads all edges of digital lines, in the file's order.</summary>
    /// <exception cref="ClosedLoopException">These are messages, a file is missing or truncated, or the files disagree.</exception>
    public IReadOnlyList<DigitalEdge> Edges()
    {
        if (IsText)
            throw ClosedLoopException.Usage($"the event channel '{Name}' in '{Folder}' holds messages, and no edges of digital lines");
        // NB: before version 0.6 the lines were in channel_states.npy and the numbers in timestamps.npy.
        var states = NpyFile.Open(OpenEphysRecording.Either(Folder, "states.npy", "channel_states.npy")).ToInt64();
        var numbers = Numbers(states.Length);
        var edges = new DigitalEdge[states.Length];
        for (var i = 0; i < edges.Length; i++)
            edges[i] = new(numbers[i], (int)Math.Abs(states[i]), states[i] > 0);
        return edges;
    }

    /// <summary>Reads all messages, in the file's order.</summary>
    /// <exception cref="ClosedLoopException">These are edges, a file is missing or truncated, or the files disagree.</exception>
    public IReadOnlyList<(long Sample, string Text)> Messages()
    {
        if (!IsText)
            throw ClosedLoopException.Usage($"the event channel '{Name}' in '{Folder}' holds edges of digital lines, and no messages");
        var texts = NpyFile.Open(Path.Combine(Folder, "text.npy")).ToText();
        return [.. Numbers(texts.Length).Zip(texts)];
    }

    private long[] Numbers(int expected)
    {
        var path = OpenEphysRecording.Either(Folder, "sample_numbers.npy", "timestamps.npy");
        var numbers = NpyFile.Open(path).ToInt64();
        return numbers.Length == expected
            ? numbers
            : throw ClosedLoopException.Failed($"'{path}' has the numbers of {numbers.Length} events, and {expected} events are beside it; the recording is not whole, copy it again");
    }
}
