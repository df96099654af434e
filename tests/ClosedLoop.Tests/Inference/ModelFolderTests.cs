using ClosedLoop.Core;
using ClosedLoop.Inference;
using Xunit;

namespace ClosedLoop.Tests.Inference;

/// <summary>Model folders: what a good one gives, and how each kind of wrong one is refused.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private static readonly InferenceOptions Cpu = new(InferenceDevice.Cpu);
    private readonly TemporaryModel _model = TemporaryModel.Line();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void A_good_model_loads_at_any_size_and_computes(int rows)
    {
        var folder = ModelFolder.Open(_model.Path, "line");
        Assert.Equal("line", folder.Manifest.Kind);
        Assert.Equal(0.5, folder.Manifest.HeldOut["error_mm"]);
        Assert.Equal(["Snout", "EarL"], folder.Manifest.Keypoints);
        Assert.Equal(0.28, folder.Manifest.Preprocessing!.Number("crop_size_m"));
        folder.RequireBody(new string('a', 64));

        using var model = folder.Load("line.onnx", Cpu with { Axes = new Dictionary<string, int> { ["N"] = rows } });
        Assert.Equal([rows, 3], model.Output("y").Shape.ToArray());
        // The stored samples do not stay in the inputs.
        Assert.All(model.Input("x").Values<float>().ToArray(), value => Assert.Equal(0, value));
        model.Input("x").Values<float>().Fill(3);
        model.Run();
        Assert.All(model.Output("y").Values<float>().ToArray(), value => Assert.Equal(7, value));
    }

    [Fact]
    public void Sizes_that_the_manifest_fixes_are_taken_from_it()
    {
        _model.Manifest(text => text.Replace("shape: [N, 3]", "shape: [2, 3]"));
        using var model = ModelFolder.Open(_model.Path).Load("line.onnx", Cpu);
        Assert.Equal([2, 3], model.Output("y").Shape.ToArray());
        Refused(2, "the axis 'N' was given the size 5, and the manifest says that 'x' is float32 [2, 3] alone",
            Cpu with { Axes = new Dictionary<string, int> { ["N"] = 5 } });
    }

    [Fact]
    public void A_model_of_another_kind_is_refused_by_name()
    {
        var failure = Assert.Throws<ClosedLoopException>(() => ModelFolder.Open(_model.Path, "keypoints-per-view", "policy"));
        Assert.Equal(2, failure.ExitCode);
        Assert.Equal($"the model {_model.Path} is of the kind 'line', and a model of the kind 'keypoints-per-view' or 'policy' is needed here; name another folder", failure.Message);
    }

    [Fact]
    public void A_folder_without_a_manifest_and_no_folder_are_refused()
    {
        File.Delete(_model.In("manifest.yaml"));
        Refused(2, "is not a model folder: it has no manifest.yaml");
        Assert.Contains("there is no model folder", Assert.Throws<ClosedLoopException>(() => ModelFolder.Open(_model.In("nowhere"))).Message);
    }

    [Fact]
    public void A_network_that_was_changed_or_cut_off_is_refused_by_its_checksum()
    {
        var file = _model.In("line.onnx");
        var bytes = File.ReadAllBytes(file);
        bytes[^20] ^= 1;
        File.WriteAllBytes(file, bytes);
        Refused(1, $"{file} is not the network that its manifest describes: its sha256 is ");
        File.WriteAllBytes(file, bytes[..100]);
        Refused(1, "expected ");
        File.Delete(file);
        Refused(1, "names the network line.onnx, which cannot be read");
    }

    [Fact]
    public void A_network_with_a_right_checksum_that_is_cut_off_is_refused_too()
    {
        var file = _model.In("line.onnx");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..100]);
        _model.Manifest(text => text);
        Refused(1, "is not a network that ONNX Runtime");
    }

    [Theory]
    [InlineData("shape: [N, 3], unit: m, meaning: places", "shape: [N, 4], unit: m, meaning: places", "its input 'x' is float32 [N, 3], expected float32 [N, 4]")]
    [InlineData("shape: [N, 3], unit: m, meaning: places", "shape: [V, 3], unit: m, meaning: places", "its input 'x' is float32 [N, 3], expected float32 [V, 3]")]
    [InlineData("shape: [N, 3], unit: m, meaning: other", "shape: [1, N, 3], unit: m, meaning: other", "its output 'y' is float32 [N, 3], expected float32 [1, N, 3]")]
    [InlineData("shape: [N, 3], unit: m, meaning: other", "shape: [N, K], unit: m, meaning: other", "its output 'y' is float32 [N, 3], expected float32 [N, K]")]
    [InlineData("name: y, type: float32", "name: y, type: float16", "its output 'y' is float32 [N, 3], expected float16 [N, 3]")]
    [InlineData("name: y", "name: z", "its outputs are y, expected z")]
    public void A_network_of_other_names_types_or_shapes_is_refused(string stands, string instead, string says)
    {
        _model.Manifest(text => text[..text.IndexOf("samples:", StringComparison.Ordinal)].Replace(stands, instead) + "samples: []");
        Refused(1, $"line.onnx is not the network that its manifest describes: {says}; ");
    }

    [Fact]
    public void A_missed_sample_is_refused_with_what_was_found_and_expected()
    {
        _model.Values("y.bin", 1, 3, 5, -5.001f, 1.5f, 201);
        Refused(1, "line.onnx misses its stored sample 1 on cpu: 'y' holds -5 where -5.001 is stored (tolerance 1E-06)");
        _model.Values("y.bin", 1, 3, 5, float.NaN, 1.5f, 201);
        Refused(1, "where NaN is stored");
        _model.Manifest(text => text.Replace("1.0e-6", "0.01"));
        _model.Values("y.bin", 1, 3, 5, -5.001f, 1.5f, 201);
        ModelFolder.Open(_model.Path).Load("line.onnx", Cpu).Dispose();
    }

    [Fact]
    public void A_sample_that_is_missing_or_of_another_size_is_refused()
    {
        _model.Values("x.bin", 1, 2, 3);
        Refused(1, "x.bin has 12 bytes, expected 24 for float32 [2, 3]");
        File.Delete(_model.In("x.bin"));
        Refused(1, "x.bin cannot be read");
    }

    [Fact]
    public void A_body_that_it_was_not_trained_for_is_refused()
    {
        var folder = ModelFolder.Open(_model.Path);
        Assert.Contains("was trained for the body aaaaaaaaaaaa..., and the body here is bbbbbbbbbbbb...",
            Assert.Throws<ClosedLoopException>(() => folder.RequireBody(new string('b', 64))).Message);
    }

    [Fact]
    public void A_network_that_the_model_does_not_have_is_refused()
    {
        var folder = ModelFolder.Open(_model.Path);
        Assert.False(folder.Has("heatmaps.onnx"));
        Assert.Contains("has no network 'heatmaps.onnx'; it has: line.onnx", Assert.Throws<ClosedLoopException>(() => folder.Load("heatmaps.onnx", Cpu)).Message);
    }

    [Theory]
    [InlineData("licence: MIT", "license: MIT", "there is no key 'license' (did you mean 'licence'?)")]
    [InlineData("licence: MIT\n", "", "the key 'licence' is missing")]
    [InlineData("type: float32", "type: float", "'type' must be float32, uint8, int64 or float16")]
    [InlineData("shape: [N, 3]", "shape: [N, 0]", "'shape' must hold sizes above 0")]
    [InlineData("shape: [2, 3]", "shape: [2, 4]", "'shape' must fit float32 [N, 3]")]
    [InlineData("{name: x, file: x.bin", "{name: y, file: x.bin", "'name' must be x")]
    [InlineData("file: x.bin", "file: ../x.bin", "'file' must be a file inside the model's folder")]
    [InlineData("file: line.onnx", "file: /line.onnx", "'file' must be a file inside the model's folder")]
    [InlineData("sha256: a", "sha256: A", "'body_sha256' must be 64 lower-case hexadecimal digits")]
    [InlineData("[Snout, EarL]", "[Snout, Snout]", "'keypoints' must name each keypoint once")]
    [InlineData("error_mm: 0.5", "error_mm: good", "'error_mm' must be a number")]
    public void A_manifest_with_a_mistake_is_refused_at_its_place(string stands, string instead, string says)
    {
        _model.Manifest(text => text.Contains(stands) ? text.Replace(stands, instead) : throw new ArgumentException(stands));
        var failure = Refused(2, says);
        Assert.Matches(@"manifest\.yaml, line \d+", failure.Message);
    }

    private ClosedLoopException Refused(int exitCode, string says, InferenceOptions? options = null)
    {
        var failure = Assert.Throws<ClosedLoopException>(() => ModelFolder.Open(_model.Path).Load("line.onnx", options ?? Cpu));
        Assert.Contains(says, failure.Message);
        Assert.Equal(exitCode, failure.ExitCode);
        Assert.DoesNotContain('\n', failure.Message);
        return failure;
    }
}
