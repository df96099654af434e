using ClosedLoop.Core;

namespace ClosedLoop.Inference;

/// <summary>Finds out what a device really does here: a session of a tiny network is made on it, run, and its numbers checked.</summary>
public static class ProviderProbe
{
    /// <summary>Tries a device.</summary>
    /// <param name="device">Not <see cref="InferenceDevice.Auto"/>.</param>
    /// <returns>Null where it works, else why not.</returns>
    public static string? Try(InferenceDevice device)
    {
        try
        {
            using var model = new OnnxModel("the probe", Network(), new InferenceOptions(device));
            float[] x = [0, -1.5f, 4];
            x.CopyTo(model.Input("x").Values<float>());
            model.Run();
            var y = model.Output("y").Values<float>();
            return y.SequenceEqual([1, -2, 9]) ? null : $"it computes wrongly: 2 x + 1 of 0, -1.5 and 4 became {y[0]}, {y[1]} and {y[2]}";
        }
        catch (ClosedLoopException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>y = 2 x + 1 as a convolution, so that cuDNN has to work too; made by tests/ClosedLoop.Tests/Inference/models/make_models.py.</summary>
    private static byte[] Network()
    {
        using var stream = typeof(ProviderProbe).Assembly.GetManifestResourceStream("probe.onnx")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
