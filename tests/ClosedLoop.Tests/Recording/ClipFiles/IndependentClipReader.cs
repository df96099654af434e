using System.Diagnostics;
using System.Text.Json;

namespace ClosedLoop.Tests.Recording.ClipFiles;

/// <summary>Runs h5py over a file of clips: tests/readers/read-clips.py.</summary>
internal static class IndependentClipReader
{
    private const string Python = "/usr/bin/python3";

    /// <summary>What h5py finds in a file; skips the running test where Python has no h5py or no yaml.</summary>
    public static JsonDocument Read(string path)
    {
        Skip.IfNot(File.Exists(Python) && Run("-c", "import h5py, yaml").Code == 0, "needs Python with h5py and yaml (packages python3-h5py and python3-yaml), which are not here");
        var (code, output, errors) = Run(Script(), path);
        Assert.True(code == 0, errors);
        return JsonDocument.Parse(output);
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var python = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return (python.ExitCode, output, errors.Result);
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "tests", "readers", "read-clips.py");
            if (File.Exists(script))
                return script;
        }
        throw new FileNotFoundException("tests/readers/read-clips.py");
    }
}
