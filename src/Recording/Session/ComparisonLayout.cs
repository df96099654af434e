using System.Globalization;
using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The classes of features, behaviours and units that a recording's comparison is about.</summary>
/// <param name="Classes">Name of each class, whether it is computational or representational, and how many features it has.</param>
/// <param name="Behaviours">The behaviours.</param>
/// <param name="UnitCapacity">Most units.</param>
public sealed record ComparisonLayout(IReadOnlyList<(string Name, string Kind, int Size)> Classes, IReadOnlyList<string> Behaviours, int UnitCapacity)
{
    /// <summary>Empty scores of this layout.</summary>
    public ComparisonScores NewScores() => new(UnitCapacity, Classes.Count);

    /// <summary>An empty comparison of behaviours of this layout.</summary>
    public BehaviourComparison NewBehaviours() => new(Behaviours.Count, Classes.Count);

    internal Dictionary<string, string> Describe() => new()
    {
        ["classes"] = string.Join(',', Classes.Select(of => $"{of.Name}:{of.Kind}:{of.Size.ToString(CultureInfo.InvariantCulture)}")),
        ["behaviours"] = string.Join(',', Behaviours),
        ["unit_capacity"] = UnitCapacity.ToString(CultureInfo.InvariantCulture),
        ["units"] = $"by the index that {RecordingTopics.Units} gives each unit",
        ["lag_ms"] = "counts at t from features at t - lag",
    };

    /// <summary>The layout back from what the channel says.</summary>
    /// <exception cref="FormatException">It does not say it.</exception>
    internal static ComparisonLayout Parse(IReadOnlyDictionary<string, string> channel)
    {
        var classes = RecordingLayout.Of(channel, "classes").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text =>
            text.Split(':') is [var name, var kind, var size] ? (name, kind, RecordingLayout.Number(size)) : throw new FormatException($"'{text}' is no class of features")).ToArray();
        var units = RecordingLayout.Number(RecordingLayout.Of(channel, "unit_capacity"));
        var behaviours = RecordingLayout.Of(channel, "behaviours").Split(',', StringSplitOptions.RemoveEmptyEntries);
        // Sizes come from a file: a damaged one must not exhaust the memory.
        return classes.Length is > 0 and <= 1000 && behaviours.Length <= 1000 && units is > 0 and <= 100_000
            ? new(classes, behaviours, units)
            : throw new FormatException($"{classes.Length} classes, {behaviours.Length} behaviours and {units} units cannot be");
    }
}
