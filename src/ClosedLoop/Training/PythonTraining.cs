using System.Diagnostics;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;

namespace ClosedLoop.Training;

/// <summary>Runs the scripts of <c>training/</c>: PyTorch is not part of the program.</summary>
internal static class PythonTraining
{
    /// <summary>The interpreter that has PyTorch.</summary>
    /// <exception cref="ClosedLoopException">There is none, or it lacks a module.</exception>
    public static string Interpreter() => PythonInterpreter.Find("training", "torch, onnx, numpy", "python3-torch python3-onnx libopenblas0-pthread");

    /// <summary>Runs a script of the installation's <c>training</c> folder; what it prints is shown.</summary>
    /// <exception cref="ClosedLoopException">It failed, or there is no installation.</exception>
    public static async Task RunAsync(string interpreter, string script, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var root = Installation.Root ?? throw ClosedLoopException.Usage("training runs the scripts of an installation, and this program lies outside of one");
        using var process = Process.Start(new ProcessStartInfo(interpreter, ["-W", "ignore", Path.Combine(root, "training", script), .. arguments]))!;
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // NB: the interpreter is in this program's group and is interrupted with it; it keeps its last checkpoint.
            process.Kill(entireProcessTree: true);
            throw;
        }
        if (process.ExitCode != 0)
            throw ClosedLoopException.Failed($"training/{script} ended with {process.ExitCode}; what it said stands above");
    }
}
