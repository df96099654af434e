using System.Runtime.InteropServices;

namespace ClosedLoop.Core;

/// <summary>Where the project's own native shims may lie.</summary>
public static class NativeFolders
{
    /// <summary>
    /// The folder named by CLOSEDLOOP_NATIVE, the program's own, and .build/native of every folder above the program
    /// (the place where the bootstrap builds them), in this order.
    /// </summary>
    public static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("CLOSEDLOOP_NATIVE") is { Length: > 0 } named)
            yield return named;
        yield return AppContext.BaseDirectory;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, ".build", "native");
    }

    /// <summary>Loads a shim from the first of these folders in which it can be loaded.</summary>
    /// <param name="library">Its name, without "lib" and extension.</param>
    /// <param name="what">What a person calls it, as in "physics library".</param>
    /// <param name="mend">What is most likely missing where it lies there but cannot be loaded, and what to install.</param>
    /// <exception cref="ClosedLoopException">It has not been built, or cannot be loaded.</exception>
    public static nint Load(string library, string what, string mend)
    {
        var file = $"lib{library}.so";
        string? refused = null;
        foreach (var candidate in Candidates().Select(folder => Path.Combine(folder, file)).Where(File.Exists))
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
                return handle;
            refused ??= candidate;
        }
        throw ClosedLoopException.Failed(refused is null
            ? $"the {what} {file} has not been built; run ./closedloop once from the project's root, which builds it"
            : $"the {what} {refused} cannot be loaded, most likely because {mend} and run ./closedloop again");
    }
}
