using System.CommandLine;
using System.Diagnostics;
using ClosedLoop.CommandLine;
using ClosedLoop.Comparing;
using ClosedLoop.Core;
using Spectre.Console;

namespace ClosedLoop.Commands;

/// <summary><c>closedloop compare</c>: which features predict which units, in recordings of sessions or in tables.</summary>
public static class CompareCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var recordings = new Argument<string[]>("RECORDING") { Description = "Recordings of sessions with units (.mcap). Several: each on its own in a folder of its own, then all together.", Arity = ArgumentArity.ZeroOrMore };
        var counts = new Option<string?>("--counts") { Description = "Instead of recordings, a table of spike counts: a line of unit names, then a line a bin, without gaps. Columns 'bin' and 'time_s' are left out, here and there.", HelpName = "counts.csv" };
        var features = new Option<string?>("--features") { Description = $"And one of features: a line of names, then a line a bin; a column '{TableComparison.BehaviourColumn}' says what the animal does.", HelpName = "features.csv" };
        var classes = new Option<string?>("--classes") { Description = "Which features of a table form a class, with kind, smooth_ms and components where wanted. Without it: what their names begin with.", HelpName = "classes.yaml" };
        var binMs = new Option<double>("--bin-ms") { Description = "Width of a table's bin in ms.", HelpName = "MS", DefaultValueFactory = _ => 20 };
        var output = new Option<string>("--out") { Description = "Folder for report.html and the tables. What is finished is kept there too: the same command goes on where the last one ended.", HelpName = "DIR", Required = true };
        var slurm = new Option<bool>("--slurm") { Description = "Submit a job for each recording and one that brings them together to a Slurm cluster (sbatch), and return." };
        var processors = new Option<int>("--slurm-cpus") { Description = "Processors that a job asks for; 0: what the cluster gives.", HelpName = "N" };
        var merge = new Option<bool>("--merge") { Description = "Only bring together the sessions that are finished in --out." };
        var figure = new Option<string?>("--figure") { Description = "Also draw the main figures of one comparison on one sheet.", HelpName = "main.png" };
        var arguments = new CompareArguments();
        var json = JsonReport.CreateOption();
        var command = new Command("compare", "Find out which features predict which units, and whether they tell behaviours apart alike.") { recordings, counts, features, classes, binMs, output, slurm, processors, merge, figure, json };
        foreach (var option in arguments.Options)
            command.Options.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            var (folder, given, facts) = (parsed.GetRequiredValue(output), parsed.GetValue(recordings) ?? [], parsed.GetValue(json));
            var tables = parsed.GetValue(counts) is not null || parsed.GetValue(features) is not null;
            if ((given.Length > 0 ? 1 : 0) + (tables ? 1 : 0) + (parsed.GetValue(merge) ? 1 : 0) != 1)
                throw ClosedLoopException.Usage("compare takes recordings, or --counts and --features, or --merge with the folder of an earlier comparison: one of these");
            Refuse(parsed, tables ? [slurm, processors, .. arguments.OfRecordings] : [classes, binMs], tables ? "of recordings, and tables are compared" : "of tables, and recordings are compared");
            OutputPath.RequireFolder("--out", folder);
            var sheet = Sheet(parsed.GetValue(figure), isOne: tables || (given.Length == 1 && !parsed.GetValue(slurm)));
            if (tables)
                CompareTables(parsed.GetValue(counts), parsed.GetValue(features), parsed.GetValue(classes), parsed.GetValue(binMs), arguments.Encoding(parsed), folder, sheet, facts, cancellation);
            else if (parsed.GetValue(merge))
                return Task.FromResult(Merge(folder, null, facts));
            else if (parsed.GetValue(slurm))
                Submit(SessionJobs.Of(given, folder), [.. arguments.Repeat(parsed)], arguments.Session(parsed), parsed.GetValue(processors), facts);
            else
                return Task.FromResult(CompareSessions(SessionJobs.Of(given, folder), arguments.Session(parsed), sheet, facts, cancellation));
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Refuse(ParseResult parsed, IEnumerable<Option> options, string why)
    {
        foreach (var option in options)
            if (parsed.GetResult(option) is { Implicit: false })
                throw ClosedLoopException.Usage($"'{option.Name}' is {why}; leave it out");
    }

    private static void CompareTables(string? counts, string? features, string? classes, double binMs, Comparison.EncodingOptions options, string folder, string? sheet, FileInfo? json, CancellationToken cancellation)
    {
        if (counts is null || features is null)
            throw ClosedLoopException.Usage($"a table of {(counts is null ? "counts (--counts)" : "features (--features)")} is missing; both are needed");
        if (!(binMs > 0 && binMs <= 10_000))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"--bin-ms {binMs}: a bin is wider than 0 and at most 10 s"));
        var run = new TableComparison { Counts = counts, Features = features, Classes = classes, Options = options with { BinMs = binMs } };
        TableComparison.Outcome outcome;
        using (var line = new ProgressLine())
            outcome = run.Run(line, cancellation);
        Write(outcome, $"Comparison of {Path.GetFileName(counts)} with {Path.GetFileName(features)}", folder, sheet);
        CompareSummary.Tell(outcome, folder);
        JsonReport.Write(json, CompareSummary.Facts(outcome, folder));
    }

    private static int CompareSessions(SessionJobs jobs, SessionComparisonOptions options, string? sheet, FileInfo? json, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        foreach (var (name, recording, folder) in jobs.Jobs)
        {
            OutputPath.RequireFolder("--out", folder);
            TableComparison.Outcome outcome;
            try
            {
                using var line = new ProgressLine();
                outcome = SessionComparison.Run(recording, folder, options, new Prefixed(line, jobs.Jobs.Count > 1 ? $"{name}: " : ""), cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                Terminal.Output.WriteLine($"what is finished is kept in {jobs.Folder}: the same command goes on from there");
                throw;
            }
            Write(outcome, $"Comparison of {name}", folder, sheet);
            SessionScores.Of(name, outcome).Write(folder);
            CompareSummary.Tell(outcome, folder);
            if (jobs.Jobs.Count == 1)
                JsonReport.Write(json, CompareSummary.Facts(outcome, folder));
        }
        return jobs.Jobs.Count > 1 ? Merge(jobs.Folder, watch, json) : 0;
    }

    private static int Merge(string folder, Stopwatch? watch, FileInfo? json)
    {
        watch ??= Stopwatch.StartNew();
        var (across, missing) = SessionJobs.Merge(folder);
        AcrossReport.Write(folder, across, missing);
        CompareSummary.Tell(across, missing, folder);
        JsonReport.Write(json, CompareSummary.Facts(across, missing, watch.Elapsed.TotalSeconds, folder));
        return missing.Count == 0 ? 0 : 1;
    }

    private static void Submit(SessionJobs jobs, string[] options, SessionComparisonOptions checkedOptions, int processors, FileInfo? json)
    {
        ArgumentNullException.ThrowIfNull(checkedOptions);
        var numbers = new List<string>();
        foreach (var (name, recording, folder) in jobs.Jobs)
        {
            OutputPath.RequireFolder("--out", folder);
            string[] facts = jobs.Jobs.Count == 1 && json is not null ? ["--json", json.FullName] : [];
            numbers.Add(Job(Path.Combine(folder, SessionJobs.JobFile), name, processors, ["compare", recording, "--out", folder, .. options, .. facts], []));
        }
        string? merging = null;
        if (jobs.Jobs.Count > 1)
        {
            string[] facts = json is not null ? ["--json", json.FullName] : [];
            merging = Job(Path.Combine(jobs.Folder, "merge.sh"), "compare", 0, ["compare", "--merge", "--out", jobs.Folder, .. facts], numbers);
        }
        Terminal.Output.WriteLine($"submitted {string.Join(", ", jobs.Jobs.Zip(numbers, (job, number) => $"{job.Name} as job {number}"))}{(merging is null ? "" : $"; job {merging} brings them together in {Path.Combine(jobs.Folder, "report.html")}")}");

        static string Job(string path, string name, int processors, string[] arguments, IReadOnlyList<string> after)
        {
            WholeFile.Write(path, System.Text.Encoding.UTF8.GetBytes(SlurmJobs.Script(name, Path.ChangeExtension(path, ".log"), processors, arguments)), "job");
            return SlurmJobs.Submit(path, after);
        }
    }

    private static string? Sheet(string? figure, bool isOne)
    {
        if (figure is not null && !isOne)
            throw ClosedLoopException.Usage("--figure is of one comparison; give one recording, without --slurm, or leave it out");
        OutputPath.RequireFigure("--figure", figure);
        return figure;
    }

    private static void Write(TableComparison.Outcome outcome, string title, string folder, string? sheet)
    {
        ComparisonTables.Write(folder, outcome);
        ComparisonReport.Write(folder, title, outcome);
        if (sheet is not null)
            ComparisonFigures.Write(sheet, FormattableString.Invariant($"{title}: {outcome.Encoding.Units.Count} units, {outcome.Bins * outcome.BinMs / 60_000:F0} minutes"), outcome);
    }

    private sealed class Prefixed(IProgress<string> inner, string prefix) : IProgress<string>
    {
        public void Report(string value) => inner.Report(prefix + value);
    }
}
