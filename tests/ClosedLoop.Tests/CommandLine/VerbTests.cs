using System.Text.RegularExpressions;
using Xunit;

namespace ClosedLoop.Tests.CommandLine;

/// <summary>The program's verbs and options as a user meets them.</summary>
public sealed class VerbTests
{
    /// <summary>The verbs that the help lists; each must explain itself.</summary>
    public static TheoryData<string> Verbs()
    {
        var verbs = new TheoryData<string>();
        foreach (var verb in ClosedLoop.CommandLine.RootVerb.Create().Subcommands)
            verbs.Add(verb.Name);
        return verbs;
    }

    [Fact]
    public void The_version_names_the_version_and_the_commit()
    {
        var result = ProgramRunner.Run("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(new Regex(@"^closedloop \d+\.\d+\.\d+, commit ([0-9a-f]{40}(-modified)?|unknown)\n$"), result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void No_verb_shows_the_help_and_counts_as_wrong_usage()
    {
        var result = ProgramRunner.Run();
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("doctor", result.Error);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("dcotor", "there is no verb 'dcotor' (did you mean 'doctor'?)")]
    [InlineData("xyzzyxyzzy", "there is no verb 'xyzzyxyzzy'; 'closedloop --help' lists them")]
    [InlineData("--versio", "there is no option '--versio' (did you mean '--version'?)")]
    public void An_unknown_word_is_refused_with_the_nearest_valid_one(string word, string sentence)
    {
        var result = ProgramRunner.Run(word);
        Assert.Equal(2, result.ExitCode);
        var line = Assert.Single(result.ErrorLines);
        Assert.StartsWith("closedloop: " + sentence, line);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("--jsn", "'doctor' has no option '--jsn' (did you mean '--json'?)")]
    [InlineData("--json", "'--json' needs a path after it")]
    [InlineData("extra", "'doctor' does not take the extra argument 'extra'")]
    public void A_wrong_option_of_a_verb_is_refused_in_one_sentence(string word, string sentence)
    {
        var result = ProgramRunner.Run("doctor", word);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("closedloop: " + sentence, Assert.Single(result.ErrorLines));
    }

    [Fact]
    public void A_report_for_a_folder_that_is_not_there_is_refused_before_any_work()
    {
        var result = ProgramRunner.Run("doctor", "--json", "/no/such/folder/report.json");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'--json /no/such/folder/report.json' names a file in a folder that does not exist", Assert.Single(result.ErrorLines));
        Assert.Empty(result.Output);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_explains_itself(string verb)
    {
        var result = ProgramRunner.Run(verb, "--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"closedloop {verb}", result.Output);
        Assert.Contains("--json <FILE>", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void Every_verb_and_option_has_a_description()
    {
        foreach (var verb in ClosedLoop.CommandLine.RootVerb.Create().Subcommands)
        {
            Assert.False(string.IsNullOrWhiteSpace(verb.Description), verb.Name);
            foreach (var option in verb.Options)
                Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{verb.Name} {option.Name}");
            foreach (var argument in verb.Arguments)
                Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{verb.Name} {argument.Name}");
        }
    }
}
