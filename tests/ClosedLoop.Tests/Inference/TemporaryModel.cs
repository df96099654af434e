using System.Globalization;
using System.Security.Cryptography;

namespace ClosedLoop.Tests.Inference;

/// <summary>A model folder in a temporary place, around one of the test networks; parts can be replaced before it is opened.</summary>
internal sealed class TemporaryModel : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("closedloop-model-").FullName;

    /// <summary>A good model of the kind <c>line</c>: <c>line.onnx</c> with a sample of two rows.</summary>
    public static TemporaryModel Line()
    {
        var model = new TemporaryModel();
        File.Copy(TestModels.Find("line"), System.IO.Path.Combine(model.Path, "line.onnx"));
        model.Values("x.bin", 0, 1, 2, -3, 0.25f, 100);
        model.Values("y.bin", 1, 3, 5, -5, 1.5f, 201);
        model.Manifest(text => text);
        return model;
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Values(string file, params float[] values) =>
        File.WriteAllBytes(In(file), System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Writes the manifest of the good model, changed.</summary>
    public void Manifest(Func<string, string> change)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(In("line.onnx"))));
        File.WriteAllText(In("manifest.yaml"), change(string.Create(CultureInfo.InvariantCulture, $$"""
            kind: line
            version: 1
            description: doubles and adds one
            licence: MIT
            trained_with: make_models.py
            held_out:
              error_mm: 0.5
            keypoints: [Snout, EarL]
            body_sha256: {{new string('a', 64)}}
            preprocessing:
              crop_size_m: 0.28
            networks:
              - file: line.onnx
                sha256: {{sha256}}
                inputs:
                  - {name: x, type: float32, shape: [N, 3], unit: m, meaning: places}
                outputs:
                  - {name: y, type: float32, shape: [N, 3], unit: m, meaning: other places}
                samples:
                  - tolerance: 1.0e-6
                    inputs:
                      - {name: x, file: x.bin, shape: [2, 3]}
                    outputs:
                      - {name: y, file: y.bin, shape: [2, 3]}
            """)));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
