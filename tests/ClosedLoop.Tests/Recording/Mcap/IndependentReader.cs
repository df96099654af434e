using System.Diagnostics;
using System.Text.Json;

namespace ClosedLoop.Tests.Recording.Mcap;

/// <summary>Runs the MCAP format's own JavaScript library over a file: tests/readers/read-mcap.mjs.</summary>
internal static class IndependentReader
{
    /// <summary>What the library finds in a file; skips the running test where the library is not installed.</summary>
    public static JsonDocument Read(string path)
    {
        var readers = FindReaders();
        var start = new ProcessStartInfo("node", [Path.Combine(readers, "read-mcap.mjs"), path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync();
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, errors.Result);
        return JsonDocument.Parse(output);
    }

    private static string FindReaders()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var readers = Path.Combine(folder.FullName, "tests", "readers");
            if (!Directory.Exists(readers))
                continue;
            Skip.IfNot(Directory.Exists(Path.Combine(readers, "node_modules")), "tests/readers/node_modules is not installed; './closedloop test' installs it");
            return readers;
        }
        throw new DirectoryNotFoundException("tests/readers");
    }
}
