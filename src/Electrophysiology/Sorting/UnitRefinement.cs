namespace ClosedLoop.Electrophysiology;

/// <summary>
/// Looks at one tetrode's units once more when a recording is over, with all of their spikes: takes apart those that are two
/// neurons' (<see cref="UnitSplit"/>, drift taken out, so that ten minutes tell what two could not), finds those that were too
/// rare to be learnt, and makes one of those that are the same. Times of spikes have a say: a neuron that bursts has small
/// spikes a few milliseconds after large ones, and those are no other neuron's.
/// </summary>
internal sealed class UnitRefinement
{
    // A burst's spikes follow each other within this; two neurons' do so by chance alone.
    private const double BurstS = 0.012, RefractoryS = 0.002, ViolationS = 0.0015;
    private const double BurstOverChance = 3, LeastBurst = 10, BurstShare = 0.35, LeastChance = 12, RefractoryShare = 0.2;
    // Cosine of the angle between shapes of one neuron, whether it has rested or not.
    private const float LeastAlike = 0.8f;
    // Share of intervals below the refractory period from which spikes that were left over are several neurons'.
    private const double MostViolations = 0.01;
    // Relative spread of amplitude that is a neuron's own: what is along the template is counted by so much less.
    private const float AmplitudeSpread = 0.08f;
    // Shares: of intervals below the refractory period from which a unit is several neurons', of stretches in which it must
    // fire where there are so many, and of time that the parts of a unit have in common.
    private const double HiddenViolations = 0.02, LeastPresent = 0.3, LeastTogether = 0.4;
    private const int LeastViolations = 8, LeastStretches = 8;
    // Variances of the noise from which a unit's spikes are known to be more than one shape and noise.
    private const float Varying = 1.3f;
    private const int MostUnits = 24, Compared = 7;

    private readonly TemplateTrajectory _trajectory;
    private readonly SpikeArchive _archive;
    private readonly NoiseMetric _metric;
    private readonly SpikeSubspace _subspace;
    private readonly float[] _levels;
    private readonly SortingOptions _options;
    private readonly double _rateHz;
    private readonly int _dimensions, _axes;
    private readonly Dictionary<int, double[]> _trains = [];
    private readonly HashSet<(int, int)> _parted = [];
    private int _next;

    private UnitRefinement(TemplateTrajectory trajectory, SpikeArchive archive, NoiseMetric metric, float[] levels, double rateHz, SortingOptions options)
    {
        (_trajectory, _archive, _metric, _subspace, _levels, _rateHz, _options) = (trajectory, archive, metric, metric.Subspace!, levels, rateHz, options);
        (_dimensions, _axes) = (metric.Dimensions, metric.Subspace!.Count);
        _next = trajectory.Units.DefaultIfEmpty(0).Max() + 1;
    }

    /// <summary>Refines the units of a trajectory.</summary>
    /// <param name="trajectory">What they looked like; receives what they are.</param>
    /// <param name="archive">Their spikes, and what no unit explained.</param>
    /// <param name="metric">The noise; its subspace is known.</param>
    /// <param name="levels">By wire, standard deviation of the noise.</param>
    /// <param name="rateHz">Samples per second.</param>
    /// <param name="options">What is asked of a unit.</param>
    public static void Refine(TemplateTrajectory trajectory, SpikeArchive archive, NoiseMetric metric, float[] levels, double rateHz, SortingOptions options)
    {
        if (metric.Subspace is null)
            return;
        var refinement = new UnitRefinement(trajectory, archive, metric, levels, rateHz, options);
        foreach (var rare in trajectory.Units.Where(unit => trajectory.Spikes(unit) < options.LeastSpikes).ToArray())
            trajectory.Remove(rare);
        refinement.Settle();
        refinement.Split();
        refinement.Discover();
        refinement.Settle();
        refinement.Join();
        refinement.Judge();
    }

    private double[] Train(int unit) => _trains.TryGetValue(unit, out var train) ? train : _trains[unit] = _archive.Train(unit);

    /// <summary>Takes apart each unit, and the parts, until none divides.</summary>
    private void Split()
    {
        var open = new Stack<(int Unit, float[][] Snippets, double[] Samples)>();
        foreach (var unit in _trajectory.Units)
        {
            var rows = _archive.Of(unit);
            var snippets = new float[rows.Count][];
            for (var i = 0; i < snippets.Length; i++)
                rows.Read(i, snippets[i] = new float[_dimensions]);
            open.Push((unit, snippets, [.. Enumerable.Range(0, rows.Count).Select(rows.Sample)]));
        }
        while (open.TryPop(out var whole))
        {
            if (_trajectory.Units.Count() >= MostUnits || UnitSplit.Of(Points(whole.Unit, whole.Snippets, whole.Samples), _axes, _options.LeastSpikes, _trajectory.Spread(whole.Unit) > Varying) is not { } other)
                continue;
            int[] stays = [.. Enumerable.Range(0, other.Length).Where(i => !other[i])], goes = [.. Enumerable.Range(0, other.Length).Where(i => other[i])];
            if (!Together(whole.Samples, other))
                continue;
            double[] left = [.. goes.Select(i => whole.Samples[i])];
            if (Bursts(left, [.. stays.Select(i => whole.Samples[i])]) || Refractory(left, Train(whole.Unit), RefractoryShare))
                continue;
            _trajectory.Remove(whole.Unit);
            _trajectory.Widen(_next, _trajectory.Spread(whole.Unit));
            _parted.Add((whole.Unit, _next));
            _trains[_next] = [.. goes.Select(i => whole.Samples[i])];
            _trains[whole.Unit] = [.. Train(whole.Unit).Except(_trains[_next])];
            foreach (var (unit, part) in new[] { (whole.Unit, stays), (_next++, goes) })
            {
                foreach (var i in part)
                    _trajectory.Add(unit, whole.Samples[i], whole.Snippets[i]);
                open.Push((unit, [.. part.Select(i => whole.Snippets[i])], [.. part.Select(i => whole.Samples[i])]));
            }
        }
    }

    /// <summary>Whether two parts of a unit fire at the same times of the recording: where one takes over from the other, it is one neuron that has moved.</summary>
    private bool Together(double[] samples, bool[] other)
    {
        var (a, b) = (new double[_trajectory.Count + 1], new double[_trajectory.Count + 1]);
        var count = other.Count(part => part);
        for (var i = 0; i < samples.Length; i++)
            (other[i] ? b : a)[Math.Min(_trajectory.At(samples[i]), a.Length - 1)] += 1.0 / (other[i] ? count : samples.Length - count);
        return a.Zip(b, Math.Min).Sum() > LeastTogether;
    }

    /// <summary>
    /// Hides what is no neuron's: too small to be told from several, with intervals that no neuron has, or there for a small part
    /// of the recording only.
    /// </summary>
    private void Judge()
    {
        foreach (var unit in _trajectory.Units.Where(unit => _trajectory.Owner(unit) == unit).ToArray())
        {
            var template = Template(unit, _trajectory.Count / 2);
            double[] train = Train(unit);
            var violations = Enumerable.Range(1, Math.Max(0, train.Length - 1)).Count(i => train[i] - train[i - 1] < ViolationS * _rateHz);
            var present = Enumerable.Range(0, _trajectory.Count).Count(at => _trajectory.Spikes(unit, at) > 0);
            if (template.PeakMicrovolts < _options.UnitSnr * _levels[template.PeakWire] || violations > Math.Max(LeastViolations, HiddenViolations * train.Length)
                || (_trajectory.Count >= LeastStretches && present < LeastPresent * _trajectory.Count))
                _trajectory.Hide(unit);
        }
    }

    /// <summary>What spikes differ by from what their unit looked like at the time, in the directions in which spikes lie.</summary>
    private float[] Points(int unit, float[][] snippets, double[] samples)
    {
        var points = new float[snippets.Length * _axes];
        var (shape, template, length) = (new float[_dimensions], new float[_axes], 0f);
        var (difference, at) = (new float[_dimensions], -1);
        for (var i = 0; i < snippets.Length; i++)
        {
            if (_trajectory.At(samples[i]) is var now && now != at)
            {
                at = now;
                _trajectory.TryShape(unit, at, shape);
                _subspace.Project(shape, template);
                length = MathF.Sqrt(NoiseMetric.Dot(template, template));
            }
            for (var d = 0; d < _dimensions; d++)
                difference[d] = snippets[i][d] - shape[d];
            var point = points.AsSpan(i * _axes, _axes);
            _subspace.Project(difference, point);
            var share = NoiseMetric.Dot(point, template) / length;
            var less = (1 - (1 / MathF.Sqrt(1 + (AmplitudeSpread * AmplitudeSpread * length * length)))) * share / length;
            for (var d = 0; d < _axes; d++)
                point[d] -= less * template[d];
        }
        var scale = 1 / MathF.Sqrt(_trajectory.Spread(unit));
        for (var i = 0; i < points.Length; i++)
            points[i] *= scale;
        return points;
    }

    /// <summary>Whether spikes come some milliseconds from others much more often than by chance, and most of them do: as in bursts.</summary>
    private bool Bursts(double[] few, double[] many)
    {
        var (found, chance) = Pairs(few, many, BurstS);
        return found > LeastBurst && found > BurstOverChance * chance && found - chance > BurstShare * few.Length;
    }

    /// <summary>Whether spikes hardly ever come within a refractory period of others, where by chance many would.</summary>
    private bool Refractory(double[] few, double[] many, double share)
    {
        var (found, chance) = Pairs(few, many, RefractoryS);
        return chance > LeastChance && found < share * chance;
    }

    /// <summary>
    /// Pairs of spikes that are farther apart than one is long and nearer than a time, and how many there were by chance. NB: nearer
    /// ones overlap, and what overlaps is not in the archive.
    /// </summary>
    private (int Found, double Chance) Pairs(double[] few, double[] many, double withinS)
    {
        if (few.Length == 0 || many.Length == 0)
            return (0, 0);
        var (within, found, from) = (withinS * _rateHz, 0, 0);
        foreach (var at in few)
        {
            while (from < many.Length && many[from] < at - within)
                from++;
            for (var j = from; j < many.Length && many[j] <= at + within; j++)
                found += Math.Abs(many[j] - at) > _options.Length ? 1 : 0;
        }
        var duration = Math.Max(few[^1], many[^1]) - Math.Min(few[0], many[0]);
        return (found, 2.0 * few.Length * many.Length / Math.Max(1, duration) * (within - _options.Length));
    }

    /// <summary>Makes one neuron of shapes that are alike and come in time as one neuron's: each stays a template of its own.</summary>
    private void Join()
    {
        int[] units = [.. _trajectory.Units.OrderByDescending(_trajectory.Spikes)];
        for (var j = 1; j < units.Length; j++)
            for (var i = 0; i < j; i++)
                if (_trajectory.Owner(units[j]) == units[j] && !Parted(units[i], units[j]) && OneNeuron(units[i], units[j]))
                    _trajectory.Own(units[j], units[i]);
    }

    private bool OneNeuron(int unit, int other)
    {
        var (a, b) = (new float[_axes], new float[_axes]);
        var at = Enumerable.Range(0, _trajectory.Count).MaxBy(at => Math.Min(_trajectory.Spikes(unit, at), _trajectory.Spikes(other, at)));
        _subspace.Project(Template(unit, at).Shape, a);
        _subspace.Project(Template(other, at).Shape, b);
        var (first, second) = (MathF.Sqrt(NoiseMetric.Dot(a, a)), MathF.Sqrt(NoiseMetric.Dot(b, b)));
        if (NoiseMetric.Dot(a, b) < LeastAlike * first * second)
            return false;
        // NB: beside a large spike a small one is easily missed, and so only those of about one size say what is refractory.
        return Bursts(Train(other), Train(unit)) || (Math.Min(first, second) > 0.6f * Math.Max(first, second) && Refractory(Train(other), Train(unit), RefractoryShare / 2));
    }

    /// <summary>Learns units of what none explained, over the whole recording.</summary>
    private void Discover()
    {
        var rejects = _archive.Rejects;
        if (rejects.Count < 2 * _options.LeastSpikes)
            return;
        var window = new float[_levels.Length * _options.Window];
        var events = new EventStore(rejects.Count, window.Length);
        for (var i = 0; i < rejects.Count; i++)
        {
            rejects.Read(i, window);
            events.Add((long)rejects.Sample(i), 0, window);
        }
        var known = _trajectory.Units.Select(unit => Template(unit, _trajectory.Count / 2)).ToList();
        var found = UnitLearning.Learn(events, events.Count, _metric, _levels, _options, known);
        var matcher = new TemplateMatcher(_levels.Length, _metric, _options);
        foreach (var template in found.Take(Math.Max(0, MostUnits - known.Count)))
        {
            template.Unit = _next++;
            _trajectory.Widen(template.Unit, template.Spread);
            matcher.Templates.Add(template);
        }
        var trains = new Dictionary<int, List<double>>();
        Span<TemplateMatch> matches = stackalloc TemplateMatch[TemplateMatcher.MostSpikes];
        for (var i = 0; i < events.Count; i++)
        {
            var sample = events.Read(i, window);
            if (matcher.Match(window, UnitLearning.Depth(window, _levels, _options), _levels, matches) != 1 || !matcher.Single)
                continue;
            var template = matcher.Templates[matches[0].Template];
            _trajectory.Add(template.Unit, sample, matcher.ResidualAt(matches[0].Shift), matches[0].Amplitude, template.Shape);
            if (!trains.TryGetValue(template.Unit, out var train))
                trains[template.Unit] = train = [];
            train.Add(sample + matches[0].Shift + matches[0].Delay);
        }
        foreach (var unit in matcher.Templates.ConvertAll(template => template.Unit))
        {
            double[] train = _trains[unit] = [.. trains.GetValueOrDefault(unit, []).Order()];
            var violations = Enumerable.Range(1, Math.Max(0, train.Length - 1)).Count(i => train[i] - train[i - 1] < ViolationS * _rateHz);
            if (train.Length < _options.LeastSpikes)
                _trajectory.Remove(unit);
            else if (violations > Math.Max(2, MostViolations * train.Length))
                _trajectory.Hide(unit);
        }
    }

    /// <summary>Makes one unit of those that look the same all along.</summary>
    private void Settle()
    {
        int[] units = [.. _trajectory.Units.OrderByDescending(_trajectory.Spikes)];
        for (var i = 0; i < units.Length; i++)
            for (var j = i + 1; j < units.Length; j++)
                if (_trajectory.Spikes(units[i]) > 0 && _trajectory.Spikes(units[j]) > 0 && !Parted(units[i], units[j]) && Same(units[i], units[j]))
                    _trajectory.Merge(units[j], units[i]);
    }

    /// <summary>Whether two units were one that has been taken apart: what told them is not undone by what tells less.</summary>
    private bool Parted(int unit, int other) => _parted.Contains((Math.Min(unit, other), Math.Max(unit, other)));

    private bool Same(int unit, int other)
    {
        // Where both fired most; units that never fired together, where the one comes after the other.
        int[] places = [.. Enumerable.Range(0, _trajectory.Count).OrderByDescending(at => Math.Min(_trajectory.Spikes(unit, at), _trajectory.Spikes(other, at))).Take(Compared)];
        if (_trajectory.Spikes(unit, places[0]) == 0 || _trajectory.Spikes(other, places[0]) == 0)
            places = [Enumerable.Range(0, _trajectory.Count).First(at => _trajectory.Spikes(other, at) > 0)];
        var same = places.Count(at => UnitLearning.Same(Template(unit, at), Template(other, at), _metric, _options));
        return 2 * same > places.Length;
    }

    private UnitTemplate Template(int unit, int at)
    {
        var template = new UnitTemplate(_levels.Length, _options.Length) { Unit = unit, Spikes = _trajectory.Spikes(unit) };
        _trajectory.TryShape(unit, at, template.Shape);
        template.Refresh(_metric, _options);
        return template;
    }
}
