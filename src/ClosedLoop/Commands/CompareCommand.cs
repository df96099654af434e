using System.CommandLine;
using System.Globalization;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop compare</c>: which features predict which units, from tables.</summary>
public static class CompareCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var counts = new Option<string>("--counts") { Description = "Spike counts: a line of unit names, then a line a bin, without gaps. Columns 'bin' and 'time_s' are left out, here and there.", HelpName = "counts.csv", Required = true };
        var features = new Option<string>("--features") { Description = $"Features: a line of names, then a line a bin; a column '{TableComparison.BehaviourColumn}' says what the animal does.", HelpName = "features.csv", Required = true };
        var classes = new Option<string?>("--classes") { Description = "Which features form a class, with kind, smooth_ms and components where wanted. Without it: what their names begin with.", HelpName = "classes.yaml" };
        var binMs = new Option<double>("--bin-ms") { Description = "Width of a bin in ms.", HelpName = "MS", DefaultValueFactory = _ => 20 };
        var output = new Option<string>("--out") { Description = "Folder for report.html and the tables.", HelpName = "DIR", Required = true };
        var folds = new Option<int>("--folds") { Description = "Stretches of time that are tested in turn.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var alpha = new Option<string>("--alpha") { Description = "Strength of the ridge, per bin, on standardised features; of several, as in 1e-4,1e-3,1e-2,0.1, each fold takes for each unit what suits it.", HelpName = "A,..", DefaultValueFactory = _ => "1e-3" };
        var lags = new Option<string>("--lags") { Description = "Lags in ms, from, to and between; below 0 a unit comes before the features.", HelpName = "FROM:TO:STEP", DefaultValueFactory = _ => "-1000:300:40" };
        var model = new Option<string>("--model") { Description = "What units are judged by: ridge, or elastic-net, which takes many times as long and leaves out features that say nothing; lags are the ridge's.", HelpName = "ridge|elastic-net", DefaultValueFactory = _ => "ridge" };
        model.AcceptOnlyFromAmong("ridge", "elastic-net");
        var json = JsonReport.CreateOption();
        var command = new Command("compare", "Find out which features predict which units, and whether they tell behaviours apart alike.") { counts, features, classes, binMs, output, folds, alpha, lags, model, json };
        command.SetAction((parsed, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(output);
            var ends = Lags(parsed.GetRequiredValue(lags));
            if (parsed.GetValue(binMs) is var width && !(width > 0 && width <= 10_000))
                throw ClosedLoopException.Usage(FormattableString.Invariant($"--bin-ms {width}: a bin is wider than 0 and at most 10 s"));
            OutputPath.RequireFolder("--out", folder);
            var run = new TableComparison
            {
                Counts = parsed.GetRequiredValue(counts), Features = parsed.GetRequiredValue(features), Classes = parsed.GetValue(classes),
                Options = new() { BinMs = width, Folds = parsed.GetValue(folds), Alphas = Alphas(parsed.GetRequiredValue(alpha)), LeastLagMs = ends[0], MostLagMs = ends[1], LagStepMs = ends[2], ElasticNetRatio = parsed.GetRequiredValue(model) == "elastic-net" ? 0.5 : 0 },
            };
            TableComparison.Outcome outcome;
            using (var line = new ProgressLine())
                outcome = run.Run(line, cancellation);
            ComparisonTables.Write(folder, outcome);
            ComparisonReport.Write(folder, $"Comparison of {Path.GetFileName(run.Counts)} with {Path.GetFileName(run.Features)}", outcome);
            Tell(outcome, folder);
            JsonReport.Write(parsed.GetValue(json), Facts(outcome, folder));
            return Task.FromResult(0);
        });
        return command;
    }

    private static object Facts(TableComparison.Outcome outcome, string folder)
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
            PerUnit = encoding.Units.Select(unit =>
            {
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
                };
            }),
            ComputationalP = outcome.PermutationP,
            Behaviours = behaviours?.Behaviours ?? [],
            Wuc = behaviours?.Classes.ToDictionary(of => of.Class, of => of.Similarity) ?? [],
            WucInterval = behaviours?.Classes.ToDictionary(of => of.Class, of => new[] { of.Low, of.High }) ?? [],
            Ceiling = behaviours is null ? null : new { behaviours.Ceiling.Lower, behaviours.Ceiling.Upper },
            BehaviourAccuracyOfUnits = outcome.BehaviourAccuracy.Count == 0 ? double.NaN : outcome.BehaviourAccuracy[0].Accuracy,
            BehaviourAccuracy = outcome.BehaviourAccuracy.Skip(1).ToDictionary(of => of.Name, of => of.Accuracy),
            FeaturesDropped = outcome.Dropped,
            Fits = encoding.Fits,
            FitsUnconverged = encoding.Unconverged,
            Seconds = outcome.Seconds,
            Output = folder,
        };
    }

    private static void Tell(TableComparison.Outcome outcome, string folder)
    {
        var encoding = outcome.Encoding;
        var best = encoding.BestCounts();
        Terminal.Output.WriteLine(FormattableString.Invariant(
            $"{encoding.Units.Count} units, {outcome.Bins} bins of {outcome.BinMs:G4} ms: {best.Sum()} of {encoding.Judged} judged are predicted by a class of features ({string.Join(", ", encoding.Classes.Select((c, i) => $"{c.Name} best {best[i]}"))}); {outcome.Seconds:F1} s"));
        if (outcome.Dropped.Count > 0)
            Terminal.Output.WriteLine($"left out, the same in all bins: {string.Join(", ", outcome.Dropped)}");
        if (encoding.Unconverged > 0)
            Terminal.Output.WriteLine($"{encoding.Unconverged} of {encoding.Fits} fits ended before their optimum; a stronger --alpha helps");
        if (outcome.Behaviours is { } behaviours)
            Terminal.Output.WriteLine(FormattableString.Invariant(
                $"behaviours apart as in the units (whitened unbiased cosine over {behaviours.Behaviours.Count}): {string.Join(", ", behaviours.Classes.Select(of => FormattableString.Invariant($"{of.Class} {of.Similarity:F3}")))}; ceiling {behaviours.Ceiling.Lower:F3} to {behaviours.Ceiling.Upper:F3}"));
        Terminal.Output.WriteLine($"report in {Path.Combine(folder, "report.html")}");
    }

    private static double[] Alphas(string text)
    {
        var alphas = text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var alpha) ? alpha : double.NaN).ToArray();
        return alphas.All(alpha => alpha > 0 && double.IsFinite(alpha)) ? alphas : throw ClosedLoopException.Usage($"--alpha {text}: say one strength above 0, or several with commas between, as in 1e-4,1e-3,1e-2");
    }

    private static double[] Lags(string text)
    {
        var ends = text.Split(':').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) ? ms : double.NaN).ToArray();
        return ends.Length == 3 && ends.All(double.IsFinite) && ends[0] <= ends[1] && ends[2] > 0
            ? ends
            : throw ClosedLoopException.Usage($"--lags {text}: say from, to and the step between them in ms, as in -1000:300:40");
    }
}
