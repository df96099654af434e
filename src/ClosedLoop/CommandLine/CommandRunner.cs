using System.CommandLine;
using ClosedLoop.Core;

namespace ClosedLoop.CommandLine;

/// <summary>
/// Runs a command line from its words to its exit code. Every way a command can end is turned into one sentence on
/// standard error here, and nowhere else.
/// </summary>
public static class CommandRunner
{
    /// <summary>Parses and runs; returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted.</summary>
    /// <param name="root">The command with its verbs.</param>
    /// <param name="arguments">The words after the program's name.</param>
    /// <param name="error">Where sentences about failures go; null: standard error.</param>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments, TextWriter? error = null)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(arguments);

        error ??= Console.Error;

        // NB: no response files: a path that starts with '@' is a path.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action?.ClearsParseErrors != true)
        {
            if (arguments.Length == 0)
            {
                await root.Parse(["--help"]).InvokeAsync(new InvocationConfiguration { Output = error });
                return 2;
            }
            return Complain(error, UsageErrors.Explain(parsed), exitCode: 2);
        }

        using var interruption = new Interruption();
        // NB: the library's own handlers would print stack traces, and end a command that is still saving its work.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            var exitCode = await parsed.InvokeAsync(configuration, interruption.Token);
            // A command that stopped early with what it had has not done what it was asked: scripts must be able to see it.
            return exitCode == 0 && interruption.Token.IsCancellationRequested ? interruption.ExitCode : exitCode;
        }
#pragma warning disable CA1031 // The last handler there is: whatever it lets through, the user sees as a crash.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Explain(exception, interruption, arguments, error);
        }
    }

    private static int Explain(Exception exception, Interruption interruption, string[] arguments, TextWriter error)
    {
        switch (Unwrap(exception))
        {
            case ClosedLoopException known:
                return Complain(error, known.Message, known.ExitCode);
            case OperationCanceledException when interruption.Token.IsCancellationRequested:
                return Complain(error, "stopped on request.", interruption.ExitCode);
            case DllNotFoundException or EntryPointNotFoundException or BadImageFormatException:
                return Complain(error, NativeLibraryErrors.Explain(Unwrap(exception)), exitCode: 1);
            // A missing file, a folder that may not be written, a full disk: the system's own sentence names it.
            case IOException or UnauthorizedAccessException:
                return Complain(error, Unwrap(exception).Message, exitCode: 1);
            case var defect:
                var log = DefectLog.Write(defect, arguments);
                return Complain(error, $"{FirstLine(defect.Message)} (this is a defect of ClosedLoop; details in {log})", exitCode: 1);
        }
    }

    /// <summary>The exception that says what went wrong, without those that only carry it.</summary>
    private static Exception Unwrap(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
        System.Reflection.TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        _ => exception,
    };

    private static int Complain(TextWriter error, string sentence, int exitCode)
    {
        error.WriteLine($"closedloop: {sentence}");
        return exitCode;
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();
}
