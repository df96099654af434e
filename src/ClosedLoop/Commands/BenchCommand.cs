using System.CommandLine;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using ClosedLoop.Diagnostics;
using ClosedLoop.Imitation;
using ClosedLoop.Inference;
using ClosedLoop.Physics;
using ClosedLoop.Sessions;
using ClosedLoop.Sorting;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop bench</c>: what the path from a keypoint set to the action it leads to takes on this machine, and what tetrodes beside it do.</summary>
public static class BenchCommand
{
    private const int Seed = 1;
    private const double PeriodMs = 20;

    // Most that fifty resamples of the latent may add to a control step, milliseconds.
    private const double ResamplingMs = 3;

    // How long sorting is measured at real-time pace.
    private const double PacedS = 60;

    /// <summary>The verb. Exit code 1 where a budget is missed.</summary>
    public static Command Create()
    {
        var frames = new Option<int>("--frames") { Description = "Control steps to measure.", HelpName = "N", DefaultValueFactory = _ => 10_000 };
        var budget = new Option<double>("--budget-ms")
        {
            Description = "What 99.9 % of keypoint sets must become an action within; one control period where nothing is said.",
            HelpName = "MS",
            DefaultValueFactory = _ => 20,
        };
        var model = new Option<string>("--model") { Description = "The keypoint networks to measure: fast, volumetric, or a model folder; none leaves them out.", HelpName = "fast|volumetric|FOLDER|none", DefaultValueFactory = _ => "fast" };
        var device = new Option<string>("--device") { Description = "What computes the networks: auto, cpu, cuda or tensorrt.", HelpName = "DEVICE", DefaultValueFactory = _ => "auto" };
        var threads = new Option<int>("--threads") { Description = "Threads that the views are divided over.", HelpName = "N", DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount, 1, 8) };
        var sets = new Option<int>("--sets") { Description = "Frame sets to measure the networks on.", HelpName = "N", DefaultValueFactory = _ => 2000 };
        var policy = new Option<string>("--policy") { Description = "The policy to measure beside the physics: lstm, mlp, or a model folder; none leaves it out.", HelpName = "lstm|mlp|FOLDER|none", DefaultValueFactory = _ => "lstm" };
        var tetrodes = new Option<int>("--tetrodes") { Description = "Simulated tetrodes to measure sorting on; 0 leaves it out.", HelpName = "N", DefaultValueFactory = _ => 32 };
        var minutes = new Option<double>("--tetrode-minutes") { Description = "Minutes of them that are sorted as fast as possible, learning included.", HelpName = "M", DefaultValueFactory = _ => 30 };
        var scipy = new Option<bool>("--scipy") { Description = "Also compare filter and spike detector with SciPy's, on one core each, in turns." };
        var comparison = new Option<bool>("--comparison") { Description = "Also measure the comparison of activity with features: online, and beside NumPy and scikit-learn on one core each where Python has them." };
        var json = JsonReport.CreateOption();
        var body = new BodyOptions("Also compare how fast our own rat steps with the body in this MJCF file; needs --attachment.");
        var command = new Command("bench", "Measure the path from keypoints to action and the sorting of tetrodes: percentiles, and what they are made of.") { frames, budget, model, device, threads, sets, policy, tetrodes, minutes, scipy, comparison };
        body.AddTo(command);
        command.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            var count = parsed.GetValue(frames);
            if (count < 1000)
                throw ClosedLoopException.Usage($"--frames {count} is too few for a 99.9th percentile; give 1000 or more");
            if (parsed.GetValue(sets) < 100)
                throw ClosedLoopException.Usage($"--sets {parsed.GetValue(sets)} is too few for a 99th percentile; give 100 or more");
            var networks = parsed.GetRequiredValue(model);
            var driver = parsed.GetRequiredValue(policy);
            if (driver != "none" && !ControllerFactory.IsPolicy(driver))
                throw ClosedLoopException.Usage($"--policy {driver} is no policy; give lstm, mlp, a model folder, or none");
            var (ears, earMinutes) = (parsed.GetValue(tetrodes), parsed.GetValue(minutes));
            if (ears is < 0 or > 1024 || !(earMinutes is >= SortingBench.LeastMinutes and <= 1440))
                throw ClosedLoopException.Usage($"--tetrodes {ears} for --tetrode-minutes {earMinutes} cannot be measured; give 0 (left out) to 1024 tetrodes, and {SortingBench.LeastMinutes:F0} to 1440 minutes, for their units are learnt first");
            if (parsed.GetValue(scipy))
                ScipyComparison.RequirePython();
            var vision = new VisionOptions { Model = networks, Device = InferenceDeviceNames.Parse(parsed.GetRequiredValue(device)), Threads = parsed.GetValue(threads) };
            var other = body.IsGiven(parsed) ? body.Resolve(parsed) : null;
            var result = Measure(count, cancellation) with
            {
                Stepping = other is null ? null : CompareStepping(other),
                Vision = networks == "none" ? null : VisionBench.Measure(DemoDataset.Shipped, vision, parsed.GetValue(sets), cancellation),
                Policy = driver == "none" ? null : PolicyBench.Measure(driver, 2000, 50, cancellation),
                Sorting = ears == 0 ? null : Sort(ears, earMinutes, cancellation),
                Scipy = parsed.GetValue(scipy) ? ScipyComparison.Measure(ears == 0 ? 32 : ears, ScipyComparison.UsualSeconds, cancellation) : null,
                Comparison = parsed.GetValue(comparison) ? Compare(cancellation) : null,
            };
            Print(result, parsed.GetValue(budget));
            JsonReport.Write(parsed.GetValue(json), result);
            return Task.FromResult(IsWithin(result, parsed.GetValue(budget)) ? 0 : 1);
        });
        return command;
    }

    private static BenchResult Measure(int frames, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        var fit = SimulatedLaboratory.Measure(Seed, body: null, line, cancellation);
        var clock = new SessionClock();
        using var source = SimulatedLaboratory.Watch(Seed, clock: null, frames / 50.0);
        using var setup = new SessionSetup(SimulatedLaboratory.Body, fit.Animal, source.Layout, new() { RateHz = source.RateHz });
        // The animal is simulated beforehand, so that only the path itself runs while it is measured.
        using var input = new SourceInput(new KeypointMemory(source), clock);
        using var session = new Session(setup, input, clock);
        var result = session.Run(recorder: null, onPose: null, onStep: null, progress => line.Report(SessionSummary.Line(progress)), cancellation);
        var path = result.LatencyMs["keypoint_to_action"];
        string[] kernels = ["registration", "controller", "physics"];
        var sum = kernels.Sum(kernel => result.LatencyMs[kernel].P50);
        return new(
            ProgramVersion.Full, MujocoModel.LibraryVersion, MachineFacts.Read(), result.Frames,
            kernels.ToDictionary(kernel => kernel, kernel => result.LatencyMs[kernel]), path, sum, path.P99 / sum,
            path.P99 / kernels.Sum(kernel => result.LatencyMs[kernel].P99), result.AllocatedBytesPerFrame, Stepping: null, Vision: null, Policy: null, Sorting: null, Scipy: null, Comparison: null);
    }

    private static SortingBenchResult Sort(int tetrodes, double minutes, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        return SortingBench.Measure(tetrodes, minutes, PacedS, line, cancellation);
    }

    private static ComparisonBenchResult Compare(CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        return ComparisonBench.Measure(line, cancellation);
    }

    /// <summary>Every set becomes an action in time; of the networks that are made for this, every hundredth set may take longer than a period.</summary>
    private static bool IsWithin(BenchResult result, double budgetMs) =>
        result.KeypointToActionMs.P999 <= budgetMs && result.AllocatedBytesPerFrame == 0
        && (result.Sorting is not { } sorting || sorting.IsWithin) && (result.Scipy is not { } scipy || scipy.IsWithin) && (result.Comparison is not { } comparison || comparison.IsWithin)
        && (result.Policy is not { } policy || (policy.AllocatedBytesPerStep == 0 && policy.ResamplingMs <= ResamplingMs))
        && (result.Vision is not { } vision || vision.Model != "fast" || (vision.LatencyMs["set"].P99 < PeriodMs && vision.SetsPerS >= 1000 / PeriodMs));

    /// <summary>Both bodies at their own size, on one core in turns, at rest and under random set-points.</summary>
    private static List<SteppingResult> CompareStepping(BodyDescription other)
    {
        using var theirs = other.Compile(KeypointLayout.Rat23);
        using var ours = RodentBody.Describe().Compile(KeypointLayout.Rat23);
        return [.. new[] { 0, 0.3, 1 }.Select(amplitude =>
        {
            var speed = SteppingSpeed.Compare(theirs.Model, ours.Model, amplitude);
            return new SteppingResult(other.Name, amplitude, speed.ReferenceMicroseconds, speed.CandidateMicroseconds, speed.Ratio);
        })];
    }

    private static void Print(BenchResult result, double budgetMs)
    {
        var output = Console.Out;
        output.WriteLine($"closedloop {result.Version}, MuJoCo {result.Mujoco}, {result.Machine.Processor}, {result.Machine.Cores} cores, cpu only");
        output.WriteLine($"{result.Frames} control steps, as fast as possible");
        foreach (var (stage, latency) in result.KernelsMs.Append(new("keypoint_to_action", result.KeypointToActionMs)))
            output.WriteLine($"  {stage,-20} p50 {latency.P50,7:F3}   p99 {latency.P99,7:F3}   p99.9 {latency.P999,7:F3}   max {latency.Max,7:F3} ms");
        output.WriteLine($"  p99 of the whole path is {result.P99ToKernels:F2} times the median of its kernels together ({result.KernelSumMs:F3} ms; the aim is 1.5 at most), {result.P99ToKernelsP99:F2} times their own p99 together");
        output.WriteLine($"  {result.AllocatedBytesPerFrame:F1} bytes allocated per frame");
        foreach (var stepping in result.Stepping ?? [])
            output.WriteLine($"  physics, set-points of +-{stepping.SetPointAmplitude}: {stepping.OursMicroseconds:F1} us a step, {stepping.Other} {stepping.OtherMicroseconds:F1} us: {stepping.Ratio:F2} times as fast");
        if (result.Policy is { } policy)
        {
            output.WriteLine($"{policy.Steps} control steps of the policy {policy.Policy} on one thread; {policy.AllocatedBytesPerStep:F1} bytes allocated per step");
            foreach (var (stage, latency) in new[] { ("observation, network", policy.ControlMs), ($"with {policy.Resamples} resamples", policy.ResampledControlMs), ("bare physics", policy.BarePhysicsMs), ("whole step", policy.StepMs) })
                output.WriteLine($"  {stage,-20} p50 {latency.P50,7:F3}   p99 {latency.P99,7:F3}   p99.9 {latency.P999,7:F3}   max {latency.Max,7:F3} ms");
            output.WriteLine($"  the whole step takes {policy.P50ToBare:F2} times the bare physics (p99: {policy.P99ToBare:F2}); {policy.Resamples} resamples add {policy.ResamplingMs:F2} ms (the aim is {ResamplingMs} at most)");
        }
        if (result.Vision is { } vision)
        {
            output.WriteLine($"{vision.Sets} sets of {vision.Views} views, keypoints by {vision.Model} on {vision.Device}, {vision.Threads} threads: {vision.SetsPerS:F1} sets a second, {vision.AllocatedBytesPerSet:F1} bytes allocated per set");
            foreach (var (stage, latency) in vision.LatencyMs)
                output.WriteLine($"  {stage,-22} p50 {latency.P50,7:F3}   p99 {latency.P99,7:F3}   p99.9 {latency.P999,7:F3}   max {latency.Max,7:F3} ms");
        }
        foreach (var line in (result.Sorting?.Lines() ?? []).Concat(result.Scipy?.Lines() ?? []).Concat(result.Comparison?.Lines() ?? []))
            output.WriteLine(line);
        output.WriteLine($"{(IsWithin(result, budgetMs) ? "within budget" : "budget missed")}: keypoints to action p99.9 of at most {budgetMs:F1} ms, nothing allocated{(result.Vision is { Model: "fast" } ? $", images to keypoints p99 below {PeriodMs:F0} ms" : "")}{(result.Sorting is null ? "" : $", sorting {SortingBenchResult.LeastRealtimeFactor:F0} times real time, sample to spike p99 of at most {SortingBenchResult.MostLatencyMs:F0} ms, flat memory")}{(result.Scipy is null ? "" : $", {ScipyComparisonResult.LeastRatio:F0} times SciPy")}{(result.Comparison is null ? "" : $", encoding models online within {OnlineLoadResult.MostCoreShare:P0} of a core")}{(result.Comparison?.Numpy is null ? "" : $", regressions {NumpyComparisonResult.LeastGlmRatio:F0} times scikit-learn, similarities {NumpyComparisonResult.LeastSimilarityRatio:F0} times NumPy")}");
    }
}
