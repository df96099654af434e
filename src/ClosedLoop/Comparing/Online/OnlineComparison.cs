using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>
/// The comparison as a session makes it: rows of features and counts, each in the order of bins, are put beside each other in
/// the animal's time, predicted, judged and learned from. One thread; what comes out depends on rows and counts alone.
/// Allocates nothing per bin; a little when scores are given out.
/// </summary>
internal sealed class OnlineComparison
{
    /// <summary>Bins of features or counts that may wait for the other: twenty seconds at 50 Hz.</summary>
    public const int Waiting = 1024;

    private readonly ComparisonRow[] _rows;
    private readonly int[,] _counts;
    private readonly long[] _countedBins;
    private readonly int[] _unitCounts, _present;
    private readonly float[] _missingFeatures;
    private readonly FeatureReduction _reduction;
    private readonly OnlineEncoding _encoding;
    private readonly OnlineBehaviours? _behaviours;
    private readonly CaptureDelay _delay;
    private readonly ComparisonScores _scores;
    private readonly BehaviourComparison? _compared;
    private readonly Func<SessionTime> _now;
    private readonly Action<ComparisonScores> _onScores;
    private readonly Action<BehaviourComparison> _onBehaviours;
    private readonly FeatureGroup? _spread;
    private readonly IBehaviourClassifier? _classifier;
    private readonly int _units, _every;
    private long _newestRow = RecordStamp.None, _newestCounts = RecordStamp.None, _next = RecordStamp.None;
    private long _given, _missing, _taken;
    private int? _shift;

    /// <summary>Makes one that knows nothing yet.</summary>
    /// <param name="layout">The features.</param>
    /// <param name="configuration">How they are compared.</param>
    /// <param name="units">Most units.</param>
    /// <param name="classifier">Says what the animal does; null: nobody does.</param>
    /// <param name="shift">The delay in bins where it is known, as of a recording; null: found.</param>
    /// <param name="now">Session time.</param>
    /// <param name="onScores">Told of scores, lent.</param>
    /// <param name="onBehaviours">Told of behaviours, lent.</param>
    public OnlineComparison(
        FeatureLayout layout, ComparisonConfiguration configuration, int units, IBehaviourClassifier? classifier, int? shift,
        Func<SessionTime> now, Action<ComparisonScores> onScores, Action<BehaviourComparison> onBehaviours)
    {
        (_units, _classifier, _shift, _now, _onScores, _onBehaviours) = (units, classifier, shift, now, onScores, onBehaviours);
        _reduction = new(layout, configuration.Classes.Count > 0 ? configuration.Classes : ComparisonConfiguration.Usual(layout), configuration.MostFeatures);
        _encoding = new(units, _reduction.Sizes, new()
        {
            BinMs = 1000 / layout.RateHz,
            LagsMs = configuration.LagsMs,
            ScaleSeconds = configuration.ScaleSeconds,
            RidgeBinsPerFeature = configuration.RidgeBinsPerFeature,
            RollingSeconds = configuration.RollingSeconds,
        });
        _delay = new(1 / layout.RateHz);
        _rows = [.. Enumerable.Range(0, Waiting).Select(_ => new ComparisonRow(_reduction.Count))];
        (_counts, _countedBins, _unitCounts, _present) = (new int[Waiting, units], new long[Waiting], new int[Waiting], new int[units]);
        Array.Fill(_countedBins, RecordStamp.None);
        _missingFeatures = new float[_reduction.Count];
        Array.Fill(_missingFeatures, float.NaN);
        _scores = new(units, _reduction.Groups.Count);
        _every = Math.Max(1, (int)Math.Round(configuration.EverySeconds * layout.RateHz));
        _spread = layout.Groups.FirstOrDefault(group => group.Name == "latent_sd");
        if (classifier is null)
            return;
        _behaviours = new(units, _reduction.Sizes, classifier.Names.Count);
        _compared = new(classifier.Names.Count, _reduction.Groups.Count);
    }

    /// <summary>The classes.</summary>
    public IReadOnlyList<FeatureGroup> Classes => _reduction.Groups;

    /// <summary>Bins that were judged.</summary>
    public long Judged => _encoding.Judged;

    /// <summary>Whether as many rows wait for their counts as can.</summary>
    public bool IsFull => _next != RecordStamp.None && _newestRow - _next >= Waiting - 1;

    /// <summary>Whether the counts of a bin are so far ahead of the features that they cannot be kept until these come.</summary>
    public bool IsAhead(long bin) => bin - (_next == RecordStamp.None ? 0 : _next - (_shift ?? 0)) >= Waiting;

    /// <summary>The planted neuron that a unit is, by its index; where it is known.</summary>
    public Func<int, int>? PlantedOf { get; set; }

    /// <summary>Takes a beat whose pose was measured, for the delay.</summary>
    public void Beat(SessionTime beat, SessionTime captured)
    {
        if (_shift is not null)
            return;
        _delay.Take(beat, captured);
        _shift = _delay.Bins;
    }

    /// <summary>Takes the features of the next bin.</summary>
    public void Take(FeatureRow row)
    {
        // Counts are behind by more than can be kept: the oldest rows are judged without them.
        while (_next != RecordStamp.None && row.Bin - _next >= Waiting)
            Step(countsCame: false);
        var kept = _rows[row.Bin % Waiting];
        (kept.Bin, kept.Captured) = (row.Bin, row.Captured);
        _reduction.Write(row.Values, kept.Features);
        kept.Behaviour = _classifier?.Classify(row) ?? -1;
        kept.Variability = _spread is null ? double.NaN : Mean(row.Of(_spread));
        if (_next == RecordStamp.None)
            _next = row.Bin;
        _newestRow = row.Bin;
        Join();
    }

    /// <summary>Takes the counts of the next bin.</summary>
    public void Take(SpikeCounts bin)
    {
        var number = bin.Stamp.Sequence;
        if (number <= _newestCounts)
            return;
        var slot = (int)(number % Waiting);
        (_countedBins[slot], _newestCounts) = (number, number);
        var whole = (bin.Flags & (SpikeCountFlags.Gap | SpikeCountFlags.Unsorted)) == 0;
        _unitCounts[slot] = Math.Min(bin.UnitCount, _units);
        for (var unit = 0; unit < _unitCounts[slot]; unit++)
            _counts[slot, unit] = whole ? bin.Counts[unit] : -1;
        Join();
    }

    /// <summary>The session is over: the last scores are given out. Rows whose counts never came are not judged.</summary>
    public void Finish()
    {
        _delay.Settle();
        _shift ??= _delay.Bins;
        Join();
        if (_taken > 0)
            Publish();
    }

    /// <summary>No more counts come, but rows do.</summary>
    public void EndCounts() => _newestCounts = long.MaxValue;

    private static double Mean(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }

    private void Join()
    {
        if (_shift is not { } shift || _next == RecordStamp.None)
            return;
        while (_next <= _newestRow && _newestCounts >= _next - shift)
            Step(countsCame: true);
    }

    /// <summary>Judges the next bin with what is there of it.</summary>
    private void Step(bool countsCame)
    {
        var row = _rows[_next % Waiting];
        var number = _next - (_shift ?? 0);
        var slot = number < 0 ? 0 : (int)(number % Waiting);
        var counted = countsCame && number >= 0 && _countedBins[slot] == number;
        var units = counted ? _unitCounts[slot] : 0;
        for (var unit = 0; unit < units; unit++)
            _present[unit] = _counts[slot, unit];
        ReadOnlySpan<float> features = row.Bin == _next ? row.Features : _missingFeatures;
        var known = _present.AsSpan(0, units);
        if (row.Bin != _next || !counted || (units > 0 && known[0] < 0))
            _missing++;
        _encoding.Take(known, features);
        if (row.Bin == _next)
            _behaviours?.Take(row.Behaviour, known, features, row.Variability);
        _next++;
        if (++_taken % _every == 0)
            Publish();
    }

    /// <summary>The probability that a class predicts a unit better than the best of the other kind.</summary>
    private double OfItsKind(int unit, int leading)
    {
        var (best, bits) = (-1, double.NegativeInfinity);
        for (var c = 0; c < _reduction.Groups.Count; c++)
            if (_reduction.Groups[c].Kind != _reduction.Groups[leading].Kind && _encoding.ReadClass(unit, c).BitsPerSpike is var found && found > bits)
                (best, bits) = (c, found);
        return best < 0 ? 1 : _encoding.Surpasses(unit, leading, best);
    }

    private void Publish()
    {
        var row = _rows[(_next - 1) % Waiting];
        var classes = _reduction.Groups.Count;
        _scores.Stamp = new(_given++, _next - 1, RecordStamp.None, row.Bin == _next - 1 ? row.Captured : _now(), _now());
        (_scores.Judged, _scores.Missing, _scores.DelayBins) = (_encoding.Judged, _missing, _shift ?? 0);
        _scores.UnitCount = _encoding.Born;
        for (var unit = 0; unit < _scores.UnitCount; unit++)
        {
            var score = _encoding.Read(unit);
            (_scores.Leading[unit], _scores.BitsPerSpike[unit], _scores.RollingBitsPerSpike[unit]) = (score.Leading, score.BitsPerSpike, score.RollingBitsPerSpike);
            (_scores.LagMs[unit], _scores.IsPredictive[unit], _scores.IsFirst[unit]) = (score.LagMs, score.IsPredictive, score.IsFirst);
            _scores.IsOfItsKind[unit] = score.Leading < 0 ? double.NaN : OfItsKind(unit, score.Leading);
            _scores.Planted[unit] = PlantedOf?.Invoke(unit) ?? 0;
            for (var c = 0; c < classes; c++)
            {
                var (_, rolling, lag) = _encoding.ReadClass(unit, c);
                (_scores.ClassBitsPerSpike[(unit * classes) + c], _scores.ClassLagMs[(unit * classes) + c]) = ((float)rolling, (float)lag);
            }
        }
        _onScores(_scores);
        if (_behaviours is null || _compared is null)
            return;
        _compared.Stamp = _scores.Stamp;
        _behaviours.Read(_compared.Bins, _compared.Dissimilarity, _compared.Similarity, _compared.Variability);
        _onBehaviours(_compared);
    }
}
