using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Behaviours that somebody else has told: a table with a column <c>behaviour</c>, and a column <c>bin</c> (the beat of the
/// control clock) or <c>time_s</c> (the session's time from which the behaviour holds, until the next line).
/// </summary>
public sealed class BehaviourFile
{
    private readonly Dictionary<long, int>? _bins;
    private readonly double[] _times = [];
    private readonly int[] _labels = [];

    private BehaviourFile(IReadOnlyList<string> names, Dictionary<long, int> bins) => (Names, _bins) = (names, bins);

    private BehaviourFile(IReadOnlyList<string> names, double[] times, int[] labels) => (Names, _times, _labels) = (names, times, labels);

    /// <summary>The behaviours, in the order in which they first come.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read, lacks a column, or a cell is wrong; the line is named.</exception>
    public static BehaviourFile Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage($"the behaviours '{path}' cannot be read: {error.Message}", error);
        }
        var head = (lines.FirstOrDefault() ?? "").Split(',').Select(name => name.Trim().Trim('"')).ToArray();
        var (behaviour, bin, time) = (Array.IndexOf(head, "behaviour"), Array.IndexOf(head, "bin"), Array.IndexOf(head, "time_s"));
        if (behaviour < 0 || (bin < 0 && time < 0))
            throw ClosedLoopException.Usage($"'{path}', line 1: a file of behaviours has a column 'behaviour' and a column 'bin' or 'time_s', and this one has {string.Join(", ", head.Take(6))}");
        var names = new List<string>();
        var (bins, times, labels) = (new Dictionary<long, int>(), new List<double>(), new List<int>());
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
                continue;
            var cells = lines[i].Split(',').Select(cell => cell.Trim().Trim('"')).ToArray();
            if (cells.Length != head.Length)
                throw ClosedLoopException.Usage($"'{path}', line {i + 1}: there are {cells.Length} cells, and {head.Length} columns are named");
            var label = cells[behaviour].Length == 0 ? -1 : names.IndexOf(cells[behaviour]);
            if (label < 0 && cells[behaviour].Length > 0)
            {
                label = names.Count;
                names.Add(cells[behaviour]);
            }
            if (bin >= 0)
            {
                if (!long.TryParse(cells[bin], NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) || !bins.TryAdd(number, label))
                    throw ClosedLoopException.Usage($"'{path}', line {i + 1}: '{cells[bin]}' is no bin, or comes twice");
                continue;
            }
            if (!double.TryParse(cells[time], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !double.IsFinite(seconds) || (times.Count > 0 && seconds < times[^1]))
                throw ClosedLoopException.Usage($"'{path}', line {i + 1}: '{cells[time]}' is no time, or lies before the line above");
            times.Add(seconds);
            labels.Add(label);
        }
        if (names.Count == 0)
            throw ClosedLoopException.Usage($"'{path}' names no behaviour");
        return bin >= 0 ? new(names, bins) : new(names, [.. times], [.. labels]);
    }

    /// <summary>The behaviour of a bin, an index of <see cref="Names"/>; -1 where the file says nothing.</summary>
    /// <param name="bin">Its number.</param>
    /// <param name="time">The session's time at its end.</param>
    public int At(long bin, SessionTime time)
    {
        if (_bins is not null)
            return _bins.GetValueOrDefault(bin, -1);
        var place = Array.BinarySearch(_times, time.Seconds);
        // NB: of several lines of one time any may be found; what holds from a time on holds at it.
        place = place < 0 ? ~place - 1 : place;
        return place < 0 ? -1 : _labels[place];
    }
}
