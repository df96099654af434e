using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Makes the measures of imitation of the traces of episodes.</summary>
public static class ImitationJudge
{
    /// <summary>What frames are counted under whose behaviour nobody has named.</summary>
    public const string Unlabelled = "unlabelled";

    /// <summary>Seconds between two points of the curves over time.</summary>
    public const double CurveStepS = 0.1;

    // What two times may differ by and still be the same: less than any control period.
    private const double Tolerance = 1e-6;

    /// <summary>Judges episodes of one length.</summary>
    /// <param name="traces">The episodes, at least one.</param>
    /// <param name="periodS">Length of a control step, seconds.</param>
    public static ImitationMeasures Judge(IReadOnlyList<EpisodeTrace> traces, double periodS)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(traces.Count, 1);
        Sample total = new(), root = new(), pose = new(), reward = new(), power = new(), milliseconds = new();
        foreach (var trace in traces)
        {
            total.Add(Made(trace, trace.TotalErrorMm));
            root.Add(Made(trace, trace.RootErrorMm));
            pose.Add(Made(trace, trace.PoseErrorMm));
            reward.Add(Made(trace, trace.Reward));
            power.Add(Made(trace, trace.PowerW));
            milliseconds.Add(Made(trace, trace.ControllerMs));
        }
        var episodeS = traces[0].Length * periodS;
        return new()
        {
            Episodes = traces.Count,
            EpisodeLengthS = episodeS,
            Steps = traces.Sum(trace => (long)trace.Steps),
            Survival = Share(traces, trace => trace.Survived),
            Survival4S = episodeS >= 4 - Tolerance ? LastedShare(traces, 4, periodS) : null,
            EndedFallen = traces.Count(trace => trace.End == ControlFlags.ResetFallen),
            EndedLeftReference = traces.Count(trace => trace.End == ControlFlags.ResetLeftReference),
            EndedUnstable = traces.Count(trace => trace.End == ControlFlags.ResetUnstable),
            MedianTotalErrorMm = total.Median,
            P90TotalErrorMm = total.Quantile(0.9),
            MedianRootErrorMm = root.Median,
            MedianPoseErrorMm = pose.Median,
            Reward = reward.Mean,
            EpisodeReturn = reward.Sum / traces.Count,
            PowerW = power.Mean,
            MedianStepMs = milliseconds.Median,
            P99StepMs = milliseconds.Quantile(0.99),
            SurvivalCurve = [.. Times(0, episodeS).Select(time => new SurvivalPoint(time, LastedShare(traces, time, periodS)))],
            ErrorByTime = ByTime(traces, episodeS, periodS),
            ByBehaviour = ByBehaviour(traces),
            ByPart = ByPart(traces),
        };
    }

    private static ReadOnlySpan<float> Made(EpisodeTrace trace, float[] values) => values.AsSpan(0, trace.Steps);

    private static double Share(IReadOnlyList<EpisodeTrace> traces, Func<EpisodeTrace, bool> holds) => traces.Count(holds) / (double)traces.Count;

    /// <summary>Share of episodes that had not ended by <paramref name="timeS"/>: an episode that ends with its n-th step ends at n periods.</summary>
    private static double LastedShare(IReadOnlyList<EpisodeTrace> traces, double timeS, double periodS) =>
        Share(traces, trace => trace.Survived || (trace.Steps * periodS) > timeS + Tolerance);

    private static IEnumerable<double> Times(int first, double lastS)
    {
        for (var i = first; i * CurveStepS <= lastS + Tolerance; i++)
            yield return Math.Round(i * CurveStepS, 6);
    }

    private static TimedError[] ByTime(IReadOnlyList<EpisodeTrace> traces, double episodeS, double periodS)
    {
        var bins = Times(1, episodeS).Select(time => (Time: time, Errors: new Sample())).ToArray();
        foreach (var trace in traces)
            for (var step = 0; step < trace.Steps; step++)
            {
                // The stretch that the end of the step, (step + 1) periods after the start, falls into, its own end included.
                var bin = (int)Math.Ceiling((((step + 1) * periodS) - Tolerance) / CurveStepS) - 1;
                if (bin < bins.Length)
                    bins[bin].Errors.Add(trace.TotalErrorMm[step]);
            }
        return [.. bins.Select(bin => new TimedError(bin.Time, bin.Errors.Count, bin.Errors.Median, bin.Errors.Quantile(0.9)))];
    }

    private static SortedDictionary<string, BehaviourMeasures> ByBehaviour(IReadOnlyList<EpisodeTrace> traces)
    {
        var found = new Dictionary<string, (Sample Total, Sample Root, Sample Pose, List<EpisodeTrace> Begun)>();
        (Sample Total, Sample Root, Sample Pose, List<EpisodeTrace> Begun) Of(EpisodeTrace trace, int frame)
        {
            var name = trace.Poses.Behaviour(frame) is { Length: > 0 } known ? known : Unlabelled;
            if (!found.TryGetValue(name, out var samples))
                found.Add(name, samples = (new(), new(), new(), []));
            return samples;
        }
        foreach (var trace in traces)
        {
            Of(trace, trace.Start).Begun.Add(trace);
            for (var step = 0; step < trace.Steps; step++)
            {
                var of = Of(trace, trace.Start + 1 + step);
                of.Total.Add(trace.TotalErrorMm[step]);
                of.Root.Add(trace.RootErrorMm[step]);
                of.Pose.Add(trace.PoseErrorMm[step]);
            }
        }
        var measures = new SortedDictionary<string, BehaviourMeasures>(StringComparer.Ordinal);
        foreach (var (name, of) in found)
            measures.Add(name, new(
                of.Total.Count, of.Begun.Count, of.Begun.Count == 0 ? double.NaN : Share(of.Begun, trace => trace.Survived),
                of.Total.Median, of.Root.Median, of.Pose.Median));
        return measures;
    }

    private static Dictionary<string, PartMeasures> ByPart(IReadOnlyList<EpisodeTrace> traces)
    {
        var found = new Dictionary<string, (Sample World, Sample Pose)>();
        foreach (var trace in traces)
            for (var part = 0; part < trace.Parts.Names.Count; part++)
            {
                if (!found.TryGetValue(trace.Parts.Names[part], out var samples))
                    found.Add(trace.Parts.Names[part], samples = (new(), new()));
                for (var step = 0; step < trace.Steps; step++)
                {
                    samples.World.Add(trace.PartErrorMm[(step * trace.Parts.Names.Count) + part]);
                    samples.Pose.Add(trace.PartPoseErrorMm[(step * trace.Parts.Names.Count) + part]);
                }
            }
        return found.ToDictionary(pair => pair.Key, pair => new PartMeasures(pair.Value.World.Median, pair.Value.World.Quantile(0.9), pair.Value.Pose.Median));
    }
}
