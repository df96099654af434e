using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Fits an animal: its size, where its keypoints sit on the body, and how high its floor lies. This is the offline part
/// of STAC (Wu et al. 2013; stac-mjx), with the size fitted instead of assumed and the last, slow part of the
/// alternation replaced by a joint refinement.
/// </summary>
public static class AnimalFitter
{
    private const int FewestKeypoints = 8;
    private const int RefinementSteps = 25;

    /// <summary>
    /// Fits an animal to keypoint sets in the order of time. Offsets are fitted on at most
    /// <see cref="AnimalFitOptions.Samples"/> of them; the errors over all others are reported beside.
    /// </summary>
    /// <exception cref="ClosedLoopException">The frames do not suffice, or their keypoints are not those of the body.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public static AnimalFit Fit(
        BodyDescription body, KeypointLayout layout, IReadOnlyList<Keypoints> frames, AnimalFitOptions options,
        IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        options.Check();
        var notes = new List<string>();
        var (targets, weights) = Read(frames, layout, options);
        var usable = Enumerable.Range(0, frames.Count).Where(t => Present(weights[t]) >= Math.Max(FewestKeypoints, layout.Count * 3 / 4)).ToArray();
        if (usable.Length < 5)
            throw ClosedLoopException.Failed(
                $"{options.SourceFile ?? "the keypoints"} cannot be fitted: of {frames.Count} frames only {usable.Length} show three quarters of the keypoints, and 5 are the least");
        var samples = Spread(usable, options.Samples, options.Seed);

        using var unit = body.Compile(layout);
        // NB: no pull toward the pose before in a fit, or its result would depend on how often poses were solved.
        var solver = new PoseSolver(new KinematicTree(unit), options.Solver with { StartPriorMPerRad = 0, MaximumIterations = 100, Tolerance = 1e-6 });
        double[][] sampleTargets = [.. samples.Select(t => targets[t])];
        double[][] sampleWeights = [.. samples.Select(t => weights[t])];
        var (scale, pairs) = options.Scale is { } known ? (known, -1) : SizeEstimate.Estimate(solver, sampleTargets, sampleWeights, options.Seed);
        progress?.Report(pairs < 0
            ? $"size {scale:F3}, as given"
            : $"size {scale:F3} to begin with, from {pairs} rigid distances");
        var stands = Stances.Of(solver.Tree.Paws, targets, weights, options.FramePeriodS);
        var fit = new OffsetFit(solver, scale, options.Scale is not null, sampleTargets, sampleWeights, [.. samples.Select(t => stands[t])]);
        var start = new TrunkStart(solver);
        fit.StartPoses(start, goodM: 0, cancellation);
        for (var round = 1; round <= options.Rounds; round++)
        {
            fit.SolvePoses(cancellation);
            fit.SolveOffsets();
            progress?.Report($"round {round} of {options.Rounds}: mean marker error {fit.MeanErrorM * 1e3:F2} mm, size {solver.Tree.Scale:F3}");
        }
        fit.FindFloor(options.FloorHeightM);
        // Once the offsets are about right, frames that began in a wrong pose find the right one.
        fit.StartPoses(start, 1.5 * fit.MeanErrorM, cancellation);
        var steps = fit.RefineTogether(RefinementSteps, cancellation);
        fit.StartPoses(start, 1.5 * fit.MeanErrorM, cancellation);
        steps += fit.RefineTogether(RefinementSteps, cancellation);
        progress?.Report($"refined together in {steps} steps: mean marker error {fit.MeanErrorM * 1e3:F2} mm, size {solver.Tree.Scale:F3}");

        return Finish(body, layout, options, targets, weights, stands, samples, solver, notes, progress, cancellation);
    }

    private static AnimalFit Finish(
        BodyDescription body, KeypointLayout layout, AnimalFitOptions options, double[][] targets, double[][] weights, bool[][] stands, int[] samples,
        PoseSolver solver, List<string> notes, IProgress<string>? progress, CancellationToken cancellation)
    {
        var tree = solver.Tree;
        var offsets = new KeypointOffset[layout.Count];
        for (var s = 0; s < layout.Count; s++)
        {
            var o = tree.Offsets.AsSpan(3 * s, 3);
            offsets[tree.Keypoint[s]] = new(layout.Names[tree.Keypoint[s]], o[0], o[1], o[2]);
        }
        var animal = new AnimalFile
        {
            Name = options.Name,
            BodyName = body.Name,
            BodySha256 = AnimalFile.HashOf(body),
            Scale = tree.Scale,
            FloorHeightM = double.IsFinite(solver.FloorHeightM) ? solver.FloorHeightM : 0,
            Offsets = offsets,
            Segments = [.. layout.Edges.Select(edge => Segment(layout, edge, targets, weights)).OfType<SegmentLength>()],
            Statistics = new(0, 0, 0, 0, 0, 0, []),
            SourceFile = options.SourceFile,
            SourceFrames = options.SourceFrames,
            Samples = options.Samples,
            Seed = options.Seed,
        };
        using var model = animal.Apply(body, layout);
        var all = new PoseSolver(model, options.Solver) { FloorHeightM = solver.FloorHeightM };
        var start = new TrunkStart(all);
        var used = new HashSet<int>(samples);
        var (usedErrors, unusedErrors) = (new List<double>(), new List<double>());
        var byKeypoint = layout.Names.Select(_ => new List<double>()).ToArray();
        var heights = new List<double>();
        var pose = (double[])all.RestPose.Clone();
        var bad = true;
        for (var t = 0; t < targets.Length; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Present(weights[t]) < FewestKeypoints)
                continue;
            var solution = bad ? start.Solve(targets[t], weights[t], pose, 0.006) : all.Solve(targets[t], weights[t], pose);
            bad = solution.MeanErrorM > 0.012;
            for (var p = 0; p < all.Contacts.Paws.Length; p++)
                if (stands[t][p] && double.IsFinite(all.FloorHeightM))
                    heights.Add(all.Contacts.PawHeight(p));
            for (var k = 0; k < layout.Count; k++)
            {
                if (!double.IsFinite(all.Errors[k]))
                    continue;
                byKeypoint[k].Add(1e3 * all.Errors[k]);
                (used.Contains(t) ? usedErrors : unusedErrors).Add(1e3 * all.Errors[k]);
            }
        }
        if (!double.IsFinite(solver.FloorHeightM))
            notes.Add("no paw was ever seen to stand, so the floor was taken to be at height 0 of the keypoints' frame");
        unusedErrors.Sort();
        var statistics = new FitStatistics(
            targets.Length, samples.Length, usedErrors.Average(), unusedErrors.Count > 0 ? unusedErrors.Average() : double.NaN,
            SizeEstimate.At([.. unusedErrors], 0.95), 1e3 * SizeEstimate.Quantiles(heights).Spread,
            [.. byKeypoint.Select((errors, k) => new KeypointFitError(
                layout.Names[k], errors.Count > 0 ? errors.Average() : double.NaN, SizeEstimate.At([.. errors.Order()], 0.95)))]);
        progress?.Report(
            $"mean marker error {statistics.UsedMeanMm:F2} mm on the frames used, {statistics.UnusedMeanMm:F2} mm on the others; floor at {animal.FloorHeightM * 1e3:F1} mm from {heights.Count} stances");
        return new(animal with { Statistics = statistics }, samples, notes);
    }

    private static (double[][] Targets, double[][] Weights) Read(IReadOnlyList<Keypoints> frames, KeypointLayout layout, AnimalFitOptions options)
    {
        var (targets, weights) = (new double[frames.Count][], new double[frames.Count][]);
        for (var t = 0; t < frames.Count; t++)
        {
            if (!frames[t].Layout.Names.SequenceEqual(layout.Names))
                throw ClosedLoopException.Usage($"frame {t} has the keypoints {string.Join(", ", frames[t].Layout.Names)}, not those of the fit: {string.Join(", ", layout.Names)}");
            targets[t] = [.. frames[t].Positions];
            weights[t] = new double[layout.Count];
            for (var k = 0; k < layout.Count; k++)
                weights[t][k] = frames[t].IsPresent(k) && frames[t].Confidence[k] >= options.MinimumConfidence ? frames[t].Confidence[k] : 0;
        }
        return (targets, weights);
    }

    private static int Present(double[] weights) => weights.Count(w => w > 0);

    /// <summary>One frame out of each of equally long stretches, chosen at random within it.</summary>
    private static int[] Spread(int[] usable, int count, int seed)
    {
        if (usable.Length <= count)
            return usable;
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var (from, to) = ((int)((long)i * usable.Length / count), (int)((long)(i + 1) * usable.Length / count));
            return usable[from + random.Next(to - from)];
        })];
    }

    private static SegmentLength? Segment(KeypointLayout layout, (int From, int To) edge, double[][] targets, double[][] weights)
    {
        var lengths = Enumerable.Range(0, targets.Length)
            .Where(t => weights[t][edge.From] > 0 && weights[t][edge.To] > 0)
            .Select(t => Math.Sqrt(Enumerable.Range(0, 3).Sum(i => Math.Pow(targets[t][(3 * edge.From) + i] - targets[t][(3 * edge.To) + i], 2))));
        var (median, spread) = SizeEstimate.Quantiles(lengths);
        return double.IsNaN(median) ? null : new(layout.Names[edge.From], layout.Names[edge.To], median, spread);
    }
}
