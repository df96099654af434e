using System.Diagnostics;
using System.Text;

namespace ClosedLoop.Tests;

/// <summary>What a finished run of the program left behind.</summary>
/// <param name="ExitCode">0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted.</param>
/// <param name="Output">Standard output, whole.</param>
/// <param name="Error">Standard error, whole.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>The non-empty lines of standard error.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <inheritdoc/>
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>Runs the built <c>closedloop</c> as a user runs it: a process of its own, with no terminal.</summary>
public static class ProgramRunner
{
    // NB: the copy beside the tests is the one that was built with them, in the same configuration.
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "closedloop.dll");

    /// <summary>Runs <c>closedloop</c> with these arguments and waits for its end.</summary>
    /// <exception cref="TimeoutException">It was still running after two minutes; it has been ended.</exception>
    public static ProgramResult Run(params string[] arguments) =>
        Run(TimeSpan.FromMinutes(2), workingFolder: null, arguments);

    /// <summary>Runs <c>closedloop</c> with these arguments in a folder and waits for its end.</summary>
    /// <param name="timeout">After which the program is ended.</param>
    /// <param name="workingFolder">The folder relative paths start from; null: the tests' own.</param>
    /// <param name="arguments">One string an argument; nothing is split or quoted.</param>
    /// <exception cref="TimeoutException">It was still running after <paramref name="timeout"/>; it has been ended.</exception>
    public static ProgramResult Run(TimeSpan timeout, string? workingFolder, params string[] arguments)
    {
        using var process = Start(workingFolder, arguments, out var output, out var error);
        if (!process.WaitForExit(timeout))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            throw new TimeoutException(
                $"'closedloop {string.Join(' ', arguments)}' was still running after {timeout.TotalSeconds:F0} s\n{output()}\n{error()}");
        }
        process.WaitForExit(); // NB: without a limit it also waits for the last of the output.
        return new ProgramResult(process.ExitCode, output(), error());
    }

    /// <summary>Starts <c>closedloop</c> and returns at once; for tests that interrupt it.</summary>
    /// <param name="workingFolder">The folder relative paths start from; null: the tests' own.</param>
    /// <param name="arguments">One string an argument.</param>
    /// <param name="output">Standard output so far.</param>
    /// <param name="error">Standard error so far.</param>
    public static Process Start(string? workingFolder, string[] arguments, out Func<string> output, out Func<string> error)
    {
        // NB: the host that runs the tests need not be on PATH under the name of dotnet.
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host)
        {
            WorkingDirectory = workingFolder ?? Environment.CurrentDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        var process = new Process { StartInfo = start };
        output = Collect(handler => process.OutputDataReceived += handler);
        error = Collect(handler => process.ErrorDataReceived += handler);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static Func<string> Collect(Action<DataReceivedEventHandler> subscribe)
    {
        var text = new StringBuilder();
        subscribe((_, line) =>
        {
            if (line.Data is null)
                return;
            lock (text)
                text.Append(line.Data).Append('\n');
        });
        return () =>
        {
            lock (text)
                return text.ToString();
        };
    }
}
