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
}
