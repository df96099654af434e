using System.ComponentModel;
using System.Diagnostics;
using ClosedLoop.Core;

namespace ClosedLoop.CommandLine;

/// <summary>Finds Python for the scripts of this repository: what they import is not part of the program.</summary>
internal static class PythonInterpreter
{
    /// <summary>The interpreter: CLOSEDLOOP_PYTHON, else the system's.</summary>
    /// <param name="purpose">What needs it, for the message.</param>
    /// <param name="modules">What it must be able to import, separated by commas.</param>
    /// <param name="packages">The packages of Debian and Ubuntu that bring them.</param>
    /// <exception cref="ClosedLoopException">There is none, or it lacks a module.</exception>
    public static string Find(string purpose, string modules, string packages)
    {
        var named = Environment.GetEnvironmentVariable("CLOSEDLOOP_PYTHON");
        var interpreter = named is { Length: > 0 } ? named : File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        string said;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(interpreter, ["-c", $"import {modules}"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return interpreter;
        }
        catch (Win32Exception error)
        {
            said = error.Message;
        }
        throw ClosedLoopException.Failed(
            $"{purpose} needs Python with {modules}, and '{interpreter}' says: {said.Trim().Split('\n')[^1]}; on Debian and Ubuntu 'apt-get install {packages}' brings them, or name another interpreter in CLOSEDLOOP_PYTHON");
    }
}
