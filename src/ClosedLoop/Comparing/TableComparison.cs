using System.Diagnostics;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>The comparison of a table of counts with a table of features.</summary>
public sealed record TableComparison
{
    /// <summary>Name of the column of the features that says what the animal does.</summary>
    public const string BehaviourColumn = "behaviour";

    /// <summary>The table of counts: rows are bins, columns units.</summary>
    public required string Counts { get; init; }

    /// <summary>The table of features: rows are bins, columns features.</summary>
    public required string Features { get; init; }

    /// <summary>The file of classes; null: what the names of the features say.</summary>
    public string? Classes { get; init; }

    /// <summary>How encoding models are fitted and judged.</summary>
    public EncodingOptions Options { get; init; } = new();

    /// <summary>What came out.</summary>
    /// <param name="Encoding">Which classes predict which units.</param>
    /// <param name="Behaviours">Whether classes tell behaviours apart as the units do; null without enough behaviours.</param>
    /// <param name="Variability">How much the features of each class vary within each behaviour.</param>
    /// <param name="BehaviourAccuracy">How well a linear discriminant tells behaviours from the units, which stand first, and from each class; empty without behaviours.</param>
    /// <param name="PermutationP">That computational classes predict no better than representational ones; NaN without both kinds.</param>
    /// <param name="Dropped">Features that are the same in all bins.</param>
    /// <param name="Bins">Number of bins.</param>
    /// <param name="BinMs">Width of a bin.</param>
    /// <param name="Alphas">Strengths of the ridge that were there to choose from.</param>
    /// <param name="Seconds">What it took.</param>
    public sealed record Outcome(
        EncodingResult Encoding, BehaviourSimilarity? Behaviours, IReadOnlyList<(string Class, BehaviourVariability Variability)> Variability,
        IReadOnlyList<(string Name, double Accuracy)> BehaviourAccuracy, double PermutationP, IReadOnlyList<string> Dropped, int Bins, double BinMs, IReadOnlyList<double> Alphas, double Seconds)
    {
        /// <summary>How far apart the animal's movement and the virtual body's are; empty where there is no body.</summary>
        public IReadOnlyList<BodyDistance> Distances { get; init; } = [];

        /// <summary>Bins of each behaviour; empty without behaviours.</summary>
        public IReadOnlyList<(string Behaviour, int Bins)> BehaviourBins { get; init; } = [];

        /// <summary>How far what was found while the session ran agrees; null where nothing was compared then.</summary>
        public OnlineAgreement? Online { get; init; }

        /// <summary>How far the units agree with what was planted in them; null where nothing was.</summary>
        public OfflinePlanAgreement? Plan { get; init; }

        /// <summary>The planted neuron that each unit is, null where none is known; empty where none were planted.</summary>
        public IReadOnlyList<PlannedUnit?> Planned { get; init; } = [];

        /// <summary>What a reader should know of the data, in whole sentences.</summary>
        public IReadOnlyList<string> Notes { get; init; } = [];
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="ClosedLoopException">A table cannot be read, or they do not fit each other.</exception>
    public Outcome Run(IProgress<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var watch = Stopwatch.StartNew();
        progress.Report("reading the tables");
        var (counts, features) = (NumberTable.Read(Counts), NumberTable.Read(Features, BehaviourColumn));
        if (counts.Values.Rows != features.Values.Rows)
            throw ClosedLoopException.Usage($"'{Counts}' has {counts.Values.Rows} bins and '{Features}' has {features.Values.Rows}; both need a line for each bin of the same recording");
        var plans = Classes is null ? FeatureClassPlan.OfNames(features.Names) : FeatureClassPlan.Read(Classes);
        var dropped = new SortedSet<string>(StringComparer.Ordinal);
        FeatureClass[] classes = [.. plans.Select(plan => plan.Of(features, Features, Options.BinMs, dropped))];
        // A Gaussian is cut off at three standard deviations.
        var options = Options with { SmoothingReachMs = 2 * 3 * plans.Max(plan => plan.SmoothMs) };
        var encoding = EncodingComparison.Run(counts.Values, counts.Names, classes, options, progress, cancellation);
        progress.Report("behaviours");
        var labels = features.Labels ?? [];
        var similarity = BehaviourSimilarity.Of(counts.Values, classes, labels);
        var (variability, accuracy) = Describe(counts.Values, classes, labels, cancellation);
        var pairs = encoding.ComputationalAgainstRepresentational();
        return new(
            encoding, similarity, variability, accuracy,
            pairs.Count == 0 ? double.NaN : SignFlipTest.Greater([.. pairs.Select(pair => pair.Computational - pair.Representational)]),
            [.. dropped], counts.Values.Rows, options.BinMs, options.Alphas, watch.Elapsed.TotalSeconds);
    }

    /// <summary>How much the features of each class vary within each behaviour, and how well units and classes tell behaviours apart.</summary>
    internal static (IReadOnlyList<(string, BehaviourVariability)> Variability, IReadOnlyList<(string, double)> Accuracy) Describe(
        Matrix counts, IReadOnlyList<FeatureClass> classes, IReadOnlyList<string> labels, CancellationToken cancellation)
    {
        const int Folds = 5;
        var behaviours = new BehaviourLabels(labels, Folds, leastBins: 10);
        if (behaviours.Names.Count < 2)
            return ([], []);
        var bins = Enumerable.Range(0, behaviours.Indices.Length).Where(t => behaviours.Indices[t] >= 0).ToArray();
        int[] indices = [.. bins.Select(t => behaviours.Indices[t])];
        var (variability, accuracy) = (new List<(string, BehaviourVariability)>(), new List<(string, double)>());
        foreach (var (name, table) in classes.Select(one => (one.Name, one.Features)).Prepend(("units", counts)))
        {
            cancellation.ThrowIfCancellationRequested();
            var samples = table.Take(bins);
            if (name != "units")
                variability.AddRange(BehaviourVariability.Of(table, behaviours.Indices, behaviours.Names).Select(of => (name, of)));
            accuracy.Add((name, LinearDiscriminant.CrossValidatedAccuracy(samples, indices, behaviours.Names.Count, Folds)));
        }
        return (variability, accuracy);
    }
}
