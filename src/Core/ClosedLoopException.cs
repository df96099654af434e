namespace ClosedLoop.Core;

/// <summary>
/// A failure that a person caused or can mend. Its message is one sentence: what was asked, what is wrong and where,
/// and what to do. The program prints the message alone and exits with <see cref="ExitCode"/>.
/// </summary>
public sealed class ClosedLoopException : Exception
{
    private ClosedLoopException(string message, int exitCode, Exception? inner)
        : base(message, inner) => ExitCode = exitCode;

    /// <summary>1: the work failed. 2: the command line or a configuration file was wrong.</summary>
    public int ExitCode { get; }

    /// <summary>The work could not be done: a broken file, a missing library, a device that went away.</summary>
    public static ClosedLoopException Failed(string message, Exception? inner = null) => new(message, 1, inner);

    /// <summary>The request cannot be carried out as it was made: an unknown name, a bad option, a configuration error.</summary>
    public static ClosedLoopException Usage(string message, Exception? inner = null) => new(message, 2, inner);
}
