namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Sorts the spikes of one tetrode as they come. It keeps the events of a learning period, learns units from them
/// beside the stream, tells of those that waited, and from then on explains each event at once by
/// the units' templates (<see cref="TemplateMatcher"/>). Spikes that are surely one unit's move its template, so
/// that it follows slow drift. What no template explains is unit 0, and is searched for new units from time to time.
/// Allocates nothing once it has learnt, but for those searches.
/// </summary>
public sealed partial class TetrodeSorter
{
    private const int MostUnits = 24, Kept = 2048, KeptRejects = 1500;
    // Events that waited are told of so many to every 128 samples of the stream, so that no block has to sort them all.
    private const int Drained = 4;
    private const double ViolationS = 0.0015;
    private const float SureMargin = 10, MostStep = 0.05f, RefreshStep = 0.02f;

    private readonly SortingOptions _options;
    private readonly double _rateHz;
    private readonly float[] _levels, _window;
    private readonly NoiseCovariance _covariance;
    private readonly TaskScheduler _scheduler;
    private readonly List<UnitTrack> _units = [];
    private readonly TemplateMatch[] _found = new TemplateMatch[TemplateMatcher.MostSpikes];
    private EventStore? _waiting;
    private readonly EventStore _recent, _rejects;
    private TemplateMatcher? _matcher;
    private Task<(NoiseMetric Metric, List<UnitTemplate> Templates)>? _learning;
    private long _began = long.MinValue, _adoptAt, _searchAt = long.MaxValue, _last = long.MinValue, _now;
    private TemplateTrajectory? _recorded, _planned;
    private SpikeArchive? _archive;
    private int _nextId = 1, _stretch = -1;

    /// <summary>Makes a sorter that knows nothing yet.</summary>
    /// <param name="tetrode">Index of the tetrode.</param>
    /// <param name="wires">Its wires.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="options">How to sort.</param>
    /// <param name="scheduler">What learns beside the stream; null: the thread pool.</param>
    public TetrodeSorter(int tetrode, int wires, double rateHz, SortingOptions options, TaskScheduler? scheduler = null)
    {
        options.Check();
        (Tetrode, Wires, _rateHz, _options, _scheduler) = (tetrode, wires, rateHz, options, scheduler ?? TaskScheduler.Default);
        (_levels, _window) = (new float[wires], new float[wires * options.Window]);
        _covariance = new(wires, options.Length, rateHz);
        _waiting = new(options.LearningEvents * 3 / 2, _window.Length);
        (_recent, _rejects) = (new(Kept, _window.Length), new(KeptRejects, _window.Length));
    }

    /// <summary>Index of the tetrode.</summary>
    public int Tetrode { get; }

    /// <summary>Its wires.</summary>
    public int Wires { get; }

    /// <summary>Whether there are units, and all that waited for them has been told of.</summary>
    public bool Learnt => _matcher is not null && _waiting is null;

    /// <summary>Events that had to be let go while units were being learnt.</summary>
    public long Dropped { get; private set; }

    /// <summary>Events that no template explained, since the units were learnt.</summary>
    public long Rejected { get; private set; }

    /// <summary>How often learning was begun beside the stream: once for the units, then for new ones; and how often what was learnt was taken into use. Both allocate.</summary>
    public (int Begun, int Adopted) Learnings { get; private set; }

    /// <summary>Takes note of the noise; needed until the units are learnt.</summary>
    /// <param name="samples">Filtered samples of all channels, channel by channel.</param>
    /// <param name="count">Samples per channel.</param>
    /// <param name="stride">Numbers from a channel's first sample to the next channel's.</param>
    /// <param name="channels">The tetrode's channels.</param>
    /// <param name="noise">Standard deviation of each channel's noise.</param>
    /// <param name="vetoed">By sample, whether an artefact covers it. Empty: none does.</param>
    public void ObserveNoise(ReadOnlySpan<float> samples, int count, int stride, ReadOnlySpan<int> channels, ReadOnlySpan<float> noise, ReadOnlySpan<bool> vetoed = default)
    {
        for (var w = 0; w < Wires; w++)
            _levels[w] = noise[channels[w]];
        if (_matcher is null && _learning is null)
            _covariance.Observe(samples, count, stride, channels, noise, vetoed);
    }

    /// <summary>Takes an event.</summary>
    /// <param name="sample">The device's number of the sample at its trough; in order of time.</param>
    /// <param name="window">What <see cref="SortingOptions.Detector"/> cuts out, wire by wire.</param>
    /// <param name="sink">Told of its spikes.</param>
    public void Take(long sample, ReadOnlySpan<float> window, ISortedSpikeSink sink)
    {
        if (_waiting is null)
        {
            Sort(sample, window, false, sink);
            return;
        }
        if (!_waiting.TryAdd(sample, 0, window))
            Dropped++;
    }

    /// <summary>Says how far the stream has come: learning begins and ends by it.</summary>
    /// <param name="sample">The device's number of the sample after the last.</param>
    /// <param name="count">Samples since it was said last.</param>
    /// <param name="sink">Told of spikes that waited.</param>
    public void Advance(long sample, int count, ISortedSpikeSink sink)
    {
        _now = sample;
        if (_began == long.MinValue)
            _began = sample;
        if (_matcher is null && _learning is null && _covariance.Known
            && (sample - _began >= _options.LearningS * _rateHz || _waiting!.Count >= _options.LearningEvents))
            Learn(_waiting!, _waiting!.Count, []);
        else if (_learning is not null && sample >= _adoptAt)
            Adopt();
        else if (_learning is null && sample >= _searchAt && _rejects.Count >= 2 * _options.LeastSpikes && _units.Count < MostUnits)
            Learn(_rejects.Copy(), _rejects.Count, [.. _matcher!.Templates.Select(template => template.Copy())]);
        if (_matcher is null || _waiting is null)
            return;
        Drain(Math.Max(1, Drained * count / 128), sink);
    }

    /// <summary>
    /// The stream has ended: learns from what there is if nothing was learnt yet, and tells of all that waits. What waits on a
    /// stream too short to know its noise is let go.
    /// </summary>
    public void Complete(ISortedSpikeSink sink)
    {
        if (_matcher is null && _learning is null && _covariance.Known)
            Learn(_waiting!, _waiting!.Count, []);
        if (_learning is not null)
            Adopt();
        if (_matcher is not null && _waiting is not null)
            Drain(int.MaxValue, sink);
    }

    /// <summary>Forgets what was begun across a gap in the samples.</summary>
    public void Break() => _covariance.Break();

    private void Drain(int most, ISortedSpikeSink sink)
    {
        for (; most > 0 && _waiting!.Count > 0; most--)
        {
            var at = _waiting.Read(0, _window);
            _waiting.Remove();
            Sort(at, _window, true, sink);
        }
        if (_waiting!.Count == 0)
            _waiting = null;
    }

    private void Learn(EventStore events, int count, List<UnitTemplate> known)
    {
        float[] levels = [.. _levels];
        var metric = _matcher?.Metric;
        _adoptAt = _now + (long)(_options.AdoptionS * _rateHz);
        Learnings = (Learnings.Begun + 1, Learnings.Adopted);
        _learning = Task.Factory.StartNew(
            () =>
            {
                metric ??= _covariance.ToMetric();
                foreach (var template in known)
                    template.Refresh(metric, _options);
                return (metric, UnitLearning.Learn(events, count, metric, levels, _options, known));
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            _scheduler);
    }

    private void Adopt()
    {
        var (metric, templates) = _learning!.GetAwaiter().GetResult();
        _learning = null;
        Learnings = (Learnings.Begun, Learnings.Adopted + 1);
        var first = _matcher is null;
        _matcher ??= new(Wires, metric, _options);
        foreach (var template in templates.Take(MostUnits - _units.Count))
        {
            template.Unit = _nextId++;
            _units.Add(new(template.Unit) { Born = !first, LearntMicrovolts = template.PeakMicrovolts, Background = template.PeakMicrovolts < _options.UnitSnr * _levels[template.PeakWire] });
            _matcher.Templates.Add(template);
            _recorded?.Add(template.Unit, _now, new float[template.Shape.Length], 1, template.Shape);
        }
        _rejects.Clear();
        SearchLater();
    }

    /// <summary>Sets the next search, each tetrode's a little later than the last one's, so that no block has them all.</summary>
    private void SearchLater() => _searchAt = _now + (long)(_options.RejectsS * _rateHz * (1 + (Tetrode % 16 / 16.0)));

    private void Sort(long sample, ReadOnlySpan<float> window, bool late, ISortedSpikeSink sink)
    {
        var matcher = _matcher!;
        if (_planned is not null)
            Plan(sample);
        var depth = UnitLearning.Depth(window, _levels, _options);
        var count = matcher.Match(window, depth, _levels, _found);
        // Spikes further off are other events'. NB: two samples more on both sides, lest one at the border be nobody's.
        var from = _last == long.MinValue ? double.MinValue : _last + _options.Apart - 2;
        var to = sample + _options.Apart + 2;
        _last = sample;
        for (var i = 0; i < count; i++)
        {
            ref readonly var match = ref _found[i];
            var template = matcher.Templates[match.Template];
            var at = sample + match.Shift + (double)match.Delay;
            if (at < from || at >= to || !Enter(template.Unit, at))
                continue;
            _archive?.Note(template.Unit, at);
            sink.Take(new(Tetrode, Unit(template.Unit).Background ? 0 : template.Unit, at, match.Amplitude * template.PeakMicrovolts, late));
        }
        if (matcher.Single)
        {
            _recent.Add(sample, matcher.Templates[_found[0].Template].Unit, window);
            Keep(_found[0], sample);
            if (_found[0].Margin > SureMargin && _found[0].Gain > 0.5f * matcher.Templates[_found[0].Template].Energy)
                Follow(_found[0], sample);
        }
        else if (matcher.Unexplained)
        {
            Rejected++;
            _rejects.Add(sample, 0, window);
            _archive?.Rejects.Add(sample, window);
            _recent.Add(sample, 0, window);
            if (count == 0)
                sink.Take(new(Tetrode, 0, sample, depth * _levels.Max(), late));
        }
    }

    /// <summary>Enters a spike of a unit. False: it has had that spike.</summary>
    private bool Enter(int id, double at)
    {
        var unit = Unit(id);
        var interval = at - unit.Last;
        if (Math.Abs(interval) < _options.Apart)
            return false;
        unit.Spikes++;
        if (double.IsNaN(unit.First))
            unit.First = at;
        if (interval > 0 && interval < ViolationS * _rateHz)
            unit.Violations++;
        if (!(interval < 0))
            unit.Last = at;
        return true;
    }

    /// <summary>Keeps a spike that is one unit's and nothing else's, where there will be a second pass.</summary>
    private void Keep(in TemplateMatch match, long sample)
    {
        var template = _matcher!.Templates[match.Template];
        if (match.Gain > 0.5f * template.Energy)
            _archive?.Keep(template.Unit, sample + match.Shift + (double)match.Delay, _matcher.ResidualAt(match.Shift), match.Amplitude, template.Shape);
    }

    /// <summary>Moves a template a little towards a spike that is surely its unit's: more, the longer there was none.</summary>
    private void Follow(in TemplateMatch match, long sample)
    {
        var template = _matcher!.Templates[match.Template];
        var unit = Unit(template.Unit);
        var seconds = double.IsNaN(unit.Followed) ? 0 : (sample - unit.Followed) / _rateHz;
        unit.Followed = sample;
        _recorded?.Add(template.Unit, sample, _matcher.ResidualAt(match.Shift), match.Amplitude, template.Shape);
        if (_planned is not null)
            return;
        var step = Math.Min(MostStep, (float)(1 - Math.Exp(-seconds / _options.DriftS)));
        var residual = _matcher.ResidualAt(match.Shift);
        var stronger = match.Amplitude - 1;
        for (var d = 0; d < residual.Length; d++)
            template.Shape[d] += step * (residual[d] + (stronger * template.Shape[d]));
        template.Moved += step;
        if (template.Moved < RefreshStep)
            return;
        template.Moved = 0;
        template.Refresh(_matcher.Metric, _options);
    }

    private UnitTrack Unit(int id)
    {
        foreach (var unit in _units)
            if (unit.Id == id)
                return unit;
        throw new InvalidOperationException($"tetrode {Tetrode} has no unit {id}");
    }
}
