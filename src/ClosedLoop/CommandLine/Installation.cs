namespace ClosedLoop.CommandLine;

/// <summary>The folder this program was built in: it holds <c>./closedloop</c>, the models and the native shims.</summary>
public static class Installation
{
    /// <summary>The repository's root, found by walking up from the program; null where the program was moved out of it.</summary>
    public static string? Root { get; } = FindRoot();

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ClosedLoop.sln")))
                return folder.FullName;
        }
        return null;
    }
}
