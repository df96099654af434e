using System.Runtime.InteropServices;

namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Finds the units in a tetrode's events. Snippets are aligned to a part of a sample, whitened by the noise's covariance, so
/// that a distance says how well two can be told apart, reduced to the principal components that spread more than noise,
/// and clustered (<see cref="SnippetClustering"/>). Clusters become templates; the events are then explained by the
/// templates and the templates averaged anew of the events that are one spike, so that neither misalignment nor overlaps
/// stay in them; and each unit's spikes are clustered once more by themselves. Templates that are the same unit, the sum
/// of two others, or no more than noise go.
/// </summary>
internal sealed class UnitLearning
{
    private const int MostEvents = 6000, MostDivided = 2000, MostWaveforms = 8000, LeastWaveforms = 100, Sampled = 201;
    // Times its noise that a wire is below zero for its waveform to say what waveforms there are.
    private const float ClearLevel = 5;
    private const double Deeper = 1.4;
    // Times what noise leaves that half of a unit's spikes leave at most when its template is taken from them, beside a share
    // of its energy by which real neurons' spikes vary; many distant neurons leave more.
    private const float ManyShapes = 1.5f, MostSpread = 4;

    private readonly SortingOptions _options;
    private readonly EventStore _events;
    private readonly NoiseMetric _metric;
    private readonly float[] _levels;
    private readonly int _wires, _dimensions, _count;
    private readonly float[] _window;
    private readonly SpikeSubspace _subspace;

    private UnitLearning(EventStore events, int count, NoiseMetric metric, float[] levels, SortingOptions options)
    {
        (_events, _count, _metric, _levels, _options, _wires, _dimensions) = (events, count, metric, levels, options, levels.Length, metric.Dimensions);
        _window = new float[_wires * options.Window];
        _subspace = metric.Subspace ??= SpikeSubspace.Of(Waveforms(), _wires, metric);
    }

    /// <summary>Learns.</summary>
    /// <param name="events">What was detected.</param>
    /// <param name="count">How many of them, from the oldest.</param>
    /// <param name="metric">The noise.</param>
    /// <param name="levels">By wire, standard deviation of the noise.</param>
    /// <param name="options">What is asked of a unit.</param>
    /// <param name="known">Templates that are there already: nothing that they explain is learnt again.</param>
    /// <returns>Templates without units, the deepest first.</returns>
    public static List<UnitTemplate> Learn(EventStore events, int count, NoiseMetric metric, float[] levels, SortingOptions options, IReadOnlyList<UnitTemplate>? known = null)
    {
        if (count == 0)
            return [];
        var learning = new UnitLearning(events, count, metric, levels, options);
        known ??= [];
        var templates = learning.Settle(learning.Templates(_ => true, options.Threshold), known);
        // Again without those and without the many that barely cross the threshold, between which a rare unit is hidden.
        var left = learning.Left([.. known, .. templates]);
        templates = learning.Settle([.. templates, .. learning.Templates(left.Contains, Deeper * options.Threshold)], known);
        return learning.Settle(learning.Divided(templates, known), known);
    }

    /// <summary>Makes two templates of a unit's events, the larger part's first; null where they are the same.</summary>
    public static UnitTemplate[]? Halve(EventStore events, IReadOnlyList<int> members, NoiseMetric metric, float[] levels, SortingOptions options)
    {
        var learning = new UnitLearning(events, events.Count, metric, levels, options);
        var points = learning.White(members);
        var dimensions = learning._subspace.Count;
        var components = PrincipalComponents.Of(points, [.. Enumerable.Range(0, members.Count)], dimensions, 1, 4);
        var features = new float[members.Count * components.Count];
        for (var i = 0; i < members.Count; i++)
            components.Project(points.AsSpan(i * dimensions, dimensions), features.AsSpan(i * components.Count, components.Count));
        var labels = IsoSplit.Parcels(features, components.Count, 2);
        List<int>[] halves = [.. Enumerable.Range(0, 2).Select(k => members.Where((_, i) => labels[i] == k).ToList()).OrderByDescending(half => half.Count)];
        if (halves[1].Count < 10)
            return null;
        UnitTemplate[] templates = [.. halves.Select(learning.Median)];
        float[] difference = [.. templates[0].Shape.Zip(templates[1].Shape, (a, b) => a - b)];
        return metric.Squared(difference) < SameDistance(templates[0]) ? null : templates;
    }

    private List<UnitTemplate> Templates(Predicate<int> wanted, double threshold) => [.. Clusters(wanted, threshold).Select(Average).OfType<UnitTemplate>()];

    private List<List<int>> Clusters(Predicate<int> wanted, double threshold)
    {
        List<int> chosen = [.. Enumerable.Range(0, _count).Where(i => wanted(i) && Depth(i) >= threshold)];
        if (chosen.Count > MostEvents)
            chosen = [.. Enumerable.Range(0, MostEvents).Select(i => chosen[(int)((long)i * chosen.Count / MostEvents)])];
        var clusters = SnippetClustering.Divide(White(chosen), _subspace.Count, _options.LeastSpikes);
        return [.. clusters.Select(cluster => cluster.ConvertAll(i => chosen[i]))];
    }

    /// <summary>The waveforms of wires on which a spike is clear, aligned.</summary>
    private float[] Waveforms()
    {
        var (rows, snippet, length) = (new List<float>(), new float[_dimensions], _options.Length);
        for (var i = 0; i < _count && rows.Count < MostWaveforms * length; i += Math.Max(1, _count / MostWaveforms))
        {
            _events.Read(i, _window);
            SnippetAlignment.Cut(_window, SnippetAlignment.Trough(_window, _levels, _options), _options, snippet);
            for (var w = 0; w < _wires; w++)
                if (_levels[w] > 0 && snippet[(w * length) + _options.Before] < -ClearLevel * _levels[w])
                    rows.AddRange(snippet.AsSpan(w * length, length));
        }
        // Where there is no clear spike, any: its waveforms are the noise's, and those are as good as others.
        for (var i = 0; i < _count && rows.Count < LeastWaveforms * length; i++)
        {
            _events.Read(i, _window);
            SnippetAlignment.Cut(_window, 0, _options, snippet);
            rows.AddRange(snippet);
        }
        return [.. rows];
    }

    /// <summary>Events, aligned, whitened, and without the noise in directions in which no spike can lie.</summary>
    private float[] White(IReadOnlyList<int> chosen)
    {
        var points = new float[chosen.Count * _subspace.Count];
        var snippet = new float[_dimensions];
        for (var i = 0; i < chosen.Count; i++)
        {
            _events.Read(chosen[i], _window);
            SnippetAlignment.Cut(_window, SnippetAlignment.Trough(_window, _levels, _options), _options, snippet);
            _subspace.Project(snippet, points.AsSpan(i * _subspace.Count, _subspace.Count));
        }
        return points;
    }

    private float Depth(int index)
    {
        _events.Read(index, _window);
        return Depth(_window, _levels, _options);
    }

    /// <summary>How many times its noise the deepest wire of an event is below zero at the trough.</summary>
    public static float Depth(ReadOnlySpan<float> window, ReadOnlySpan<float> levels, SortingOptions options)
    {
        var depth = 0f;
        for (var w = 0; w < levels.Length; w++)
            if (levels[w] > 0)
                depth = Math.Max(depth, -window[(w * options.Window) + options.Margin + options.Before] / levels[w]);
        return depth;
    }

    /// <summary>The template of a cluster; null where its members are not one shape and noise, but many shapes.</summary>
    private UnitTemplate? Average(List<int> members)
    {
        var template = Median(members);
        if (template.Energy <= 0)
            return null;
        var matcher = new TemplateMatcher(_wires, _metric, _options);
        matcher.Templates.Add(template);
        var left = new List<float>();
        for (var i = 0; i < members.Count; i += Math.Max(1, members.Count / Sampled))
        {
            _events.Read(members[i], _window);
            left.Add(matcher.Misfit(_window));
        }
        var misfit = Selection.Median(CollectionsMarshal.AsSpan(left));
        template.Spread = Math.Clamp(misfit / _subspace.Count, 1, MostSpread);
        return misfit < (ManyShapes * _subspace.Count) + (0.15f * template.Energy) ? template : null;
    }

    /// <summary>The median of some two hundred snippets: those that overlap with others do not lead it astray.</summary>
    private UnitTemplate Median(List<int> members)
    {
        var template = new UnitTemplate(_wires, _options.Length) { Spikes = members.Count };
        var snippet = new float[_dimensions];
        var step = Math.Max(1, members.Count / Sampled);
        var rows = new List<float[]>();
        for (var i = 0; i < members.Count; i += step)
        {
            _events.Read(members[i], _window);
            SnippetAlignment.Cut(_window, SnippetAlignment.Trough(_window, _levels, _options), _options, snippet);
            rows.Add([.. snippet]);
        }
        var column = new float[rows.Count];
        for (var d = 0; d < _dimensions; d++)
        {
            for (var i = 0; i < rows.Count; i++)
                column[i] = rows[i][d];
            template.Shape[d] = Selection.Median(column);
        }
        template.Refresh(_metric, _options);
        return template;
    }

    /// <summary>Explains the events by the templates, averages the templates anew, and leaves out those that are none.</summary>
    private List<UnitTemplate> Settle(List<UnitTemplate> templates, IReadOnlyList<UnitTemplate> known)
    {
        var matcher = new TemplateMatcher(_wires, _metric, _options);
        for (var round = 0; round < 4; round++)
        {
            templates = Distinct([.. templates.Where(Worthy)], known);
            matcher.Templates.Clear();
            matcher.Templates.AddRange(known);
            matcher.Templates.AddRange(templates);
            for (var k = 0; k < matcher.Templates.Count; k++)
                if (k >= known.Count)
                    matcher.Templates[k].Unit = -1 - k;
            Reaverage(matcher, known.Count);
            templates.RemoveAll(template => template.Spikes < _options.LeastSpikes);
        }
        templates = Distinct([.. templates.Where(Worthy)], known);
        return [.. templates.OrderByDescending(template => template.PeakMicrovolts)];
    }

    /// <summary>
    /// Whether a template is more than what noise or many small distant spikes leave behind at a threshold, and a spike: it
    /// comes out of nothing and swings back beyond zero, as what has passed a band-pass must within a millisecond unless it is
    /// slow, as artefacts are.
    /// </summary>
    private bool Worthy(UnitTemplate template) =>
        template.Energy >= _options.LeastEnergy && template.PeakMicrovolts >= _options.LeastSnr * _levels[template.PeakWire]
        && Math.Abs(template.PeakOffset) <= 6 && template.HighestMicrovolts > 0.15 * template.PeakMicrovolts && template.HighestMicrovolts < 1.5 * template.PeakMicrovolts
        && Math.Abs(template.Shape[template.PeakWire * _options.Length]) < 0.25 * template.PeakMicrovolts;

    /// <summary>Events that templates do not explain.</summary>
    private HashSet<int> Left(IEnumerable<UnitTemplate> templates)
    {
        var matcher = new TemplateMatcher(_wires, _metric, _options);
        matcher.Templates.AddRange(templates);
        var found = new TemplateMatch[TemplateMatcher.MostSpikes];
        var left = new HashSet<int>();
        for (var i = 0; i < _count; i++)
        {
            var depth = Depth(i);
            if (depth >= _options.Threshold && matcher.Match(_window, depth, _levels, found) == 0)
                left.Add(i);
        }
        return left;
    }

    /// <summary>
    /// Looks at each unit's spikes once more, by themselves, aligned by its template and without those that overlap, where two
    /// that were taken for one show.
    /// </summary>
    private List<UnitTemplate> Divided(List<UnitTemplate> templates, IReadOnlyList<UnitTemplate> known)
    {
        var matcher = new TemplateMatcher(_wires, _metric, _options);
        matcher.Templates.AddRange(known);
        matcher.Templates.AddRange(templates);
        var (found, snippets) = (new TemplateMatch[TemplateMatcher.MostSpikes], new List<float[]>[templates.Count]);
        for (var k = 0; k < snippets.Length; k++)
            snippets[k] = [];
        for (var i = 0; i < _count; i++)
        {
            if (matcher.Match(_window, Depth(i), _levels, found) != 1 || !matcher.Single || found[0].Template < known.Count)
                continue;
            var own = snippets[found[0].Template - known.Count];
            if (own.Count == MostDivided)
                continue;
            var snippet = new float[_dimensions];
            SnippetAlignment.Cut(_window, found[0].Shift + found[0].Delay, _options, snippet);
            own.Add(snippet);
        }
        var divided = new List<UnitTemplate>();
        for (var k = 0; k < templates.Count; k++)
        {
            var points = new float[snippets[k].Count * _subspace.Count];
            for (var i = 0; i < snippets[k].Count; i++)
                _subspace.Project(snippets[k][i], points.AsSpan(i * _subspace.Count, _subspace.Count));
            var parts = SnippetClustering.Divide(points, _subspace.Count, _options.LeastSpikes);
            divided.AddRange(parts.Count < 2 ? [templates[k]] : parts.Select(part => Mean(part.ConvertAll(i => snippets[k][i]))));
        }
        return divided;
    }

    private UnitTemplate Mean(List<float[]> snippets)
    {
        var template = new UnitTemplate(_wires, _options.Length) { Spikes = snippets.Count };
        foreach (var snippet in snippets)
            for (var d = 0; d < _dimensions; d++)
                template.Shape[d] += snippet[d] / snippets.Count;
        template.Refresh(_metric, _options);
        return template;
    }

    private void Reaverage(TemplateMatcher matcher, int known)
    {
        Span<TemplateMatch> found = stackalloc TemplateMatch[TemplateMatcher.MostSpikes];
        var (sums, counts, all) = (new double[matcher.Templates.Count][], new int[matcher.Templates.Count], new int[matcher.Templates.Count]);
        for (var k = 0; k < sums.Length; k++)
            sums[k] = new double[_dimensions];
        for (var i = 0; i < _count; i++)
        {
            _events.Read(i, _window);
            var count = matcher.Match(_window, Depth(_window, _levels, _options), _levels, found);
            foreach (var match in found[..count])
            {
                all[match.Template]++;
                var template = matcher.Templates[match.Template];
                // NB: weaker ones may be another's further away, and would draw the template to it.
                if (!matcher.Single || match.Template < known || match.Gain < 0.5 * template.Energy)
                    continue;
                var residual = matcher.ResidualAt(match.Shift);
                for (var d = 0; d < _dimensions; d++)
                    sums[match.Template][d] += residual[d] + (match.Amplitude * template.Shape[d]);
                counts[match.Template]++;
            }
        }
        for (var k = known; k < matcher.Templates.Count; k++)
        {
            var template = matcher.Templates[k];
            template.Spikes = all[k];
            if (counts[k] < 10)
                continue;
            for (var d = 0; d < _dimensions; d++)
                template.Shape[d] = (float)(sums[k][d] / counts[k]);
            Centre(template);
            template.Refresh(_metric, _options);
        }
    }

    /// <summary>Moves a template by whole samples to where its trough is the place that spikes are told at.</summary>
    private void Centre(UnitTemplate template)
    {
        template.Refresh(_metric, _options);
        var offset = template.PeakOffset;
        if (offset == 0 || Math.Abs(offset) > 6)
            return;
        for (var w = 0; w < _wires; w++)
        {
            float[] old = [.. template.Shape.AsSpan(w * _options.Length, _options.Length)];
            for (var i = 0; i < old.Length; i++)
                template.Shape[(w * _options.Length) + i] = i + offset >= 0 && i + offset < old.Length ? old[i + offset] : 0;
        }
    }

    /// <summary>Those that are neither another one over again nor the sum of others. The larger of two stays.</summary>
    private List<UnitTemplate> Distinct(List<UnitTemplate> templates, IReadOnlyList<UnitTemplate> known)
    {
        var kept = new List<UnitTemplate>(known);
        foreach (var template in templates.OrderByDescending(template => template.Spikes))
            if (!Explained(template, kept, known))
                kept.Add(template);
        return [.. kept.Skip(known.Count)];
    }

    /// <summary>Whether two templates are one unit's: after the best shift and amplitude there is no more between them than events could tell.</summary>
    public static bool Same(UnitTemplate template, UnitTemplate other, NoiseMetric metric, SortingOptions options)
    {
        var matcher = new TemplateMatcher(template.Wires, metric, options);
        matcher.Templates.Add(other);
        var window = Window(template, options);
        var left = matcher.LeftOver(window, out var match);
        return match.Gain > 0 && Alike(match, left, template, other);
    }

    /// <summary>Whether templates explain another so well that events could not tell: one of them, or the sum of some.</summary>
    private bool Explained(UnitTemplate template, List<UnitTemplate> by, IReadOnlyList<UnitTemplate> known)
    {
        var matcher = new TemplateMatcher(_wires, _metric, _options);
        matcher.Templates.AddRange(by);
        for (var k = 0; k < by.Count; k++)
            by[k].Unit = known.Contains(by[k]) ? by[k].Unit : -1 - k;
        Span<TemplateMatch> found = stackalloc TemplateMatch[TemplateMatcher.MostSpikes];
        var count = matcher.Match(Window(template, _options), float.MaxValue, _levels, found);
        if (count == 0)
            return false;
        if (count == 1)
            return Alike(found[0], matcher.Left(found[0]), template, by[found[0].Template]);
        var rarest = double.MaxValue;
        foreach (var match in found[..count])
        {
            if (Math.Abs(match.Amplitude - 1) > 0.35)
                return false;
            rarest = Math.Min(rarest, by[match.Template].Spikes);
        }
        return template.Spikes < 0.3 * rarest && _metric.Squared(matcher.ResidualAt(0)) < 10 + (0.02f * template.Energy);
    }

    /// <summary>A template as an event without noise.</summary>
    private static float[] Window(UnitTemplate template, SortingOptions options)
    {
        var window = new float[template.Wires * options.Window];
        for (var w = 0; w < template.Wires; w++)
            template.Shape.AsSpan(w * options.Length, options.Length).CopyTo(window.AsSpan((w * options.Window) + options.Margin));
        return window;
    }

    /// <summary>Whether what is left of a template beside another, and by how much it is stronger, is too little to tell two units.</summary>
    private static bool Alike(in TemplateMatch match, float left, UnitTemplate template, UnitTemplate other) =>
        Math.Abs(match.Amplitude - 1) < 0.35 && left + ((match.Amplitude - 1) * (match.Amplitude - 1) * other.Energy * 0.25f) < SameDistance(template);

    /// <summary>Squared distance within which two templates are one unit: two and a half times the noise, or what a shape varies by.</summary>
    private static float SameDistance(UnitTemplate template) => 6 + (0.01f * template.Energy);
}
