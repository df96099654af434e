using System.Security.Cryptography;
using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Tests.Inference;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.Comparison;

public sealed class OnnxBehavioursTests : IDisposable
{
    private static readonly FeatureLayout s_layout = new(MovingBody.Keypoints, ["hip", "knee"], 3, MovingBody.Layers, MovingBody.RateHz);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_tells_behaviours_of_the_features_that_it_names_and_remembers()
    {
        var told = new List<string>();
        using var network = OnnxBehaviours.Load(Model("speed.horizontal, heading.turning"), s_layout);
        Assert.Equal(["moves", "turns"], network.Names);
        var (body, row, nothing) = (new MovingBody(), default(FeatureRow), new FeatureRow(s_layout));
        var rows = new FeatureRows(s_layout, given => row = given);
        // The animal on its circle moves at 0.2 m/s and turns at 1.5 rad/s.
        rows.Process(body.PoseAt(0), body.StepAt(0, RecordStamp.None));
        rows.Finish();
        told.Add(network.Names[network.Classify(row!)]);
        // It stands: what it did before still says the most. Then it runs straight on.
        (s_layout["speed"].Of(row!.Values.AsSpan())[0], s_layout["heading"].Of(row.Values.AsSpan())[2]) = (0.2f, 0);
        told.Add(network.Names[network.Classify(row)]);
        s_layout["speed"].Of(row.Values.AsSpan())[0] = 3;
        told.Add(network.Names[network.Classify(row)]);
        Assert.Equal(["turns", "turns", "moves"], told);
        Assert.Equal(-1, network.Classify(nothing));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            network.Classify(row);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8192);
    }

    [Fact]
    public void A_network_that_asks_for_what_is_not_there_is_refused()
    {
        Assert.Contains("'speed.horizontal'", Assert.Throws<ClosedLoopException>(() => OnnxBehaviours.Load(Model("speed.horizontl, heading.turning"), s_layout)).Message, StringComparison.Ordinal);
        Assert.Contains("names 1 and 2", Assert.Throws<ClosedLoopException>(() => OnnxBehaviours.Load(Model("heading.turning"), s_layout)).Message, StringComparison.Ordinal);
        using var line = TemporaryModel.Line();
        Assert.Equal(2, Assert.Throws<ClosedLoopException>(() => OnnxBehaviours.Load(line.Path, s_layout)).ExitCode);
    }

    private string Model(string features)
    {
        var path = _folder["model"];
        Directory.CreateDirectory(path);
        File.Copy(TestModels.Find("behaviours"), Path.Combine(path, OnnxBehaviours.NetworkFile), overwrite: true);
        foreach (var (file, value) in new[] { ("features.bin", 1f), ("trace.bin", 2f), ("scores.bin", 2f) })
            File.WriteAllBytes(Path.Combine(path, file), [.. BitConverter.GetBytes(value), .. BitConverter.GetBytes(value)]);
        File.WriteAllText(Path.Combine(path, "manifest.yaml"), $$"""
            kind: behaviours
            version: 1
            description: moves or turns
            licence: MIT
            trained_with: make_models.py
            held_out:
              accuracy: 0.5
            keypoints: []
            preprocessing:
              features: [{{features}}]
              behaviours: [moves, turns]
            networks:
              - file: behaviours.onnx
                sha256: {{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(path, OnnxBehaviours.NetworkFile))))}}
                inputs:
                  - {name: features, type: float32, shape: [1, 2], unit: mixed, meaning: the features}
                  - {name: trace, type: float32, shape: [1, 2], unit: "1", meaning: what was}
                outputs:
                  - {name: scores, type: float32, shape: [1, 2], unit: "1", meaning: one a behaviour}
                  - {name: next_trace, type: float32, shape: [1, 2], unit: "1", meaning: what is}
                samples:
                  - tolerance: 1.0e-6
                    inputs:
                      - {name: features, file: features.bin, shape: [1, 2]}
                      - {name: trace, file: trace.bin, shape: [1, 2]}
                    outputs:
                      - {name: scores, file: scores.bin, shape: [1, 2]}
                      - {name: next_trace, file: scores.bin, shape: [1, 2]}
            """);
        return path;
    }
}
