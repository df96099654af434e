using System.Reflection;
using System.Runtime.InteropServices;
using ClosedLoop.Core;
using Microsoft.ML.OnnxRuntime;

namespace ClosedLoop.Inference;

/// <summary>
/// The native library of ONNX Runtime: found, loaded once for the process, and asked what it is. NB: it looks for its
/// providers (CUDA, TensorRT) in the folder it was loaded from, so where those are installed it must be loaded from theirs.
/// </summary>
public static class OnnxRuntimeLibrary
{
    private const string FileName = "libonnxruntime.so";

    private static readonly Lazy<OrtEnv> Started = new(Start);
    private static string? _loadedFrom;

    /// <summary>ONNX Runtime's version.</summary>
    /// <exception cref="ClosedLoopException">It is not there or does not fit.</exception>
    public static string Version => Guarded(environment => environment.GetVersionString());

    /// <summary>The providers that were compiled into it. NB: that says nothing about which load: <see cref="ProviderProbe"/> does.</summary>
    public static IReadOnlyList<string> CompiledProviders => Guarded(environment => environment.GetAvailableProviders());

    /// <summary>The file it was loaded from; null where the system's own search found it.</summary>
    public static string? LoadedFrom => Guarded(_ => _loadedFrom);

    /// <summary>The folder it was loaded from, where its providers must lie too; null where the system's own search found it.</summary>
    internal static string? Folder => LoadedFrom is { } file ? Path.GetDirectoryName(file) : null;

    /// <summary>Where the library may be, best first: beside the GPU's providers, where <c>./closedloop</c> installed it, beside the program.</summary>
    public static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("CLOSEDLOOP_ONNXRUNTIME") is { Length: > 0 } named)
        {
            // NB: who names a folder means it: nothing else is tried.
            yield return Path.Combine(named, FileName);
            yield break;
        }
        var processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        foreach (var root in Roots())
        {
            yield return Path.Combine(root, ".build", "onnxruntime-gpu", FileName);
            yield return Path.Combine(root, "third_party", "onnxruntime", "node_modules", "onnxruntime-node", "bin", "napi-v6", "linux", processor, FileName + ".1");
        }
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
    }

    /// <summary>Loads the library where that has not been done.</summary>
    /// <exception cref="ClosedLoopException">It is not there or does not fit.</exception>
    internal static void Use() => Guarded(static _ => 0);

    private static IEnumerable<string> Roots()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }

    private static T Guarded<T>(Func<OrtEnv, T> ask)
    {
        try
        {
            return ask(Started.Value);
        }
        catch (Exception exception) when (OnnxFailures.IsKnown(exception) || OnnxFailures.Inner(exception) is ClosedLoopException)
        {
            throw OnnxFailures.Explain("networks cannot run", exception);
        }
    }

    private static OrtEnv Start()
    {
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);
        // NB: what fails is thrown, and told in a sentence of ours; its log would say it a second time on standard error.
        var options = new EnvironmentCreationOptions { logId = "closedloop", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        return OrtEnv.CreateInstanceWithOptions(ref options);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        // NB: the sources and the packages of NuGet call it by different names.
        if (!name.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase) || name.Contains("extensions", StringComparison.OrdinalIgnoreCase))
            return 0;
        var candidates = Candidates().ToArray();
        foreach (var candidate in candidates.Where(File.Exists))
        {
            if (!NativeLibrary.TryLoad(candidate, out var handle))
                throw ClosedLoopException.Failed($"networks cannot run: ONNX Runtime's library {candidate} is damaged or for another processor; remove it, then: ./closedloop setup");
            _loadedFrom = candidate;
            return handle;
        }
        // A build with NuGet's package finds its library through the program's own description.
        if (NativeLibrary.TryLoad(name, assembly, path, out var own))
            return own;
        throw ClosedLoopException.Failed($"networks cannot run: ONNX Runtime's library is not installed (looked for {candidates[0]} and elsewhere); install it with: ./closedloop setup");
    }
}
