using ClosedLoop.CommandLine;
using ClosedLoop.Inference;
using Xunit;

namespace ClosedLoop.Tests.Inference;

/// <summary>A DANNCE network that training/export_dannce.py has brought (models/make_dannce_tiny.py).</summary>
public sealed class DannceModelTests
{
    private static readonly string Path = System.IO.Path.Combine(
        Installation.Root!, "tests", "ClosedLoop.Tests", "Inference", "models", "dannce-tiny");

    /// <summary>Loading compares the graph with PyTorch's answer, which the folder keeps; here also at another size of image.</summary>
    [Fact]
    public void It_answers_as_PyTorch_did_and_takes_images_of_any_size()
    {
        var folder = ModelFolder.Open(Path, "keypoints-volumetric");
        Assert.Equal(["Snout", "EarL", "EarR", "SpineM", "TailBase"], folder.Manifest.Keypoints);
        Assert.Equal(1, folder.Manifest.Preprocessing!.Number("pixel_offset_px"));
        using var model = Load(folder);
        Assert.Equal([2, 50, 70, 3], model.Input("images").Shape.ToArray());
        Assert.Equal([5, 3], model.Output("positions").Shape.ToArray());

        // A view of weight 0 is as good as a black one, and another than a white one.
        Place(model);
        model.Input("weights").Values<float>()[0] = 1;
        model.Input("images").Values<byte>()[..(50 * 70 * 3)].Fill(200);
        var black = Positions(model);
        model.Input("images").Values<byte>()[(50 * 70 * 3)..].Fill(255);
        Assert.Equal(black, Positions(model));
        model.Input("weights").Values<float>()[1] = 1;
        Assert.NotEqual(black, Positions(model));
        Assert.All(model.Output("confidence").Values<float>().ToArray(), value => Assert.InRange(value, 0, 1));
        // Half the cube's side about the centre.
        Assert.All(Positions(model), value => Assert.InRange(value, -0.06f, 0.06f));
    }

    private static OnnxModel Load(ModelFolder folder) => folder.Load("volumetric.onnx",
        new InferenceOptions(InferenceDevice.Cpu) { Axes = new Dictionary<string, int> { ["height"] = 50, ["width"] = 70 } });

    /// <summary>Both cameras half a metre before the centre, looking at it.</summary>
    private static void Place(OnnxModel model)
    {
        for (var view = 0; view < 2; view++)
        {
            new[] { 200f, 200, 34.5f, 24.5f }.CopyTo(model.Input("intrinsics").Values<float>()[(4 * view)..]);
            new[] { 1f, 0, 0, 0, 1, 0, 0, 0, 1 }.CopyTo(model.Input("rotation").Values<float>()[(9 * view)..]);
            new[] { 0, 0, 0.5f }.CopyTo(model.Input("translation").Values<float>()[(3 * view)..]);
        }
    }

    private static float[] Positions(OnnxModel model)
    {
        model.Run();
        return model.Output("positions").Values<float>().ToArray();
    }
}
