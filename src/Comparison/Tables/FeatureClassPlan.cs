using System.IO.Enumeration;
using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>Which features of a table form a class, and what is done to them.</summary>
/// <param name="Name">Of the class.</param>
/// <param name="Features">Names of features; <c>*</c> stands for any letters.</param>
/// <param name="Kind">What they stand for.</param>
/// <param name="SmoothMs">Standard deviation of a Gaussian they are smoothed with; 0: none.</param>
/// <param name="Components">Principal components that are taken instead; null: the features themselves.</param>
public sealed record FeatureClassPlan(string Name, IReadOnlyList<string> Features, FeatureKind Kind, double SmoothMs, int? Components)
{
    private static readonly string[] Kinds = ["computational", "representational"];

    /// <summary>
    /// Reads a file of classes: the name of each, and under it a list of features, or <c>features</c> with, where wanted,
    /// <c>kind</c>, <c>smooth_ms</c> and <c>components</c>. All of it may stand under a key <c>classes</c>.
    /// </summary>
    /// <exception cref="ClosedLoopException">It cannot be read, or a key is wrong; its place is named.</exception>
    public static IReadOnlyList<FeatureClassPlan> Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Usage($"the classes '{path}' cannot be read: {error.Message}", error);
        }
        var file = YamlSection.Parse(text, path, "a file of classes");
        if (file.Keys.SequenceEqual(["classes"]) && file.IsSection("classes"))
            file = file.Child("classes");
        return [.. file.Keys.Select(name => ReadOne(file, name))];
    }

    /// <summary>The classes that names speak of: up to the first '.', '/' or ':', otherwise without the number at their end.</summary>
    public static IReadOnlyList<FeatureClassPlan> OfNames(IReadOnlyList<string> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return [.. features.GroupBy(ClassOf).Select(group => new FeatureClassPlan(group.Key, [.. group], default, 0, null))];

        static string ClassOf(string name)
        {
            var end = name.AsSpan().IndexOfAny("./:");
            var stem = end > 0 ? name[..end] : name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').TrimEnd('_', '-', ' ', '[');
            return stem.Length > 0 ? stem : name;
        }
    }

    /// <summary>The class of a table: constant features are left out, the others smoothed and reduced as planned.</summary>
    /// <param name="table">The features.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="binMs">Width of a bin.</param>
    /// <param name="dropped">Takes the names of constant features.</param>
    /// <exception cref="ClosedLoopException">A name is not in the table, or no feature is left.</exception>
    public FeatureClass Of(NumberTable table, string path, double binMs, ICollection<string> dropped)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(dropped);
        var columns = new List<int>();
        foreach (var pattern in Features)
        {
            var found = Enumerable.Range(0, table.Names.Count).Where(c => FileSystemName.MatchesSimpleExpression(pattern, table.Names[c], ignoreCase: false)).ToArray();
            if (found.Length == 0)
                throw ClosedLoopException.Usage($"the class '{Name}' names the feature '{pattern}', and '{path}' has none of that name{Spelling.Suggest(pattern, table.Names)}");
            columns.AddRange(found.Where(c => !columns.Contains(c)));
        }
        var features = new Matrix(table.Values.Rows, columns.Count);
        for (var t = 0; t < features.Rows; t++)
            for (var j = 0; j < columns.Count; j++)
                features[t, j] = table.Values[t, columns[j]];
        var (one, constant) = new FeatureClass(Name, Kind, [.. columns.Select(c => table.Names[c])], features).WithoutConstants();
        foreach (var name in constant)
            dropped.Add(name);
        one = one.Smoothed(SmoothMs / binMs);
        return Components is { } components ? one.Reduced(components) : one;
    }

    private static FeatureClassPlan ReadOne(YamlSection file, string name)
    {
        if (!file.IsSection(name))
            return file.Texts(name) is { Length: > 0 } features ? new(name, features, default, 0, null) : throw file.Wrong(name, "must list at least one feature");
        var section = file.Child(name);
        section.Allow("features", "kind", "smooth_ms", "components");
        return new(
            name,
            section.Texts("features") is { Length: > 0 } listed ? listed : throw section.Wrong("features", "must list at least one feature"),
            section.Has("kind") ? (section.OneOf("kind", Kinds) == Kinds[0] ? FeatureKind.Computational : FeatureKind.Representational) : FeatureKind.Unspecified,
            section.Has("smooth_ms") ? section.Number("smooth_ms", 0, 10_000) : 0,
            section.Has("components") ? section.Integer("components", 1, 100_000) : null);
    }
}
