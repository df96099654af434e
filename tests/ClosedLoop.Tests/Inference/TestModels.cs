using ClosedLoop.CommandLine;

namespace ClosedLoop.Tests.Inference;

/// <summary>The small networks beside these tests, made by models/make_models.py.</summary>
internal static class TestModels
{
    /// <summary>The full path of one of them.</summary>
    public static string Find(string name) =>
        Path.Combine(Installation.Root!, "tests", "ClosedLoop.Tests", "Inference", "models", name + ".onnx");
}
