using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>Linear discriminant analysis: which of several conditions a sample comes from, where all share one covariance, which is drawn towards its diagonal.</summary>
public sealed class LinearDiscriminant
{
    private readonly double[][] _weights;
    private readonly double[] _offsets;

    private LinearDiscriminant(double[][] weights, double[] offsets) => (_weights, _offsets) = (weights, offsets);

    /// <summary>Learns from samples. Columns that never vary within conditions, as silent units do not, have no say.</summary>
    /// <param name="samples">Rows are samples.</param>
    /// <param name="labels">The condition of each, from 0.</param>
    /// <param name="conditions">How many conditions.</param>
    /// <exception cref="ClosedLoopException">A condition has no sample, or no column varies within conditions.</exception>
    public static LinearDiscriminant Fit(Matrix samples, IReadOnlyList<int> labels, int conditions)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Count, samples.Rows, nameof(labels));
        var members = Enumerable.Range(0, conditions).Select(condition => Enumerable.Range(0, labels.Count).Where(i => labels[i] == condition).ToArray()).ToArray();
        if (Array.FindIndex(members, own => own.Length == 0) is >= 0 and var empty)
            throw ClosedLoopException.Failed($"condition {empty} has no sample to learn from");
        var means = members.Select(own => samples.Take(own).Means()).ToArray();
        var residuals = new Matrix(samples.Rows, samples.Columns);
        for (var i = 0; i < samples.Rows; i++)
            for (var j = 0; j < samples.Columns; j++)
                residuals[i, j] = samples[i, j] - means[labels[i]][j];
        int[] varying = [.. Enumerable.Range(0, samples.Columns).Where(j => residuals.Column(j).Any(x => Math.Abs(x) > 1e-9))];
        if (varying.Length == 0)
            throw ClosedLoopException.Failed($"none of {samples.Columns} columns varies within conditions, and their noise cannot be weighed");
        var kept = new Matrix(samples.Rows, varying.Length);
        for (var i = 0; i < kept.Rows; i++)
            for (var k = 0; k < varying.Length; k++)
                kept[i, k] = residuals[i, varying[k]];
        var factor = Cholesky.Factor(NoisePrecision.ShrunkToDiagonal(kept))
            ?? throw ClosedLoopException.Failed("the covariance within conditions has no inverse; leave out columns that repeat each other");
        var weights = means.Select(mean =>
        {
            double[] solved = [.. varying.Select(j => mean[j])];
            factor.Solve(solved);
            var all = new double[mean.Length];
            for (var k = 0; k < varying.Length; k++)
                all[varying[k]] = solved[k];
            return all;
        }).ToArray();
        return new(weights, [.. weights.Select((w, c) => Math.Log((double)members[c].Length / samples.Rows) - (Vectors.Dot(w, means[c]) / 2))]);
    }

    /// <summary>The likeliest condition of a sample.</summary>
    public int Classify(ReadOnlySpan<double> sample)
    {
        var (best, most) = (0, double.NegativeInfinity);
        for (var c = 0; c < _offsets.Length; c++)
        {
            var score = _offsets[c] + Vectors.Dot(_weights[c], sample);
            if (score > most)
                (best, most) = (c, score);
        }
        return best;
    }

    /// <summary>The share of samples told right by what was learnt from other stretches of time, averaged over conditions (chance: 1 / conditions).</summary>
    /// <param name="samples">Rows are samples in the order of time.</param>
    /// <param name="labels">The condition of each.</param>
    /// <param name="conditions">How many conditions.</param>
    /// <param name="folds">Stretches; each condition's samples are divided into as many, so that every one is learnt in every fold.</param>
    /// <exception cref="ClosedLoopException">A condition has fewer samples than there are folds.</exception>
    public static double CrossValidatedAccuracy(Matrix samples, IReadOnlyList<int> labels, int conditions, int folds = 5)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(labels);
        var (seen, total) = (new int[conditions], new int[conditions]);
        foreach (var label in labels)
            total[label]++;
        if (Array.FindIndex(total, count => count < folds) is >= 0 and var few)
            throw ClosedLoopException.Failed($"condition {few} has {total[few]} samples, fewer than the {folds} folds");
        var fold = labels.Select(label => (int)((long)seen[label]++ * folds / total[label])).ToArray();
        var right = new int[conditions];
        for (var k = 0; k < folds; k++)
        {
            var learn = Enumerable.Range(0, labels.Count).Where(i => fold[i] != k).ToArray();
            var discriminant = Fit(samples.Take(learn), [.. learn.Select(i => labels[i])], conditions);
            for (var i = 0; i < labels.Count; i++)
                if (fold[i] == k && discriminant.Classify(samples.Row(i)) == labels[i])
                    right[labels[i]]++;
        }
        return Enumerable.Range(0, conditions).Average(c => (double)right[c] / total[c]);
    }
}
