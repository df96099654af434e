using Spectre.Console;

namespace ClosedLoop.CommandLine;

/// <summary>What people read: standard output, with colour on a terminal and as plain text everywhere else.</summary>
public static class Terminal
{
    /// <summary>Columns of a table that is not shown on a terminal: wide enough that nothing is broken over lines.</summary>
    private const int PlainWidth = 2000;

    /// <summary>Standard output for summaries and tables.</summary>
    public static IAnsiConsole Output { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Standard error, for progress: it must not end up in a pipe.</summary>
    public static IAnsiConsole Progress { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Whether a progress line may redraw itself.</summary>
    public static bool CanRedraw => !Console.IsErrorRedirected;

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var plain = redirected
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected)
            console.Profile.Width = PlainWidth;
        return console;
    }
}
