using System.Diagnostics;
using ClosedLoop.CommandLine;

namespace ClosedLoop.Tests;

/// <summary>Runs Python beside the program: independent readers (tests/readers), and the scripts' own tests.</summary>
internal static class PythonRunner
{
    /// <summary>CLOSEDLOOP_PYTHON, else the system's, as the program takes it.</summary>
    private static readonly string s_interpreter = Environment.GetEnvironmentVariable("CLOSEDLOOP_PYTHON") is { Length: > 0 } named ? named : "/usr/bin/python3";

    /// <summary>Skips the running test where Python lacks a module.</summary>
    /// <param name="modules">Separated by commas.</param>
    /// <param name="packages">What brings them, for the message.</param>
    public static void Require(string modules, string packages) =>
        Skip.IfNot(File.Exists(s_interpreter) && Run("", "-c", $"import {modules}").Code == 0, $"needs Python with {modules} (packages {packages}), which is not here");

    /// <summary>What a script of tests/readers says; its failure fails the running test.</summary>
    public static string Read(string script, params string[] arguments)
    {
        var (code, output, errors) = Run("", [Path.Combine(Installation.Root!, "tests", "readers", script), .. arguments]);
        Assert.True(code == 0, errors);
        return output;
    }

    /// <summary>Runs the interpreter in a folder of the repository.</summary>
    public static (int Code, string Output, string Errors) Run(string folder, params string[] arguments)
    {
        using var python = Process.Start(new ProcessStartInfo(s_interpreter, arguments)
        {
            WorkingDirectory = Path.Combine(Installation.Root!, folder), RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return (python.ExitCode, output, errors.Result);
    }
}
