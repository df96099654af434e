using Xunit;

namespace ClosedLoop.Tests;

/// <summary>
/// Real recordings that tests read where they are there: the folder <c>shared/data</c> beside the repository.
/// Tests on it are <c>[SkippableFact]</c> and say that they skip where it is absent.
/// </summary>
public static class TestData
{
    /// <summary>The folder <c>shared/data</c>, found by walking up from the test binary, or null.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>The full path of a file or folder under <c>shared/data</c>, or null where it is not there.</summary>
    /// <param name="relativePath">For example <c>rat_keypoints/rat_keypoints_700.nwb</c>.</param>
    public static string? Find(string relativePath)
    {
        if (Root is null)
            return null;
        var path = Path.Combine(Root, relativePath);
        return Path.Exists(path) ? path : null;
    }

    /// <summary>As <see cref="Find"/>, but skips the running test where the file is not there.</summary>
    public static string Require(string relativePath)
    {
        var path = Find(relativePath);
        Skip.If(path is null, $"needs shared/data/{relativePath} beside the repository, which is not here");
        return path!;
    }

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
