using System.Runtime.InteropServices;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Inference;
using ClosedLoop.Physics;
using ClosedLoop.Tests.Physics.Imitation;

namespace ClosedLoop.Tests.Physics.Policies;

/// <summary>The shipped policies: what PyTorch computed, repeatable noise, and refusals.</summary>
public sealed class PolicyControllerTests : IDisposable
{
    private readonly BodyModel _body = ShortMotion.Body();

    public void Dispose() => _body.Dispose();

    [Theory]
    [InlineData("lstm")]
    [InlineData("mlp")]
    public void A_run_of_many_steps_is_what_the_trainer_computed(string name)
    {
        var folder = Folder(name);
        using var network = folder.Load("policy.onnx", new(InferenceDevice.Cpu) { Axes = new Dictionary<string, int> { ["batch"] = 1 } });
        float[] Stored(string part) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder.Path, "samples", $"rollout-{part}.bin"))).ToArray();
        var (observed, noise, actions) = (Stored("observation"), Stored("noise"), Stored("action"));
        var (width, latent, commands) = (network.Input("observation").Count, network.Input("noise").Count, network.Output("action").Count);
        var steps = observed.Length / width;
        Assert.Equal(40, steps);
        Assert.Equal(name == "lstm", network.Inputs.Count == 4);
        for (var step = 0; step < steps; step++)
        {
            observed.AsSpan(step * width, width).CopyTo(network.Input("observation").Values<float>());
            noise.AsSpan(step * latent, latent).CopyTo(network.Input("noise").Values<float>());
            network.Run();
            for (var i = 0; i < commands; i++)
                Assert.Equal(actions[(step * commands) + i], network.Output("action").Values<float>()[i], 1e-3f);
            foreach (var state in network.Inputs.Skip(2))
                network.Output($"next_{state.Name}").Bytes.CopyTo(state.Bytes);
        }
        Assert.Contains(actions, value => Math.Abs(value) > 0.05);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("mlp")]
    public void The_same_seed_gives_the_same_run_and_allocates_nothing(string name)
    {
        var first = Run(name, new() { Seed = 7, Resamples = 50 }, out var allocated);
        Assert.Equal(first, Run(name, new() { Seed = 7, Resamples = 50 }, out var again));
        // NB: the runtime allocates a little on this thread where it compiles a method anew, but not twice.
        Assert.Equal(0, Math.Min(allocated, again));
        Assert.NotEqual(first, Run(name, new() { Seed = 8, Resamples = 50 }, out _));
    }

    [Fact]
    public void The_noise_of_an_episode_follows_from_its_number_whatever_ran_before()
    {
        float[] Errors(PolicyController controller, int number)
        {
            using var runner = new EpisodeRunner(_body, controller, new());
            return runner.Run(new PoseSequence(ShortMotion.Poses(_body)), 0, 20, number).TotalErrorMm;
        }
        using PolicyController used = new(_body, Folder("lstm"), 0.02), fresh = new(_body, Folder("lstm"), 0.02);
        var first = Errors(used, 1);
        Assert.NotEqual(first, Errors(used, 2));
        Assert.Equal(first, Errors(used, 1));
        Assert.Equal(Errors(used, 2), Errors(fresh, 2));
    }

    [Fact]
    public void Every_layer_is_reported_and_the_spread_of_the_action()
    {
        using var controller = new PolicyController(_body, Folder("lstm"), 0.02, new() { Resamples = 50 });
        var layers = controller.Activations.Layers.Select(layer => layer.Name).ToArray();
        Assert.Equal(["reference", "latent_mean", "latent_sd", "latent", "encoder_0", "encoder_1", "decoder_0", "hidden", "cell", "action_sd"], layers);
        var activity = Activity(controller, out _);
        Assert.Equal(controller.Activations.TotalSize, activity.Length);
        var reference = controller.Activations.Layers[0].Size;
        Assert.Equal(new ImitationObservation(_body, 5).Layout.ReferenceSize, reference);
        Assert.Contains(activity[..reference], value => MathF.Abs(value) > 1e-3f);
        var sd = activity.AsSpan(reference + 60, 60).ToArray();
        Assert.All(sd, value => Assert.InRange(value, 0.01f, 1f));
        Assert.All(activity[^38..], value => Assert.InRange(value, 0, 1));
        Assert.Contains(activity[^38..], value => value > 1e-4f);
        using var mlp = new PolicyController(_body, Folder("mlp"), 0.02);
        Assert.Contains("decoder_1", mlp.Activations.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void Changed_noise_has_the_same_total_variance_in_other_places()
    {
        var mean = Latent(LatentNoise.None);
        var (standard, inverted, uniform) = (Latent(LatentNoise.Standard), Latent(LatentNoise.Inverted), Latent(LatentNoise.Uniform));
        var sd = standard.Sd;
        Assert.Equal(mean.Mean, mean.Latent);
        // The same draws lie behind all of them.
        var draws = Enumerable.Range(0, 60).Select(i => (standard.Latent[i] - standard.Mean[i]) / sd[i]).ToArray();
        var sorted = sd.Order().ToArray();
        for (var i = 0; i < 60; i++)
        {
            var rank = Array.IndexOf(sorted, sd[i]);
            Assert.Equal(sorted[59 - rank], (inverted.Latent[i] - inverted.Mean[i]) / draws[i], 2e-3);
            Assert.Equal(Math.Sqrt(sd.Sum(value => value * value) / 60), (uniform.Latent[i] - uniform.Mean[i]) / draws[i], 2e-3);
        }
        using var strong = new PolicyController(_body, Folder("mlp"), 0.02, new() { Seed = 5, NoiseGain = 4 });
        var four = AfterReference(strong, Activity(strong, out _));
        for (var i = 0; i < 60; i++)
            Assert.Equal(4 * (standard.Latent[i] - standard.Mean[i]), four[120 + i] - four[i], 1e-3f);
    }

    [Fact]
    public void What_a_policy_cannot_drive_is_refused_by_name()
    {
        using var torque = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes, Actuation = RodentActuation.Torque }).Compile(KeypointLayout.Rat23);
        Assert.Contains("was trained for the body", Refusal(() => new PolicyController(torque, Folder("lstm"), 0.02)), StringComparison.Ordinal);
        Assert.Contains("50", Refusal(() => new PolicyController(_body, Folder("lstm"), 0.01)), StringComparison.Ordinal);
        Assert.Contains("policy", Refusal(() => new PolicyController(_body, ModelFolder.Open(Path.Combine(Installation.Root!, "models", "keypoints-fast")), 0.02)), StringComparison.Ordinal);
        Refusal(() => new PolicyController(_body, Folder("lstm"), 0.02, new() { NoiseGain = double.NaN }));
    }

    [Fact]
    public void A_coat_does_not_make_another_body()
    {
        Assert.Equal(
            RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }).PhysicsSha256(), RodentBody.Describe(new() { Appearance = RodentAppearance.Skin }).PhysicsSha256());
        Assert.NotEqual(RodentBody.Describe().PhysicsSha256(), RodentBody.Describe(new() { FootModifications = false }).PhysicsSha256());
    }

    private static string Refusal(Func<object> make) => Assert.Throws<ClosedLoopException>(make).Message;

    private static ModelFolder Folder(string name) => ModelFolder.Open(Path.Combine(Installation.Root!, "models", $"policy-{name}"));

    private (float[] Mean, float[] Sd, float[] Latent) Latent(LatentNoise noise)
    {
        using var controller = new PolicyController(_body, Folder("mlp"), 0.02, new() { Seed = 5, Noise = noise });
        var layers = AfterReference(controller, Activity(controller, out _));
        return (layers[..60], layers[60..120], layers[120..180]);
    }

    private static float[] AfterReference(PolicyController controller, float[] activity) => activity[controller.Activations.Layers[0].Size..];

    /// <summary>The layers at the first step of a walk.</summary>
    private float[] Activity(PolicyController controller, out double[] action)
    {
        using var task = new ImitationTask(_body, controller.FutureFrames, new());
        foreach (var pose in ShortMotion.Poses(_body).Take(controller.FutureFrames + 1))
            task.Window.Push(pose);
        task.Place(task.Window.Present);
        var activations = new float[controller.Activations.TotalSize];
        action = new double[_body.Model.Nu];
        controller.Act(task.Window, task.Data, action, activations);
        return activations;
    }

    private double[] Run(string name, PolicyOptions options, out long allocated)
    {
        using var controller = new PolicyController(_body, Folder(name), 0.02, options);
        using var rodent = new VirtualRodent(_body, controller, new());
        var poses = ShortMotion.Poses(_body);
        var run = new List<double>();
        allocated = 0;
        foreach (var pose in poses)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var step = rodent.Process(pose);
            if (run.Count > 20)
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            run.AddRange(step.Qpos);
            run.AddRange(step.Action);
        }
        return [.. run];
    }
}
