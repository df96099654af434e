using System.Text.Json;

namespace ClosedLoop.Tests.Recording.ClipFiles;

/// <summary>Runs h5py over a file of clips: tests/readers/read-clips.py.</summary>
internal static class IndependentClipReader
{
    /// <summary>What h5py finds in a file; skips the running test where Python has no h5py or no yaml.</summary>
    public static JsonDocument Read(string path)
    {
        PythonRunner.Require("h5py, yaml", "python3-h5py and python3-yaml");
        return JsonDocument.Parse(PythonRunner.Read("read-clips.py", path));
    }
}
