using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using Xunit;

namespace ClosedLoop.Tests.CommandLine;

/// <summary>How a command's end becomes a sentence and an exit code.</summary>
public sealed class CommandRunnerTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("closedloop-state-").FullName;

    public CommandRunnerTests() => Environment.SetEnvironmentVariable("XDG_STATE_HOME", _state);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("XDG_STATE_HOME", null);
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task A_command_that_ends_well_says_nothing()
    {
        Assert.Equal((0, ""), await Run(() => { }));
    }

    [Fact]
    public async Task A_failure_and_a_wrong_request_are_told_apart_by_their_exit_codes()
    {
        Assert.Equal((1, "closedloop: the file is broken\n"), await Run(() => throw ClosedLoopException.Failed("the file is broken")));
        Assert.Equal((2, "closedloop: there is no rig 'x'\n"), await Run(() => throw ClosedLoopException.Usage("there is no rig 'x'")));
    }

    [Fact]
    public async Task The_sentence_is_found_inside_the_exceptions_that_carry_it()
    {
        var inner = ClosedLoopException.Usage("there is no rig 'x'");
        Assert.Equal((2, "closedloop: there is no rig 'x'\n"),
            await Run(() => throw new AggregateException(new TypeInitializationException("T", inner))));
    }

    [Fact]
    public async Task A_missing_library_is_named_with_the_command_that_mends_it()
    {
        var (code, error) = await Run(() => System.Runtime.InteropServices.NativeLibrary.Load("libno_such_library.so.7"));
        Assert.Equal(1, code);
        Assert.Equal(1, error.Count(character => character == '\n'));
        Assert.Contains("'libno_such_library.so.7'", error);
        Assert.Contains("./closedloop", error);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_no_defect()
    {
        var (code, error) = await Run(() => File.ReadAllText("/no/such/file"));
        Assert.Equal(1, code);
        Assert.Contains("/no/such/file", error);
        Assert.DoesNotContain("defect", error);
    }

    [Fact]
    public async Task A_defect_is_one_sentence_and_its_details_are_kept()
    {
        var (code, error) = await Run(() => throw new InvalidOperationException("the pool was returned twice\nsecond line"));
        Assert.Equal(1, code);
        Assert.Equal(1, error.Count(character => character == '\n'));
        Assert.StartsWith("closedloop: the pool was returned twice (this is a defect of ClosedLoop; details in ", error);

        var log = Assert.Single(Directory.GetFiles(Path.Combine(_state, "closedloop")));
        Assert.Contains(log, error);
        var details = File.ReadAllText(log);
        Assert.Contains("second line", details);
        Assert.Contains(nameof(CommandRunnerTests), details); // the stack
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_defect()
    {
        var (code, error) = await Run(() => throw new OperationCanceledException("a time-out nobody handled"));
        Assert.Equal(1, code);
        Assert.Contains("defect", error);
    }

    [Theory]
    [InlineData(new[] { "work", "--count", "many" }, "'--count' needs a whole number, and 'many' is not; see 'closedloop work --help'")]
    [InlineData(new[] { "work", "--rate", "fast" }, "'--rate' needs a number, and 'fast' is not; see 'closedloop work --help'")]
    [InlineData(new[] { "work", "--count" }, "'--count' needs a whole number after it; see 'closedloop work --help'")]
    [InlineData(new[] { "work", "--cuont", "3" }, "'work' has no option '--cuont' (did you mean '--count'?); see 'closedloop work --help'")]
    [InlineData(new[] { "read", "x" }, "'read' needs the option '--out'; see 'closedloop read --help'")]
    [InlineData(new[] { "read", "x", "--out" }, "'--out' needs a path after it; see 'closedloop read --help'")]
    [InlineData(new[] { "read", "--out", "y" }, "'read' needs FILE; see 'closedloop read --help'")]
    public async Task A_wrong_command_line_is_explained_in_one_sentence(string[] words, string sentence)
    {
        var (code, error) = await Run(() => Assert.Fail("It must not run."), words);
        Assert.Equal(2, code);
        Assert.Equal($"closedloop: {sentence}\n", error);
    }

    private static async Task<(int ExitCode, string Error)> Run(Action action, params string[] words)
    {
        var work = new Command("work") { new Option<int>("--count"), new Option<double?>("--rate") };
        work.SetAction(_ => action());
        var read = new Command("read") { new Argument<FileInfo>("FILE"), new Option<FileInfo>("--out") { Required = true } };
        read.SetAction(_ => action());
        using var error = new StringWriter();
        var exitCode = await CommandRunner.RunAsync(new RootCommand { work, read }, words.Length == 0 ? ["work"] : words, error);
        return (exitCode, error.ToString());
    }
}
