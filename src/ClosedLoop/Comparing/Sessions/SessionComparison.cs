using System.Diagnostics;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>The comparison of one recorded session: its units with its movement and its network.</summary>
public static class SessionComparison
{
    /// <summary>The folder, in that of the results, in which finished parts are kept until all is done and after.</summary>
    public const string CheckpointFolder = "finished";

    // As online, where a feature far outside of what it was like must not drive a rate to anywhere either.
    private const int MostDeviations = 6;

    /// <summary>Runs it.</summary>
    /// <param name="path">The recording.</param>
    /// <param name="folder">Folder of the results, in which finished parts are kept.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Ends it; what is finished is found again by the next run.</param>
    /// <exception cref="ClosedLoopException">The recording cannot be read, or holds too little.</exception>
    public static TableComparison.Outcome Run(string path, string folder, SessionComparisonOptions options, IProgress<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        var watch = Stopwatch.StartNew();
        var (tables, recorded) = Read(path, options, progress, cancellation);
        var (classes, dropped, notes) = Classes(tables, options, progress, cancellation);
        notes.InsertRange(0, NotesOf(tables));
        if (recorded is { Plan: not null, Scores: null })
            notes.Add("Neurons were planted, but which unit is which of them is not known: nothing was compared while the session ran.");
        var encodingOptions = options.Encoding with { BinMs = tables.BinMs, SmoothingReachMs = 2 * 3 * options.SmoothMs };
        var data = new EncodingData(tables.Counts, tables.UnitNames, classes) { UsableCounts = tables.UsableCounts, UsableFeatures = tables.UsableFeatures };
        var encoding = EncodingComparison.Run(data, encodingOptions, new(Path.Combine(folder, CheckpointFolder)), progress, cancellation);
        progress.Report("behaviours");
        string[] labels = [.. tables.Labels.Select((label, t) => tables.UsableCounts[t] && tables.UsableFeatures[t] ? label : "")];
        var similarity = BehaviourSimilarity.Of(tables.Counts, classes, labels);
        var (variability, accuracy) = TableComparison.Describe(tables.Counts, classes, labels, cancellation);
        progress.Report("the animal beside the body");
        var distances = tables.Bodies.Select(of => BodyDistance.Of(of.Name, of.Real, of.Virtual)).OfType<BodyDistance>().ToArray();
        var pairs = encoding.ComputationalAgainstRepresentational();
        PlannedUnit?[] planned = [.. tables.UnitIndices.Select(recorded.PlannedOf)];
        return new(
            encoding, similarity, variability, accuracy,
            pairs.Count == 0 ? double.NaN : SignFlipTest.Greater([.. pairs.Select(pair => pair.Computational - pair.Representational)]),
            dropped, tables.Rows, tables.BinMs, encodingOptions.Alphas, watch.Elapsed.TotalSeconds)
        {
            Distances = distances,
            Online = OnlineAgreement.Of(encoding, tables.UnitIndices, recorded),
            Plan = OfflinePlanAgreement.Of(encoding, planned),
            Planned = planned,
            Notes = notes,
            BehaviourBins = [.. labels.Where(label => label.Length > 0).CountBy(label => label).OrderByDescending(of => of.Value).Select(of => (of.Key, of.Value))],
        };
    }

    private static (SessionTables Tables, RecordedScores Recorded) Read(string path, SessionComparisonOptions options, IProgress<string> progress, CancellationToken cancellation)
    {
        using var recording = SessionRecording.Open(path);
        var isModel = options.Behaviours is { } named && Directory.Exists(named);
        var tables = SessionTables.Read(
            recording, SessionArchive.JointNamesOf(recording), isModel ? layout => OnnxBehaviours.Load(options.Behaviours!, layout) : null,
            options.Behaviours is { } file && !isModel ? BehaviourFile.Read(file) : null, options.MostInterpolated, progress, cancellation);
        return (tables, RecordedScores.Read(recording));
    }

    private static (FeatureClass[] Classes, string[] Dropped, List<string> Notes) Classes(SessionTables tables, SessionComparisonOptions options, IProgress<string> progress, CancellationToken cancellation)
    {
        var (classes, dropped, reduced, still) = (new List<FeatureClass>(), new List<string>(), new List<string>(), new List<string>());
        foreach (var group in options.Classes.Count == 0 ? tables.Layout.Groups : [.. options.Classes.Select(name => tables.Layout[name])])
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report($"features of '{group.Name}'");
            var one = tables.ClassOf(group);
            if (!Varies(one.Features))
            {
                still.Add(group.Name);
                continue;
            }
            (one, var constant) = one.WithoutConstants();
            dropped.AddRange(constant);
            var features = one.Features.Columns;
            one = one.Clipped(MostDeviations).Smoothed(options.SmoothMs / tables.BinMs).Reduced(options.Components).Clipped(MostDeviations);
            if (one.Features.Columns < features)
                reduced.Add($"{group.Name} ({features})");
            classes.Add(one);
        }
        if (classes.Count == 0)
            throw ClosedLoopException.Failed("no class of features varies over the session; there is nothing to predict units from");
        var notes = new List<string> { $"Features are kept within {MostDeviations} standard deviations of their means." };
        if (reduced.Count > 0)
            notes.Add($"By {options.Components} principal components instead of all features (their number): {string.Join(", ", reduced)}.");
        if (options.SmoothMs > 0)
            notes.Add(FormattableString.Invariant($"Features are smoothed over time by a Gaussian of {options.SmoothMs:G4} ms."));
        if (still.Count > 0)
            notes.Add($"Left out, for nothing of it varies: {string.Join(", ", still)}.");
        return ([.. classes], [.. dropped], notes);
    }

    private static bool Varies(Matrix features)
    {
        for (var t = 1; t < features.Rows; t++)
            if (!features.Row(t).SequenceEqual(features.Row(0)))
                return true;
        return false;
    }

    private static IEnumerable<string> NotesOf(SessionTables tables)
    {
        var (counts, features) = (tables.UsableCounts.Count(usable => !usable), tables.UsableFeatures.Count(usable => !usable));
        if (counts > 0)
            yield return $"{counts} of {tables.Rows} bins are left out because spikes were lost or not yet sorted, or units still learnt.";
        if (features > 0)
            yield return $"{features} of {tables.Rows} bins, and those whose counts would be predicted from them at some lag, are left out because no pose was measured or the network led the body to none.";
        if (tables.Interpolated > 0)
            yield return $"The features of {tables.Interpolated} bins lie on a straight line between their neighbours, where a few in a row are missing.";
        if (tables.Labels.All(label => label.Length == 0))
            yield return "What the animal does is not known: its keypoints are not those that the rules look at, or a file says nothing of it; --behaviours tells it.";
        if (tables.DelayBins != 0)
            yield return FormattableString.Invariant($"Counts are those of the time at which poses were captured, {tables.DelayBins * tables.BinMs:G4} ms before their beats.");
    }
}
