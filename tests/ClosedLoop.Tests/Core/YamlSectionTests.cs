using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

public sealed class YamlSectionTests
{
    private const string Text = """
        name: rat
        size: 1.5
        count: 7
        mode: fast
        open: yes
        at: [1, 2.5, -3]
        from: 1 2.5 -3
        words: [a, b]
        none:
        inner:
          depth: .nan
        """;

    private static YamlSection Root => YamlSection.Parse(Text, "x.yaml", "a test file");

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var root = Root;
        Assert.Equal("rat", root.Text("name"));
        Assert.Null(root.OptionalText("nmae"));
        Assert.Equal(1.5, root.Number("size", 0, 2));
        Assert.Equal(7, root.Integer("count", 7, 7));
        Assert.Equal("fast", root.OneOf("mode", "slow", "fast"));
        Assert.Equal([1, 2.5, -3], root.Numbers("at", 3));
        Assert.Equal([1, 2.5, -3], root.Numbers("from", 3));
        Assert.Equal(["a", "b"], root.Texts("words"));
        Assert.Empty(root.Texts("none"));
        Assert.True(double.IsNaN(root.Child("inner").Number("depth")));
    }

    public static TheoryData<string, Action<YamlSection>> Mistakes { get; } = new()
    {
        { "x.yaml, line 2, column 1: 'size' must lie between 0 and 1.25, not '1.5'", root => root.Number("size", 0, 1.25) },
        { "x.yaml, line 3, column 1: 'count' must lie between 8 and 9, not '7'", root => root.Integer("count", 8, 9) },
        { "x.yaml, line 2, column 1: 'size' must be a whole number, not '1.5'", root => root.Integer("size") },
        { "x.yaml, line 4, column 1: 'mode' must be slow, fats or quick, not 'fast' (did you mean 'fats'?)", root => root.OneOf("mode", "slow", "fats", "quick") },
        { "x.yaml, line 5, column 1: 'open' must be true or false, not 'yes'", root => root.Truth("open") },
        { "x.yaml, line 6, column 1: 'at' must be a list of 2 numbers", root => root.Numbers("at", 2) },
        { "x.yaml, line 1, column 1: 'name' must be a list of texts, not 'rat'", root => root.Texts("name") },
        { "x.yaml, line 1, column 1: 'name' must hold 'key: value' pairs, not 'rat'", root => root.Child("name") },
        { "x.yaml, line 11, column 3: 'depth' must be a finite number", root => root.Child("inner").Finite("depth") },
        { "x.yaml, line 11, column 3: 'depth' must lie between 0 and 1", root => root.Child("inner").Number("depth", 0, 1) },
        { "x.yaml, line 11, column 3: there is no key 'depth' (did you mean 'deeph'?) in 'inner'", root => root.Child("inner").Allow("deeph") },
        { "x.yaml, line 1: the key 'colour' is missing in a test file", root => root.Text("colour") },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_its_place_and_what_would_be_right(string sentence, Action<YamlSection> read)
    {
        var error = Assert.Throws<ClosedLoopException>(() => read(Root));
        Assert.Equal(2, error.ExitCode);
        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", "x.yaml, line 3, column 1: the key 'a' stands there twice")]
    [InlineData("a: [1\n", "not valid YAML")]
    [InlineData("", "x.yaml is not a test file: it holds no keys")]
    [InlineData("- a\n", "x.yaml is not a test file: it holds no keys")]
    public void A_text_that_is_no_section_is_refused(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<ClosedLoopException>(() => YamlSection.Parse(text, "x.yaml", "a test file")).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_unknown_key_can_be_listed() =>
        Assert.Equal(9, Root.UnknownKeys("name").Count());
}
