using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary>What a comparison came to, for a person and as facts for JSON.</summary>
internal static class CompareSummary
{
    /// <summary>The facts of one comparison.</summary>
    public static object Facts(TableComparison.Outcome outcome, string folder)
    {
        var (encoding, behaviours) = (outcome.Encoding, outcome.Behaviours);
        var best = encoding.BestCounts();
        return new
        {
            Units = encoding.Units.Count,
            outcome.Bins,
            outcome.BinMs,
            UnitsJudged = encoding.Judged,
            Classes = encoding.Classes.Select(c => c.Name),
            UnitsPredicted = best.Sum(),
            BestClassCounts = encoding.Classes.Select((c, i) => (c.Name, Count: best[i])).ToDictionary(of => of.Name, of => of.Count),
            PerUnit = encoding.Units.Select((unit, u) =>
            {
                var truth = outcome.Planned.ElementAtOrDefault(u);
                var score = unit.Leading < 0 ? null : unit.Classes[unit.Leading];
                return new
                {
                    unit.Unit,
                    unit.RateHz,
                    Best = unit.IsPredicted ? encoding.Classes[unit.Leading].Name : null,
                    Leading = unit.Leading < 0 ? null : encoding.Classes[unit.Leading].Name,
                    CvLlrBitsPerSpike = score?.BitsPerSpike,
                    PseudoR2 = score?.PseudoR2,
                    PAdjusted = score?.AdjustedP,
                    LagMs = score?.LagMs,
                    PlantedClass = truth?.FollowedClass,
                    PlantedLagMs = truth?.FollowedLagMs,
                };
            }),
            ComputationalP = outcome.PermutationP,
            NlbBitsPerSpike = encoding.Classes.Zip(encoding.BenchmarkBitsPerSpike).ToDictionary(of => of.First.Name, of => of.Second),
            Behaviours = behaviours?.Behaviours ?? [],
            Wuc = behaviours?.Classes.ToDictionary(of => of.Class, of => of.Similarity) ?? [],
            WucInterval = behaviours?.Classes.ToDictionary(of => of.Class, of => new[] { of.Low, of.High }) ?? [],
            Ceiling = behaviours is null ? null : new { behaviours.Ceiling.Lower, behaviours.Ceiling.Upper },
            BehaviourAccuracyOfUnits = outcome.BehaviourAccuracy.Count == 0 ? double.NaN : outcome.BehaviourAccuracy[0].Accuracy,
            BehaviourAccuracy = outcome.BehaviourAccuracy.Skip(1).ToDictionary(of => of.Name, of => of.Accuracy),
            BehaviourBins = outcome.BehaviourBins.ToDictionary(of => of.Behaviour, of => of.Bins),
            OnlineAgreement = outcome.Online is not { } online ? null : new
            {
                Units = online.Units.Count, online.Pearson, online.Spearman, online.Pairs, online.PairsPearson, online.PairsSpearman,
                online.FoundOnline, online.FoundOffline, online.FoundBoth, online.SameClass, online.SameKind, PerUnit = online.Units,
            },
            PlanAgreement = outcome.Plan,
            outcome.Distances,
            BehaviourDistances = behaviours?.Distances ?? [],
            outcome.Notes,
            FeaturesDropped = outcome.Dropped,
            Fits = encoding.Fits,
            FitsUnconverged = encoding.Unconverged,
            Seconds = outcome.Seconds,
            Output = folder,
        };
    }

    /// <summary>The facts of several sessions together.</summary>
    public static object Facts(AcrossSessions across, IReadOnlyList<string> missing, double seconds, string folder) => new
    {
        Sessions = across.Sessions.Select(session => session.Session),
        Missing = missing,
        across.Units,
        Bins = across.Sessions.Sum(session => (long)session.Bins),
        UnitsJudged = across.Sessions.Sum(session => session.Judged),
        UnitsPredicted = across.Sessions.Sum(session => session.Predicted),
        Classes = across.Classes.Select(c => c.Name),
        BestClassCounts = across.Classes.ToDictionary(c => c.Name, c => c.Best),
        Shares = across.Classes.ToDictionary(c => c.Name, c => c.Shares),
        PerUnit = across.Sessions.SelectMany(session => session.Units.Select(unit => new
        {
            session.Session,
            unit.Unit,
            unit.RateHz,
            Best = unit.IsPredicted ? unit.Leading : null,
            unit.Leading,
            CvLlrBitsPerSpike = unit.Leading is null ? double.NaN : unit.BitsPerSpike.Max(),
            PAdjusted = unit.AdjustedP,
            unit.LagMs,
        })),
        across.ComputationalP,
        Wuc = across.Classes.ToDictionary(c => c.Name, c => Mean(c.Similarities)),
        WucPAdjusted = across.Classes.ToDictionary(c => c.Name, c => c.SimilarityP),
        Ceiling = new { Lower = Mean([.. across.Sessions.Select(session => session.CeilingLower)]), Upper = Mean([.. across.Sessions.Select(session => session.CeilingUpper)]) },
        Seconds = seconds,
        Output = folder,
    };

    /// <summary>Tells a person of one comparison.</summary>
    public static void Tell(TableComparison.Outcome outcome, string folder)
    {
        var encoding = outcome.Encoding;
        var best = encoding.BestCounts();
        Terminal.Output.WriteLine(FormattableString.Invariant(
            $"{encoding.Units.Count} units, {outcome.Bins} bins of {outcome.BinMs:G4} ms: {best.Sum()} of {encoding.Judged} judged are predicted by a class of features ({string.Join(", ", encoding.Classes.Select((c, i) => $"{c.Name} best {best[i]}"))}); {outcome.Seconds:F1} s"));
        foreach (var note in outcome.Notes)
            Terminal.Output.WriteLine(note);
        if (outcome.Dropped.Count > 0)
            Terminal.Output.WriteLine($"left out, the same in all bins: {string.Join(", ", outcome.Dropped.CountBy(ClassOf).Select(of => of.Value > 3 ? $"{of.Value} features of {of.Key}" : string.Join(", ", outcome.Dropped.Where(name => ClassOf(name) == of.Key))))}");
        if (encoding.Unconverged > 0)
            Terminal.Output.WriteLine($"{encoding.Unconverged} of {encoding.Fits} fits ended before their optimum; a stronger --alpha helps");
        if (outcome.Behaviours is { } behaviours)
            Terminal.Output.WriteLine(FormattableString.Invariant(
                $"behaviours apart as in the units (whitened unbiased cosine over {behaviours.Behaviours.Count}): {string.Join(", ", behaviours.Classes.Select(of => FormattableString.Invariant($"{of.Class} {of.Similarity:F3}")))}; ceiling {behaviours.Ceiling.Lower:F3} to {behaviours.Ceiling.Upper:F3}"));
        if (outcome.Online is { } online)
            Terminal.Output.WriteLine(online.Sentence());
        if (outcome.Plan is { } plan)
            Terminal.Output.WriteLine(plan.Sentence());
        Terminal.Output.WriteLine($"report in {Path.Combine(folder, "report.html")}");
    }

    /// <summary>Tells a person of several sessions together.</summary>
    public static void Tell(AcrossSessions across, IReadOnlyList<string> missing, string folder)
    {
        Terminal.Output.WriteLine($"{across.Sessions.Count} sessions, {across.Units} units: {across.Sessions.Sum(session => session.Predicted)} of {across.Sessions.Sum(session => session.Judged)} judged are predicted by a class of features ({string.Join(", ", across.Classes.Select(c => $"{c.Name} best {c.Best}"))})");
        if (missing.Count > 0)
            Terminal.Output.WriteLine($"missing: {string.Join(", ", missing)}");
        Terminal.Output.WriteLine($"report in {Path.Combine(folder, "report.html")}");
    }

    private static string ClassOf(string feature) => feature.Split('.')[0];

    private static double Mean(IReadOnlyList<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
}
