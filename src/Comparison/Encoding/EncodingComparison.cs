using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Which classes of features predict which units: ridge-penalised Poisson models at every lag, judged on stretches of time
/// that they were not fitted to, with gaps between. All cores; what comes out does not depend on how many.
/// </summary>
/// <remarks>
/// Lags: the count of bin t is predicted from the features of bin t - lag, for the same bins t at all lags. Scores take for
/// each fold the lag whose model explains the fitted bins best, so that the search over lags does not flatter them.
/// </remarks>
public sealed class EncodingComparison
{
    // NB: so many panels of eight units as a block of features serves from the second-level cache.
    private const int PanelsTogether = 4;

    // Of standardised weights. Scores err by its square: by some hundred-thousandths of a nat in an hour's bins.
    private const double Tolerance = 1e-5;

    private readonly EncodingOptions _options;
    private readonly int[] _lags;
    private readonly FoldScore[] _scores;
    private readonly IReadOnlyList<FeatureClass> _classes;
    private readonly IReadOnlyList<string> _unitNames;
    private readonly Matrix _counts;
    private readonly ContiguousFolds _folds;
    private readonly IReadOnlyList<BinRange> _usable;
    private readonly IReadOnlyList<bool>? _usableCounts;
    private readonly int _gap;
    private FoldScore[]? _nets;

    private EncodingComparison(EncodingData data, EncodingOptions options)
    {
        (_counts, _unitNames, _classes, _options, _lags) = (data.Counts, data.UnitNames, data.Classes, options, options.LagBins());
        var (least, most) = (Math.Min(0, _lags[0]), Math.Max(0, _lags[^1]));
        _gap = Math.Max(-least, most) + (int)Math.Ceiling(options.SmoothingReachMs / options.BinMs);
        (_usable, _usableCounts) = (data.Usable(_lags[0], _lags[^1]), data.UsableCounts);
        _folds = ContiguousFolds.OfStretches(_usable.Count > 0 ? _usable : [default], options.Folds, _gap);
        _scores = new FoldScore[_classes.Count * _counts.Columns * _lags.Length * options.Folds];
    }

    /// <summary>Runs it.</summary>
    /// <param name="counts">Rows are bins that follow each other without gaps, columns are units.</param>
    /// <param name="unitNames">Of the columns.</param>
    /// <param name="classes">The classes of features, with as many rows.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">Tables do not fit each other, hold what is no count or no finite number, or are too short.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static EncodingResult Run(
        Matrix counts, IReadOnlyList<string> unitNames, IReadOnlyList<FeatureClass> classes, EncodingOptions options, IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        Run(new(counts, unitNames, classes), options, checkpoint: null, progress, cancellation);

    /// <summary>Runs it on data of which some bins cannot be used.</summary>
    /// <param name="data">Counts and features.</param>
    /// <param name="options">How.</param>
    /// <param name="checkpoint">Where finished parts are kept and found again; null: nowhere.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Ends it; what is finished stays in the checkpoint.</param>
    /// <exception cref="ClosedLoopException">Tables do not fit each other, hold what is no count or no finite number, or are too short.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static EncodingResult Run(EncodingData data, EncodingOptions options, EncodingCheckpoint? checkpoint = null, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        var (counts, classes) = (data.Counts, data.Classes);
        if (options.Alphas.Count == 0 || options.Alphas.Any(alpha => !(alpha > 0)))
            throw ClosedLoopException.Usage($"the ridge's strengths are '{string.Join(", ", options.Alphas.Select(alpha => FormattableString.Invariant($"{alpha}")))}'; at least one is needed, all above 0");
        if (!(options.ElasticNetRatio >= 0 && options.ElasticNetRatio <= 1))
            throw ClosedLoopException.Usage(FormattableString.Invariant($"the elastic net's ratio is {options.ElasticNetRatio}; it is above 0 and at most 1, or 0 for the ridge"));
        foreach (var one in classes)
            if (one.Features.Rows != counts.Rows)
                throw ClosedLoopException.Failed($"the class '{one.Name}' has {one.Features.Rows} bins, and there are {counts.Rows} of counts; both need one row a bin");
        var run = new EncodingComparison(data, options);
        run.Fit(checkpoint, progress, cancellation);
        if (options.ElasticNetRatio > 0)
            run.FitElasticNets(progress, cancellation);
        return run.Judge();
    }

    private void Fit(EncodingCheckpoint? checkpoint, IProgress<string>? progress, CancellationToken cancellation)
    {
        using var panels = new CountPanels(_counts, _unitNames);
        var groups = (panels.Panels + PanelsTogether - 1) / PanelsTogether;
        var perClass = _options.Folds * groups;
        var (done, total) = (0, _classes.Count * perClass);
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount };
        for (var c = 0; c < _classes.Count; c++)
        {
            var index = c;
            using var kept = checkpoint?.Open(_classes[c], _counts, _usable, _options, PartLength);
            Parallel.For(0, kept is null ? 0 : perClass, item =>
            {
                if (kept!.TryGet(item) is { } part)
                    Exchange(index, item / groups, item % groups * PanelsTogether * BlockProducts.Panel, part, load: true);
            });
            if (kept?.Count == perClass)
            {
                done += perClass;
                continue;
            }
            using var design = new DesignMatrix(_classes[c].Features, _classes[c].FeatureNames);
            var covariance = PopulationRegression.CovarianceOf(design);
            Parallel.For(0, perClass, parallel, item =>
            {
                var (fold, group) = (item / groups, item % groups);
                if (kept?.TryGet(item) is not null)
                {
                    Interlocked.Increment(ref done);
                    return;
                }
                int[] own = [.. Enumerable.Range(group * PanelsTogether, Math.Min(PanelsTogether, panels.Panels - (group * PanelsTogether)))];
                using var regression = new PopulationRegression(design, panels, covariance, own) { Tolerance = Tolerance };
                FitLags(regression, index, fold, group * PanelsTogether * BlockProducts.Panel, cancellation);
                if (kept is not null)
                {
                    var part = new double[PartLength];
                    Exchange(index, fold, group * PanelsTogether * BlockProducts.Panel, part, load: false);
                    kept.Add(item, part);
                }
                progress?.Report($"encoding models of '{_classes[index].Name}': {100.0 * Interlocked.Increment(ref done) / total:F0} %");
            });
        }
    }

    /// <summary>Elastic nets of all units and classes, each fold at the lag at which the ridge explains its fitted bins best.</summary>
    private void FitElasticNets(IProgress<string>? progress, CancellationToken cancellation)
    {
        var (units, folds, done) = (_unitNames.Count, _options.Folds, 0);
        var net = new PoissonElasticNet { Ratio = _options.ElasticNetRatio, Steps = 15, Tolerance = 1e-6 };
        var nets = new FoldScore[_classes.Count * units * folds];
        double[][] counts = [.. Enumerable.Range(0, units).Select(_counts.Column)];
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount };
        Parallel.For(0, nets.Length, parallel, item =>
        {
            var (c, unit, fold) = (item / folds / units, item / folds % units, item % folds);
            var lag = BestLag(c, unit, fold);
            var score = Score(c, unit, lag, fold);
            var test = _folds.TestRanges[fold];
            var bins = test.Sum(range => range.Length);
            BinRange[][] blocks = [.. Enumerable.Range(0, _options.BlocksPerFold).Select(block => ContiguousFolds.Within(test, At(block), At(block + 1)).ToArray())];
            if (!score.Silent && ElasticNetFold.Fit(_classes[c].Features, counts[unit], _lags[lag], _folds.Trains[fold], blocks, _gap, net) is { } found)
            {
                (score.Blocks, score.Deviance, score.ConstantDeviance) = (found.Nats, found.Deviance, found.ConstantDeviance);
                (score.Alpha, score.Unconverged) = (found.Alpha, !found.Converged);
            }
            nets[item] = score;
            progress?.Report($"elastic nets: {100.0 * Interlocked.Increment(ref done) / nets.Length:F0} %");

            int At(int block) => ContiguousFolds.Place(test, (int)((long)bins * block / _options.BlocksPerFold));
        });
        _nets = nets;
    }

    /// <summary>The lag whose ridge explains the fitted bins of a fold best.</summary>
    private int BestLag(int c, int unit, int fold) => Enumerable.Range(0, _lags.Length).MaxBy(lag => Score(c, unit, lag, fold).TrainNats);

    /// <summary>What a fold says of a unit and a class.</summary>
    private FoldScore Chosen(int c, int unit, int fold) => _nets is null ? Score(c, unit, BestLag(c, unit, fold), fold) : _nets[(((c * _unitNames.Count) + unit) * _options.Folds) + fold];

    /// <summary>All lags of a fold, each begun where the last ended.</summary>
    private void FitLags(PopulationRegression regression, int c, int fold, int firstUnit, CancellationToken cancellation)
    {
        var test = _folds.TestRanges[fold];
        var bins = test.Sum(range => range.Length);
        regression.Begin(_folds.Trains[fold], ChooseAlphas(regression, _folds.Trains[fold], cancellation));
        for (var lag = 0; lag < _lags.Length; lag++)
        {
            regression.Fit(_lags[lag], cancellation);
            for (var block = 0; block < _options.BlocksPerFold; block++)
            {
                foreach (var range in ContiguousFolds.Within(test, At(block), At(block + 1)))
                {
                    regression.Score(range);
                    Add(block, lag);
                }
            }
        }

        int At(int block) => ContiguousFolds.Place(test, (int)((long)bins * block / _options.BlocksPerFold));

        void Add(int block, int lag)
        {
            for (var unit = 0; firstUnit + unit < _unitNames.Count && unit < PanelsTogether * BlockProducts.Panel; unit++)
            {
                var found = regression[unit];
                ref var score = ref Score(c, firstUnit + unit, lag, fold);
                score.Blocks ??= new double[_options.BlocksPerFold];
                score.Blocks[block] += found.Test.Nats;
                score.Deviance += found.Test.Deviance;
                score.ConstantDeviance += found.Test.ConstantDeviance;
                score.Spikes += found.Test.Spikes;
                score.TrainNats = found.TrainNats;
                score.Unconverged = !found.Silent && !found.Search.Converged;
                score.Silent = found.Silent;
                score.Alpha = found.Alpha;
            }
        }
    }

    /// <summary>The strength for each unit that does best, at the best of some lags, on the end of the bins of a fit, by models of the others.</summary>
    private double[] ChooseAlphas(PopulationRegression regression, BinRange[] train, CancellationToken cancellation)
    {
        if (_options.Alphas.Count == 1)
            return [_options.Alphas[0]];
        var cut = ContiguousFolds.Place(train, train.Sum(range => range.Length) * 4 / 5);
        var held = ContiguousFolds.Within(train, cut, int.MaxValue);
        var others = ContiguousFolds.Within(train, int.MinValue, cut - _gap);
        if (others.Length == 0)
            return [_options.Alphas.Max()];
        var units = PanelsTogether * BlockProducts.Panel;
        var (alphas, best, nats) = (new double[units], new double[units], new double[units]);
        Array.Fill(best, double.NegativeInfinity);
        Array.Fill(alphas, _options.Alphas.Max());
        // A quarter of a second apart, lags resemble each other enough to tell a strength by.
        var every = Math.Max(1, (int)(250 / _options.BinMs / Math.Max(1, _lags.Length > 1 ? _lags[1] - _lags[0] : 1)));
        foreach (var alpha in _options.Alphas.OrderDescending())
        {
            regression.Begin(others, alpha);
            for (var lag = 0; lag < _lags.Length; lag += every)
            {
                regression.Fit(_lags[lag], cancellation);
                Array.Clear(nats);
                foreach (var range in held)
                {
                    regression.Score(range);
                    for (var unit = 0; unit < regression.Units; unit++)
                        nats[unit] += regression[unit].Test.Nats;
                }
                for (var unit = 0; unit < regression.Units; unit++)
                    if (!regression[unit].Silent && nats[unit] > best[unit])
                        (best[unit], alphas[unit]) = (nats[unit], alpha);
            }
        }
        return alphas;
    }

    /// <summary>Numbers of one fold and group of units, as a checkpoint keeps them.</summary>
    private int PartLength => PanelsTogether * BlockProducts.Panel * _lags.Length * (FoldScore.Numbers + _options.BlocksPerFold);

    /// <summary>Writes the scores of a fold and a group of units into a part of a checkpoint, or reads them from it.</summary>
    private void Exchange(int c, int fold, int firstUnit, double[] part, bool load)
    {
        var size = FoldScore.Numbers + _options.BlocksPerFold;
        for (var unit = 0; firstUnit + unit < _unitNames.Count && unit < PanelsTogether * BlockProducts.Panel; unit++)
            for (var lag = 0; lag < _lags.Length; lag++)
            {
                ref var score = ref Score(c, firstUnit + unit, lag, fold);
                var numbers = part.AsSpan(((unit * _lags.Length) + lag) * size, size);
                score.Blocks ??= new double[_options.BlocksPerFold];
                if (load)
                    score.Load(numbers);
                else
                    score.Save(numbers);
            }
    }

    private ref FoldScore Score(int c, int unit, int lag, int fold) => ref _scores[(((((c * _unitNames.Count) + unit) * _lags.Length) + lag) * _options.Folds) + fold];

    private EncodingResult Judge()
    {
        var units = _unitNames.Count;
        var spikes = new double[units];
        for (var t = 0; t < _counts.Rows; t++)
            if (_usableCounts is null || _usableCounts[t])
                Vectors.AddScaled(spikes, 1, _counts.Row(t));
        var judged = Enumerable.Range(0, units).Select(unit => spikes[unit] >= _options.LeastSpikes
            && Enumerable.Range(0, _options.Folds).All(fold => !Score(0, unit, 0, fold).Silent)).ToArray();
        var scores = Enumerable.Range(0, units).Select(unit => Enumerable.Range(0, _classes.Count)
            .Select(c => judged[unit] ? ScoreOf(c, unit) : new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, [])).ToArray()).ToArray();
        var adjusted = BenjaminiHochberg.Adjust([.. scores.SelectMany(of => of.Select(score => score.P))]);
        var seconds = (_usableCounts?.Count(usable => usable) ?? _counts.Rows) * _options.BinMs / 1000;
        var result = new UnitScores[units];
        for (var unit = 0; unit < units; unit++)
        {
            var classes = scores[unit].Select((score, c) => score with { AdjustedP = adjusted[(unit * _classes.Count) + c] }).ToArray();
            var leading = judged[unit] ? Enumerable.Range(0, classes.Length).MaxBy(c => classes[c].BitsPerSpike) : -1;
            result[unit] = new(_unitNames[unit], spikes[unit] / seconds, classes, leading,
                leading >= 0 && classes[leading].BitsPerSpike > 0 && classes[leading].AdjustedP <= _options.Significance);
        }
        return new([.. _classes.Select(c => (c.Name, c.Kind))], [.. _lags.Select(lag => lag * _options.BinMs)], result, _scores.Concat(_nets ?? []).Count(score => score.Unconverged), _scores.Concat(_nets ?? []).Count(score => !score.Silent)) { ElasticNetRatio = _options.ElasticNetRatio, BenchmarkBitsPerSpike = Benchmark(judged) };
    }

    /// <summary>The benchmark's bits a spike of each class, from deviances: their difference is twice that of log-likelihoods.</summary>
    private double[] Benchmark(bool[] judged)
    {
        var (bins, spikes, saturated) = (0, new double[judged.Length], new double[judged.Length]);
        foreach (var range in _folds.TestRanges.SelectMany(ranges => ranges))
        {
            bins += range.Length;
            for (var t = range.Start; t < range.End; t++)
                for (var unit = 0; unit < judged.Length; unit++)
                    if (_counts[t, unit] is > 0 and var count)
                    {
                        spikes[unit] += count;
                        saturated[unit] += count * Math.Log(count);
                    }
        }
        int[] units = [.. Enumerable.Range(0, judged.Length).Where(unit => judged[unit])];
        var constant = units.Sum(unit => 2 * (saturated[unit] - (spikes[unit] * Math.Log(spikes[unit] / bins))));
        return [.. _classes.Select((_, c) => PoissonScores.BitsPerSpike(
            (constant - units.Sum(unit => Enumerable.Range(0, _options.Folds).Sum(fold => Chosen(c, unit, fold).Deviance))) / 2, units.Sum(unit => spikes[unit])))];
    }

    private ClassScore ScoreOf(int c, int unit)
    {
        var curve = new double[_lags.Length];
        for (var lag = 0; lag < curve.Length; lag++)
        {
            var (nats, spikes) = (0.0, 0.0);
            for (var fold = 0; fold < _options.Folds; fold++)
            {
                ref var score = ref Score(c, unit, lag, fold);
                nats += score.Blocks!.Sum();
                spikes += score.Spikes;
            }
            curve[lag] = PoissonScores.BitsPerSpike(nats, spikes);
        }
        var (total, all, deviance, constant, logAlpha) = (0.0, 0.0, 0.0, 0.0, 0.0);
        var blocks = new List<double>();
        for (var fold = 0; fold < _options.Folds; fold++)
        {
            var score = Chosen(c, unit, fold);
            blocks.AddRange(score.Blocks!);
            total += score.Blocks!.Sum();
            all += score.Spikes;
            deviance += score.Deviance;
            constant += score.ConstantDeviance;
            logAlpha += Math.Log(score.Alpha) / _options.Folds;
        }
        var best = Enumerable.Range(0, curve.Length).MaxBy(lag => curve[lag]);
        return new(PoissonScores.BitsPerSpike(total, all), 1 - (deviance / constant), WilcoxonSignedRank.Greater([.. blocks]).P, double.NaN, Math.Exp(logAlpha), _lags[best] * _options.BinMs, curve);
    }

    private struct FoldScore
    {
        public const int Numbers = 7;

        public double[]? Blocks;
        public double TrainNats, Alpha, Deviance, ConstantDeviance, Spikes;
        public bool Silent, Unconverged;

        public readonly void Save(Span<double> numbers)
        {
            (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]) = (TrainNats, Alpha, Deviance, ConstantDeviance, Spikes);
            (numbers[5], numbers[6]) = (Silent ? 1 : 0, Unconverged ? 1 : 0);
            Blocks!.CopyTo(numbers[Numbers..]);
        }

        public void Load(ReadOnlySpan<double> numbers)
        {
            (TrainNats, Alpha, Deviance, ConstantDeviance, Spikes) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
            (Silent, Unconverged) = (numbers[5] != 0, numbers[6] != 0);
            numbers[Numbers..].CopyTo(Blocks);
        }
    }
}
