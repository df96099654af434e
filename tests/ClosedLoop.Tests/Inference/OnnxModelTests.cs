using ClosedLoop.Core;
using ClosedLoop.Inference;
using Xunit;

namespace ClosedLoop.Tests.Inference;

/// <summary>Networks in ONNX Runtime: their numbers, memory, sizes, and what happens where they cannot run.</summary>
public sealed class OnnxModelTests
{
    private static readonly InferenceOptions Cpu = new(InferenceDevice.Cpu);

    [Fact]
    public void A_batch_of_any_size_is_computed_in_place()
    {
        using var model = new OnnxModel(TestModels.Find("line"), Cpu with { Axes = new Dictionary<string, int> { ["N"] = 4 } });
        Assert.Equal([4, 3], model.Input("x").Shape.ToArray());
        var x = model.Input("x").Values<float>();
        var y = model.Output("y").Values<float>();
        for (var i = 0; i < x.Length; i++)
            x[i] = i - 5;
        model.Run();
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (2f * (i - 5)) + 1), y.ToArray());
        Assert.Equal("float32 [N, 3]", model.Specification.Inputs[0].Layout);
    }

    [Fact]
    public void An_axis_without_a_size_is_1()
    {
        using var model = new OnnxModel(TestModels.Find("line"), Cpu);
        Assert.Equal([1, 3], model.Output("y").Shape.ToArray());
    }

    [Fact]
    public void Pixels_are_sampled_between_their_centres()
    {
        using var model = new OnnxModel(TestModels.Find("gridsample"), Cpu);
        var image = model.Input("image").Values<byte>(); // 4 rows of 6 pixels, RGB
        for (var row = 0; row < 4; row++)
        {
            for (var column = 0; column < 6; column++)
            {
                var pixel = image.Slice(3 * ((row * 6) + column), 3);
                (pixel[0], pixel[1], pixel[2]) = ((byte)(10 * column), (byte)(20 * row), 7);
            }
        }
        // Places from -1 to 1 between the outermost pixels' centres: column 2.5 and row 1.5; a corner; half outside.
        float[] grid = [0, 0, -1, -1, 1, 1, 1.2f, 0];
        grid.CopyTo(model.Input("grid").Values<float>());
        model.Run();
        var samples = model.Output("samples").Values<float>();
        float[] red = [25, 0, 50, 25], green = [30, 0, 60, 15], blue = [7, 7, 7, 3.5f];
        float[] expected = [.. red, .. green, .. blue];
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], samples[i], 1e-4f);
    }

    [Fact]
    public void Every_type_passes_through_unchanged()
    {
        using var model = new OnnxModel(TestModels.Find("types"), Cpu);
        byte[] bytes = [0, 1, 254, 255];
        long[] counts = [long.MinValue, -1, 0, long.MaxValue];
        Half[] halves = [(Half)0.1, Half.MaxValue, -Half.Epsilon, Half.NegativeInfinity];
        float[] reals = [0.1f, float.MaxValue, -float.Epsilon, float.PositiveInfinity];
        bytes.CopyTo(model.Input("bytes").Values<byte>());
        counts.CopyTo(model.Input("counts").Values<long>());
        halves.CopyTo(model.Input("halves").Values<Half>());
        reals.CopyTo(model.Input("reals").Values<float>());
        model.Run();
        Assert.Equal(bytes, model.Output("bytes_out").Values<byte>().ToArray());
        Assert.Equal(counts, model.Output("counts_out").Values<long>().ToArray());
        Assert.Equal(halves, model.Output("halves_out").Values<Half>().ToArray());
        Assert.Equal(reals, model.Output("reals_out").Values<float>().ToArray());
        Assert.Throws<InvalidOperationException>(() => model.Input("bytes").Values<float>()[0]);
    }

    [Theory]
    [InlineData("conv", 1)]
    [InlineData("conv", 2)]
    [InlineData("gridsample", 1)]
    public void A_run_allocates_nothing(string name, int threads)
    {
        using var model = new OnnxModel(TestModels.Find(name), Cpu with { Threads = threads });
        for (var i = 0; i < 20; i++)
            model.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            model.Inputs[0].Bytes[i % 64] = (byte)i;
            model.Run();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_same_input_gives_the_same_bits(int threads)
    {
        var options = Cpu with { Threads = threads, Axes = new Dictionary<string, int> { ["V"] = 6 } };
        using var one = new OnnxModel(TestModels.Find("conv"), options);
        using var other = new OnnxModel(TestModels.Find("conv"), options);
        var random = new Random(5);
        var images = Enumerable.Range(0, one.Inputs[0].Count).Select(_ => random.NextSingle()).ToArray();
        byte[]? first = null;
        foreach (var model in new[] { one, other, one })
        {
            images.CopyTo(model.Input("images").Values<float>());
            model.Run();
            first ??= model.Output("probability").Bytes.ToArray();
            Assert.Equal(first, model.Output("probability").Bytes.ToArray());
            model.Input("images").Bytes.Clear();
            model.Run();
            Assert.NotEqual(first, model.Output("probability").Bytes.ToArray());
        }
        var sum = one.Output("probability").Values<float>()[..1024].ToArray().Sum(p => (double)p);
        Assert.Equal(1, sum, 1e-5);
    }

    [Fact]
    public void What_has_no_root_is_not_a_number()
    {
        using var model = new OnnxModel(TestModels.Find("root"), Cpu);
        float[] x = [4, -1, 0, 9];
        x.CopyTo(model.Input("x").Values<float>());
        model.Run();
        Assert.Equal([2, float.NaN, 0, 3], model.Output("y").Values<float>().ToArray());
    }

    [Fact]
    public void A_network_whose_output_changes_its_size_is_told_in_one_sentence()
    {
        using var model = new OnnxModel(TestModels.Find("nonzero"), Cpu);
        model.Input("x").Values<float>().Fill(1);
        var failure = Assert.Throws<ClosedLoopException>(model.Run);
        Assert.Contains("nonzero.onnx failed: ", failure.Message);
        Assert.Contains("'places'", failure.Message);
    }

    [Fact]
    public void An_axis_that_is_not_there_is_refused_and_the_nearest_named()
    {
        var failure = Refused(TestModels.Find("conv"), Cpu with { Axes = new Dictionary<string, int> { ["v"] = 6 } });
        Assert.Contains("has no variable axis 'v' (did you mean 'V'?)", failure.Message);
        failure = Refused(TestModels.Find("conv"), Cpu with { Axes = new Dictionary<string, int> { ["V"] = 0 } });
        Assert.Contains("'V' was given the size 0", failure.Message);
    }

    [Fact]
    public void An_input_that_is_not_there_is_refused_and_the_nearest_named()
    {
        using var model = new OnnxModel(TestModels.Find("conv"), Cpu);
        var failure = Assert.Throws<ClosedLoopException>(() => model.Input("image"));
        Assert.Contains("has no input 'image' (did you mean 'images'?); it has: images", failure.Message);
    }

    [Fact]
    public void A_network_of_another_element_type_is_refused()
    {
        Assert.Contains("'x' holds elements of type Double", Refused(TestModels.Find("double"), Cpu).Message);
    }

    [Fact]
    public void A_file_that_is_missing_cut_off_or_no_network_is_told_in_one_sentence()
    {
        using var folder = new TemporaryModel();
        var file = Path.Combine(folder.Path, "cut.onnx");
        Assert.Contains("cannot be read", Refused(file, Cpu).Message);

        var whole = File.ReadAllBytes(TestModels.Find("conv"));
        foreach (var bytes in new[] { whole[..(whole.Length / 2)], [], "not a network"u8.ToArray() })
        {
            File.WriteAllBytes(file, bytes);
            var failure = Refused(file, Cpu);
            Assert.Equal(1, failure.ExitCode);
            Assert.StartsWith($"{file} is not a network that ONNX Runtime {OnnxRuntimeLibrary.Version} can read (", failure.Message);
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    [Fact]
    public void A_model_that_was_given_back_cannot_be_run()
    {
        var model = new OnnxModel(TestModels.Find("root"), Cpu);
        var input = model.Inputs[0];
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(model.Run);
        Assert.Throws<ObjectDisposedException>(() => input.Values<float>()[0]);
    }

    private static ClosedLoopException Refused(string file, InferenceOptions options) =>
        Assert.Throws<ClosedLoopException>(() => new OnnxModel(file, options).Dispose());
}
