using ClosedLoop.Core;
using Microsoft.ML.OnnxRuntime;

namespace ClosedLoop.Inference;

/// <summary>Turns what ONNX Runtime throws into one sentence.</summary>
internal static class OnnxFailures
{
    /// <summary>Whether it is a way in which ONNX Runtime, or this machine's copy of it, lets us down.</summary>
    public static bool IsKnown(Exception exception) =>
        // NB: a library that is older than the program gives no table of functions, which its sources do not expect.
        exception is TypeInitializationException || Inner(exception)
        is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException;

    /// <summary>The failure as a sentence that begins with what was being done.</summary>
    public static ClosedLoopException Explain(string doing, Exception exception) => Inner(exception) switch
    {
        ClosedLoopException known => known,
        OnnxRuntimeException onnx => ClosedLoopException.Failed($"{doing}: {Message(onnx)}", onnx),
        EntryPointNotFoundException missing => ClosedLoopException.Failed(
            $"{doing}: ONNX Runtime's library is of another version than this program ({missing.Message}); mend it with: ./closedloop setup", missing),
        var other => ClosedLoopException.Failed($"{doing}: ONNX Runtime cannot be loaded ({FirstLine(other.Message)}); mend it with: ./closedloop setup", other),
    };

    /// <summary>ONNX Runtime's own words on one line, without its codes and source lines.</summary>
    public static string Message(Exception exception)
    {
        var text = FirstLine(Inner(exception).Message);
        if (text.StartsWith("[ErrorCode:", StringComparison.Ordinal) && text.IndexOf("] ", StringComparison.Ordinal) is var end and > 0)
            text = text[(end + 2)..];
        // NB: "/build/.../provider_bridge_ort.cc:1778 onnxruntime::Provider& ...Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load ..."
        var code = text.IndexOf("[ONNXRuntimeError]", StringComparison.Ordinal);
        if (code >= 0)
            text = string.Join(" : ", text[code..].Split(" : ").Skip(3)) is { Length: > 0 } rest ? rest : text[code..];
        return text.Trim().TrimEnd('.');
    }

    public static Exception Inner(Exception exception) =>
        exception is TypeInitializationException { InnerException: { } inner } ? Inner(inner) : exception;

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();
}
