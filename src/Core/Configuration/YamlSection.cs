using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ClosedLoop.Core;

/// <summary>
/// One mapping of a YAML file, read strictly: a key that is unknown, missing, of the wrong kind or out of range is
/// refused with the file, the line and the column it stands at, and with what would be right. All errors are
/// <see cref="ClosedLoopException"/> with exit code 2.
/// </summary>
public sealed class YamlSection
{
    private const string Duplicate = "Duplicate key ";

    private readonly string _path;
    private readonly string _what;
    private readonly YamlMappingNode _node;

    private YamlSection(string path, string what, YamlMappingNode node) => (_path, _what, _node) = (path, what, node);

    /// <summary>The keys of the section in their order.</summary>
    public IEnumerable<string> Keys => _node.Children.Keys.Select(key => key.ToString());

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">What errors call the file.</param>
    /// <param name="what">What the file is, as in "an animal file".</param>
    /// <exception cref="ClosedLoopException">It is not valid YAML, a key stands in it twice, or it holds no keys.</exception>
    public static YamlSection Parse(string text, string path, string what)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode mapping
                ? new(path, what, mapping)
                : throw ClosedLoopException.Usage($"{path} is not {what}: it holds no keys");
        }
        catch (YamlException e)
        {
            // NB: a key that stands twice is refused by the parser itself, with the place of the second; told only by its text.
            var sentence = e.Message.StartsWith(Duplicate, StringComparison.Ordinal) ? $"the key '{e.Message[Duplicate.Length..]}' stands there twice" : $"not valid YAML: {e.Message}";
            throw ClosedLoopException.Usage($"{path}, line {e.Start.Line}, column {e.Start.Column}: {sentence}", e);
        }
    }

    /// <summary>Whether the key is there.</summary>
    public bool Has(string key) => _node.Children.ContainsKey(new YamlScalarNode(key));

    /// <summary>Refuses the first key that is not among <paramref name="known"/>.</summary>
    public void Allow(params string[] known)
    {
        foreach (var error in UnknownKeys(known))
            throw error;
    }

    /// <summary>An error for every key that is not among <paramref name="known"/>, naming the nearest that is.</summary>
    public IEnumerable<ClosedLoopException> UnknownKeys(params string[] known) => _node.Children.Keys
        .Where(key => !known.Contains(key.ToString()))
        .Select(key => ClosedLoopException.Usage(
            $"{Place(key)}: there is no key '{key}'{Spelling.Suggest(key.ToString(), known)} in {_what}"));

    /// <summary>Whether a section stands under the key, and not a list or a text.</summary>
    public bool IsSection(string key) => Get(key) is YamlMappingNode;

    /// <summary>The section under a key.</summary>
    public YamlSection Child(string key) => Get(key) is YamlMappingNode mapping
        ? new(_path, $"'{key}'", mapping)
        : throw Wrong(key, "must hold 'key: value' pairs");

    /// <summary>The sections of the list under a key.</summary>
    public IEnumerable<YamlSection> Children(string key) => Get(key) is YamlSequenceNode list
        ? list.Children.Select(item => item is YamlMappingNode mapping ? new YamlSection(_path, $"an entry of '{key}'", mapping) : throw Wrong(key, "must be a list of 'key: value' pairs"))
        : throw Wrong(key, "must be a list");

    /// <summary>A text.</summary>
    public string Text(string key) => Get(key) is YamlScalarNode { Value: { } text } ? text : throw Wrong(key, "must be a text");

    /// <summary>A text, or null where the key is absent.</summary>
    public string? OptionalText(string key) => Has(key) ? Text(key) : null;

    /// <summary>The texts of the list under a key; none where nothing stands behind it.</summary>
    public string[] Texts(string key) => Get(key) switch
    {
        YamlSequenceNode list when list.Children.All(item => item is YamlScalarNode) => [.. list.Children.Select(item => item.ToString())],
        YamlScalarNode { Value: null or "" } => [],
        _ => throw Wrong(key, "must be a list of texts"),
    };

    /// <summary>One of some words.</summary>
    public string OneOf(string key, params string[] words) => Text(key) is var text && words.Contains(text)
        ? text
        : throw Wrong(key, $"must be {(words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}")}", Spelling.Suggest(text, words));

    /// <summary>True or false.</summary>
    public bool Truth(string key) => OneOf(key, "true", "false") == "true";

    /// <summary>A number, which may be NaN (<c>.nan</c>).</summary>
    public double Number(string key) => ToNumber(Get(key)) ?? throw Wrong(key, "must be a number");

    /// <summary>A finite number.</summary>
    public double Finite(string key) => Number(key) is var number && double.IsFinite(number) ? number : throw Wrong(key, "must be a finite number");

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public double Number(string key, double least, double most) => Number(key) is var number && number >= least && number <= most
        ? number
        : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"must lie between {least:R} and {most:R}"));

    /// <summary>A whole number.</summary>
    public int Integer(string key) => int.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw Wrong(key, "must be a whole number");

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Integer(string key, int least, int most) => Integer(key) is var number && number >= least && number <= most
        ? number
        : throw Wrong(key, $"must lie between {least} and {most}");

    /// <summary>Exactly so many finite numbers, as a list or as one text with blanks between them.</summary>
    public double[] Numbers(string key, int count)
    {
        var value = Get(key);
        var numbers = value switch
        {
            YamlSequenceNode list => list.Children.Select(item => ToNumber(item) ?? double.NaN).ToArray(),
            YamlScalarNode { Value: { } text } => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => ToNumber(word) ?? double.NaN)],
            _ => [],
        };
        return numbers.Length == count && numbers.All(double.IsFinite) ? numbers : throw Wrong(key, $"must be a list of {count} numbers");
    }

    /// <summary>The list under a key of lists of whole numbers, at least one in each, all from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int[][] IntegerLists(string key, int least, int most)
    {
        if (Get(key) is not YamlSequenceNode { Children.Count: > 0 } lists)
            throw Wrong(key, "must be a list of lists of whole numbers");
        return [.. lists.Children.Select((list, at) => list is YamlSequenceNode { Children.Count: > 0 } numbers
            ? numbers.Children.Select(item => ToInteger(item, at)).ToArray()
            : throw Entry(list, at, "a list of whole numbers"))];

        int ToInteger(YamlNode item, int at) =>
            int.TryParse((item as YamlScalarNode)?.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                ? number
                : throw Entry(item, at, $"whole numbers between {least} and {most}");

        ClosedLoopException Entry(YamlNode node, int at, string must) => ClosedLoopException.Usage($"{Place(node)}: entry {at + 1} of '{key}' must hold {must}, not '{node}'");
    }

    /// <summary>The error for a value that is not what it <paramref name="must"/> be, as in "must lie above 0".</summary>
    /// <param name="key">A key that is there.</param>
    /// <param name="must">What it must be.</param>
    /// <param name="suggestion">What was probably meant, from <see cref="Spelling.Suggest"/>.</param>
    public ClosedLoopException Wrong(string key, string must, string suggestion = "") => ClosedLoopException.Usage(
        $"{Place(_node.Children.Keys.First(k => k.ToString() == key))}: '{key}' {must}, not '{Get(key)}'{suggestion}");

    private string Place(YamlNode node) => $"{_path}, line {node.Start.Line}, column {node.Start.Column}";

    private YamlNode Get(string key) => _node.Children.TryGetValue(new YamlScalarNode(key), out var value)
        ? value
        : throw ClosedLoopException.Usage($"{_path}, line {_node.Start.Line}: the key '{key}' is missing in {_what}");

    private static double? ToNumber(YamlNode node) => ToNumber((node as YamlScalarNode)?.Value);

    private static double? ToNumber(string? text)
    {
        if (text == ".nan")
            return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
