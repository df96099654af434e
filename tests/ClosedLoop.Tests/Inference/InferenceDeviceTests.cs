using ClosedLoop.Core;
using ClosedLoop.Inference;
using Xunit;

namespace ClosedLoop.Tests.Inference;

/// <summary>Which device a network runs on, and that it is said.</summary>
public sealed class InferenceDeviceTests
{
    // What the card does here is found out by running a network on it, independently of what the options then say.
    private static readonly string? CudaFails = ProviderProbe.Try(InferenceDevice.Cuda);

    [Fact]
    public void Words_name_devices()
    {
        foreach (var word in InferenceDeviceNames.All)
            Assert.Equal(word, InferenceDeviceNames.Parse(word).Word());
        var failure = Assert.Throws<ClosedLoopException>(() => InferenceDeviceNames.Parse("cudda"));
        Assert.Equal((2, "there is no device 'cudda' (did you mean 'cuda'?); networks run on auto, cpu, cuda or tensorrt"), (failure.ExitCode, failure.Message));
    }

    [Fact]
    public void The_processor_computes_rightly()
    {
        Assert.Null(ProviderProbe.Try(InferenceDevice.Cpu));
    }

    [Fact]
    public void Auto_takes_what_there_is_and_says_which_and_why()
    {
        using var model = new OnnxModel(TestModels.Find("line"), new InferenceOptions());
        if (CudaFails is null)
        {
            Assert.Equal((InferenceDevice.Cuda, "cuda"), (model.Device.Running, model.Device.ToString()));
            return;
        }
        Assert.Equal(InferenceDevice.Cpu, model.Device.Running);
        Assert.Matches(@"^cpu \(auto: .{10,}\)$", model.Device.ToString());
    }

    [SkippableTheory]
    [InlineData(InferenceDevice.Cuda)]
    [InlineData(InferenceDevice.TensorRt)]
    public void A_card_that_is_not_there_is_refused_and_never_replaced_silently(InferenceDevice device)
    {
        Skip.If(ProviderProbe.Try(device) is null, "this machine has the card");
        var failure = Assert.Throws<ClosedLoopException>(() => new OnnxModel(TestModels.Find("line"), new InferenceOptions(device)));
        Assert.Equal(1, failure.ExitCode);
        Assert.Contains($"line.onnx was to run on '{device.Word()}', and that cannot be had: ", failure.Message);
        Assert.Contains("'--device cpu'", failure.Message);

        // Asked for, the processor stands in, and says so.
        using var model = new OnnxModel(TestModels.Find("line"), new InferenceOptions(device) { CpuFallback = true });
        Assert.Equal(InferenceDevice.Cpu, model.Device.Running);
        Assert.StartsWith($"cpu ({device.Word()}: ", model.Device.ToString());
    }

    [Fact]
    public void A_broken_network_is_not_taken_for_a_card_that_is_not_there()
    {
        var failure = Assert.Throws<ClosedLoopException>(() => new OnnxModel("broken", [1, 2, 3], new InferenceOptions(InferenceDevice.Cuda)));
        Assert.StartsWith("broken is not a network", failure.Message);
    }
}
