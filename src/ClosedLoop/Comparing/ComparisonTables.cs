using System.Globalization;
using System.Text;
using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>All scores of a comparison as tables: scores.csv (units by classes), lags.csv (units by classes by lags), rdms.csv and variability.csv where behaviours are known, distances.csv where there is a body.</summary>
public static class ComparisonTables
{
    /// <summary>Writes them.</summary>
    /// <exception cref="ClosedLoopException">One cannot be written.</exception>
    public static void Write(string folder, TableComparison.Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var encoding = outcome.Encoding;
        var scores = Begin($"unit,rate_hz,class,kind,leading,cv_llr_bits_per_spike,pseudo_r2,p,p_adjusted,alpha,lag_ms{(outcome.Plan is null ? "" : ",planted_class,planted_lag_ms")}");
        var lags = Begin("unit,class,lag_ms,cv_llr_bits_per_spike");
        foreach (var (u, unit) in encoding.Units.Index())
            for (var c = 0; c < encoding.Classes.Count; c++)
            {
                var (score, (name, kind)) = (unit.Classes[c], encoding.Classes[c]);
                Row(scores, [unit.Unit, unit.RateHz, name, kind == FeatureKind.Unspecified ? "" : kind.ToString().ToLowerInvariant(), c == unit.Leading ? 1 : 0, score.BitsPerSpike, score.PseudoR2, score.P, score.AdjustedP, score.Alpha, score.LagMs, .. Planted(u)]);
                for (var lag = 0; lag < score.LagBitsPerSpike.Length; lag++)
                    Row(lags, unit.Unit, name, encoding.LagsMs[lag], score.LagBitsPerSpike[lag]);
            }
        Save("scores.csv", scores);
        Save("lags.csv", lags);
        if (outcome.Behaviours is { } behaviours)
        {
            var rdms = Begin("rdm,behaviour,other_behaviour,dissimilarity");
            foreach (var (name, rdm) in behaviours.Classes.Select(of => (of.Class, of.Rdm)).Prepend(("units", behaviours.Units)))
                for (var i = 0; i < rdm.Conditions; i++)
                    for (var j = i + 1; j < rdm.Conditions; j++)
                        Row(rdms, name, behaviours.Behaviours[i], behaviours.Behaviours[j], rdm[i, j]);
            Save("rdms.csv", rdms);
            var apart = Begin("class,behaviour,other_behaviour,samples,sliced_wasserstein,gaussian_wasserstein,maximum_mean_discrepancy,logistic_accuracy,neighbour_accuracy");
            foreach (var of in behaviours.Distances)
                Row(apart, of.Class, of.Behaviour, of.Other, of.Samples, of.SlicedWasserstein, of.GaussianWasserstein, of.MaximumMeanDiscrepancy, of.LogisticAccuracy, of.NeighbourAccuracy);
            Save("behaviour_distances.csv", apart);
        }
        if (outcome.Variability.Count > 0)
        {
            var variability = Begin("class,behaviour,bins,mean_variance,effective_dimensions");
            foreach (var (name, of) in outcome.Variability)
                Row(variability, name, of.Behaviour, of.Bins, of.MeanVariance, of.EffectiveDimensions);
            Save("variability.csv", variability);
        }
        if (outcome.Distances.Count > 0)
        {
            var distances = Begin("movement,samples,sliced_wasserstein,gaussian_wasserstein,mean_discrepancy,classifier_accuracy,classifier_accuracy_of_animal,sliced_wasserstein_of_animal");
            foreach (var of in outcome.Distances)
                Row(distances, of.Name, of.Samples, of.SlicedWasserstein, of.GaussianWasserstein, of.MeanDiscrepancy, of.ClassifierAccuracy, of.ClassifierFloor, of.WassersteinFloor);
            Save("distances.csv", distances);
        }

        object[] Planted(int unit) => outcome.Plan is null ? [] : [outcome.Planned[unit]?.FollowedClass ?? "", (object?)outcome.Planned[unit]?.FollowedLagMs ?? ""];

        static StringBuilder Begin(string head) => new StringBuilder(head).Append('\n');

        void Save(string name, StringBuilder text) => WholeFile.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text.ToString()), "table");
    }

    /// <summary>Adds a line.</summary>
    internal static void Row(StringBuilder text, params object[] cells) => text.AppendJoin(',', cells.Select(cell => cell switch
    {
        double number => double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "nan",
        IFormattable whole => whole.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString(),
    })).Append('\n');
}
