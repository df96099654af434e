using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// What a person decides about units, as a YAML file, one decision after the other:
/// <code>
/// decisions:
///   - tetrode: 3
///     merge: [2, 5]
///   - tetrode: 4
///     split: 1
///   - tetrode: 4
///     discard: 7
/// </code>
/// Tetrodes and units are called as spikes call them.
/// </summary>
public sealed class SortingDecisions
{
    private static readonly string[] Kinds = ["merge", "split", "discard"];

    private readonly List<(int Tetrode, Action<TetrodeSorter> Act)> _decisions = [];

    private SortingDecisions()
    {
    }

    /// <summary>Number of decisions.</summary>
    public int Count => _decisions.Count;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ClosedLoopException">It cannot be read, or what stands there is no decision.</exception>
    public static SortingDecisions Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage($"the decisions {path} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message)}", e);
        }
    }

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">What errors call the file.</param>
    /// <exception cref="ClosedLoopException">What stands there is no decision.</exception>
    public static SortingDecisions Parse(string text, string path)
    {
        var file = YamlSection.Parse(text, path, "a file of sorting decisions");
        file.Allow("decisions");
        var decisions = new SortingDecisions();
        foreach (var entry in file.Children("decisions"))
        {
            entry.Allow("tetrode", "merge", "split", "discard");
            var tetrode = entry.Integer("tetrode", 0, int.MaxValue);
            if (Kinds.Where(entry.Has).ToArray() is not [var what])
                throw entry.Wrong("tetrode", "must be followed by one of 'merge', 'split' and 'discard', and no more than one");
            decisions._decisions.Add((tetrode, what switch
            {
                "merge" => Merge(entry),
                "split" => Split(entry.Integer("split", 1, int.MaxValue)),
                _ => Discard(entry.Integer("discard", 1, int.MaxValue)),
            }));
        }
        return decisions;
    }

    /// <summary>Carries them out in their order, between two blocks.</summary>
    /// <exception cref="ClosedLoopException">A tetrode or unit is not there, or cannot be split; those before it have been carried out.</exception>
    public void Apply(SpikeSortingChain chain)
    {
        foreach (var (tetrode, act) in _decisions)
        {
            if (tetrode >= chain.Sorters.Count)
                throw ClosedLoopException.Usage($"a decision is about tetrode {tetrode}, and there are {chain.Sorters.Count}, from 0 on; mend the file");
            act(chain.Sorters[tetrode]);
        }
    }

    private static Action<TetrodeSorter> Merge(YamlSection entry)
    {
        int[] units = [.. entry.Texts("merge").Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unit) ? unit : 0)];
        return units.Distinct().Count() >= 2 && units.All(unit => unit > 0)
            ? sorter => sorter.Merge(units)
            : throw entry.Wrong("merge", "must be a list of two units or more, as in [2, 5]");
    }

    private static Action<TetrodeSorter> Split(int unit) => sorter => sorter.Split(unit);

    private static Action<TetrodeSorter> Discard(int unit) => sorter => sorter.Discard(unit);
}
