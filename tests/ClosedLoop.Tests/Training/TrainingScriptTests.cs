using System.Diagnostics;
using ClosedLoop.CommandLine;

namespace ClosedLoop.Tests.Training;

/// <summary>The tests of the scripts in <c>training/</c>, which are Python's own: run as one of ours, so that nobody forgets them.</summary>
public sealed class TrainingScriptTests
{
    private const string Needed = "torch, onnx, numpy, scipy, h5py, cv2";

    [SkippableFact]
    public async Task The_scripts_own_tests_pass()
    {
        var interpreter = Environment.GetEnvironmentVariable("CLOSEDLOOP_PYTHON") is { Length: > 0 } named ? named : "/usr/bin/python3";
        Skip.IfNot(File.Exists(interpreter) && (await RunAsync(interpreter, "-c", $"import {Needed}")).Code == 0, $"{interpreter} lacks one of {Needed}");
        var (code, said) = await RunAsync(interpreter, "-W", "ignore", "-m", "unittest", "discover", "-s", "tests", "-t", ".");
        Assert.True(code == 0, said);
        Assert.DoesNotContain("Ran 0 tests", said, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Said)> RunAsync(string interpreter, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(interpreter, arguments)
        {
            WorkingDirectory = Path.Combine(Installation.Root!, "training"), RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
