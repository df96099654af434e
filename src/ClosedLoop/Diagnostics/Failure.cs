using ClosedLoop.CommandLine;
using ClosedLoop.Core;

namespace ClosedLoop.Diagnostics;

/// <summary>The ways in which a machine lets a check down, as opposed to defects of the check.</summary>
internal static class Failure
{
    public static bool IsOfMachine(Exception exception) => Inner(exception)
        is ClosedLoopException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException
        or IOException or UnauthorizedAccessException;

    public static string Sentence(Exception exception) => Inner(exception) switch
    {
        DllNotFoundException or EntryPointNotFoundException or BadImageFormatException => NativeLibraryErrors.Explain(Inner(exception)),
        var other => other.Message,
    };

    private static Exception Inner(Exception exception) =>
        exception is TypeInitializationException { InnerException: { } inner } ? Inner(inner) : exception;
}
