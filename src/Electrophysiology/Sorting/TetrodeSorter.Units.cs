using ClosedLoop.Core;

namespace ClosedLoop.Electrophysiology;

/// <content>The units: how good they are, what is decided about them by hand, what is kept of them until tomorrow, and the second pass.</content>
public sealed partial class TetrodeSorter
{
    /// <summary>The units' numbers, in ascending order.</summary>
    public IReadOnlyList<int> Units => [.. _units.Where(unit => !unit.Background).Select(unit => unit.Id).Order()];

    /// <summary>How good each unit is. Takes some ten milliseconds: for a display or a report, on the sorter's own thread.</summary>
    public IReadOnlyList<UnitQuality> Qualities()
    {
        if (_matcher is null)
            return [];
        var (points, labels) = Features();
        return [.. _units.Where(unit => !unit.Background).OrderBy(unit => unit.Id).Select(unit => Quality(unit, points, labels))];
    }

    /// <summary>Makes one unit of some, called by the lowest of their numbers. It keeps all their templates.</summary>
    /// <exception cref="ClosedLoopException">One of them is not there.</exception>
    public void Merge(IReadOnlyCollection<int> units)
    {
        UnitTrack[] merged = [.. units.Distinct().Order().Select(Existing)];
        foreach (var other in merged.Skip(1))
        {
            foreach (var template in _matcher!.Templates.Where(template => template.Unit == other.Id))
                template.Unit = merged[0].Id;
            merged[0].Spikes += other.Spikes;
            merged[0].Violations += other.Violations;
            merged[0].First = Least(merged[0].First, other.First);
            merged[0].Last = -Least(-merged[0].Last, -other.Last);
            _recent.Relabel(other.Id, merged[0].Id);
            _units.Remove(other);
        }
    }

    /// <summary>Makes two units of one, by its latest spikes; the larger part keeps the number.</summary>
    /// <returns>The other part's number.</returns>
    /// <exception cref="ClosedLoopException">It is not there, has too few recent spikes, or its spikes are of one shape.</exception>
    public int Split(int unit)
    {
        var old = Existing(unit);
        int[] members = [.. Enumerable.Range(0, _recent.Count).Where(i => _recent.Unit(i) == unit)];
        if (members.Length < 2 * _options.LeastSpikes)
            throw ClosedLoopException.Failed($"unit {unit} of tetrode {Tetrode} has {members.Length} recent spikes, and a split needs {2 * _options.LeastSpikes}; wait for more");
        if (UnitLearning.Halve(_recent, members, _matcher!.Metric, [.. _levels], _options) is not { } halves)
            throw ClosedLoopException.Failed($"the recent spikes of unit {unit} of tetrode {Tetrode} are of one shape, and cannot be split");
        _matcher.Templates.RemoveAll(template => template.Unit == unit);
        halves[0].Unit = unit;
        halves[1].Unit = _nextId++;
        _matcher.Templates.AddRange(halves);
        old.LearntMicrovolts = halves[0].PeakMicrovolts;
        _units.Add(new(halves[1].Unit) { Born = old.Born, LearntMicrovolts = halves[1].PeakMicrovolts });
        return halves[1].Unit;
    }

    /// <summary>Leaves a unit out: its spikes are unit 0 from now on.</summary>
    /// <exception cref="ClosedLoopException">It is not there.</exception>
    public void Discard(int unit)
    {
        _units.Remove(Existing(unit));
        _matcher!.Templates.RemoveAll(template => template.Unit == unit);
        _recent.Relabel(unit, 0);
    }

    /// <summary>Writes what is known. Nothing is, before the units are learnt.</summary>
    internal void Write(BinaryWriter writer)
    {
        writer.Write(_matcher is not null);
        if (_matcher is null)
            return;
        writer.Write(_matcher.Metric.Added);
        foreach (var value in _matcher.Metric.Covariance)
            writer.Write(value);
        var filters = _matcher.Metric.Subspace?.Filters ?? [];
        writer.Write(filters.Count);
        foreach (var value in filters)
            writer.Write(value);
        writer.Write(_nextId);
        writer.Write(_units.Count);
        foreach (var unit in _units)
        {
            writer.Write(unit.Id);
            writer.Write(unit.LearntMicrovolts);
            writer.Write(unit.Background);
        }
        writer.Write(_matcher.Templates.Count);
        foreach (var template in _matcher.Templates)
        {
            writer.Write(template.Unit);
            writer.Write(template.Spikes);
            writer.Write(template.Spread);
            foreach (var value in template.Shape)
                writer.Write(value);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; false where that cannot be.</summary>
    internal bool TryRead(BinaryReader reader)
    {
        if (!reader.ReadBoolean())
            return true;
        var added = reader.ReadDouble();
        var dimensions = Wires * _options.Length;
        var covariance = new double[dimensions * dimensions];
        for (var i = 0; i < covariance.Length; i++)
            covariance[i] = reader.ReadDouble();
        if (NoiseMetric.Restore(covariance, dimensions, added) is not { } metric)
            return false;
        var filters = reader.ReadInt32();
        if (filters < 0 || filters > dimensions * dimensions || filters % dimensions != 0)
            return false;
        if (filters > 0)
            metric.Subspace = SpikeSubspace.Restore([.. Enumerable.Range(0, filters).Select(_ => reader.ReadSingle())], dimensions);
        _matcher = new(Wires, metric, _options);
        _nextId = reader.ReadInt32();
        _units.Clear();
        for (var left = reader.ReadInt32(); left > 0; left--)
            _units.Add(new(reader.ReadInt32()) { LearntMicrovolts = reader.ReadSingle(), Background = reader.ReadBoolean() });
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var template = new UnitTemplate(Wires, _options.Length) { Unit = reader.ReadInt32(), Spikes = reader.ReadDouble(), Spread = reader.ReadSingle() };
            for (var i = 0; i < template.Shape.Length; i++)
                template.Shape[i] = reader.ReadSingle();
            template.Refresh(metric, _options);
            _matcher.Templates.Add(template);
            if (_units.TrueForAll(unit => unit.Id != template.Unit))
                return false;
        }
        _waiting = null;
        _searchAt = long.MinValue;
        return true;
    }

    /// <summary>Keeps what the units look like in each stretch of a recording, and spikes of theirs, for a second pass.</summary>
    internal void Record(long origin, double stretchSamples) =>
        (_recorded, _archive) = (new(Wires * _options.Length, origin, stretchSamples), new(Wires * _options.Length, _window.Length));

    /// <summary>
    /// Sorts by what a first pass has left behind: units as they are known when all of a recording is, in each stretch as they
    /// looked there. Where the first learnt none, this one begins anew.
    /// </summary>
    internal void Follow(TetrodeSorter first)
    {
        if (first is not { _matcher.Metric: { } metric, _recorded: { } trajectory, _archive: { } archive })
            return;
        foreach (var template in first._matcher.Templates)
            trajectory.Widen(template.Unit, template.Spread);
        UnitRefinement.Refine(trajectory, archive, metric, first._levels, _rateHz, _options);
        (_planned, _waiting) = (trajectory, null);
        _matcher = new(Wires, metric, _options);
        foreach (var shape in trajectory.Units)
        {
            var unit = trajectory.Owner(shape);
            _matcher.Templates.Add(new(Wires, _options.Length) { Unit = unit, Planned = shape, Spikes = trajectory.Spikes(shape), Spread = trajectory.Spread(shape) });
            if (_units.TrueForAll(other => other.Id != unit))
                _units.Add(new(unit) { Background = trajectory.IsBackground(unit) });
        }
        _nextId = _units.Select(unit => unit.Id).DefaultIfEmpty(0).Max() + 1;
        Plan(long.MinValue / 2);
        foreach (var unit in _units)
            unit.LearntMicrovolts = _matcher.Templates.Where(template => template.Unit == unit.Id).Max(template => template.PeakMicrovolts);
    }

    private void Plan(long sample)
    {
        var stretch = _planned!.At(sample);
        if (stretch == _stretch)
            return;
        _stretch = stretch;
        foreach (var template in _matcher!.Templates)
            if (_planned.TryShape(template.Planned, stretch, template.Shape))
                template.Refresh(_matcher.Metric, _options);
    }

    private UnitQuality Quality(UnitTrack unit, float[] points, int[] labels)
    {
        var template = _matcher!.Templates.Where(template => template.Unit == unit.Id).MaxBy(template => template.PeakMicrovolts)!;
        var seconds = (unit.Last - unit.First) / _rateHz;
        var rate = seconds > 0 ? (unit.Spikes - 1) / seconds : 0;
        var silent = (_now - unit.Last) / _rateHz;
        var lost = silent > _options.LostS && silent * rate > 20;
        var (distance, ratio) = ClusterIsolation.Of(points, labels, unit.Id);
        return new(
            Tetrode, unit.Id, lost ? UnitState.Lost : unit.Born ? UnitState.Born : UnitState.Learnt, unit.Spikes, rate,
            template.PeakMicrovolts, template.PeakMicrovolts / _levels[template.PeakWire],
            unit.Spikes > 1 ? (double)unit.Violations / (unit.Spikes - 1) : 0, distance, ratio,
            (template.PeakMicrovolts / unit.LearntMicrovolts) - 1);
    }

    /// <summary>The latest events in the components in which they spread most.</summary>
    private (float[] Points, int[] Labels) Features()
    {
        var dimensions = Wires * _options.Length;
        var (white, labels, snippet) = (new float[_recent.Count * dimensions], new int[_recent.Count], new float[dimensions]);
        for (var i = 0; i < labels.Length; i++)
        {
            _recent.Read(i, _window);
            labels[i] = _recent.Unit(i);
            SnippetAlignment.Cut(_window, SnippetAlignment.Trough(_window, _levels, _options), _options, snippet);
            _matcher!.Metric.Whiten(snippet, white.AsSpan(i * dimensions, dimensions));
        }
        const int D = ClusterIsolation.Dimensions;
        var points = new float[labels.Length * D];
        if (labels.Length < 2 * D)
            return ([], []);
        var components = PrincipalComponents.Of(white, [.. Enumerable.Range(0, labels.Length)], dimensions, D, D);
        for (var i = 0; i < labels.Length; i++)
            components.Project(white.AsSpan(i * dimensions, dimensions), points.AsSpan(i * D, D));
        return (points, labels);
    }

    private UnitTrack Existing(int id) => _units.Find(unit => unit.Id == id && !unit.Background)
        ?? throw ClosedLoopException.Usage($"tetrode {Tetrode} has no unit {id}; it has {(_units.Count == 0 ? "none" : string.Join(", ", Units))}");

    /// <summary>The lesser of two of which either may not be known.</summary>
    private static double Least(double a, double b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Min(a, b);
}
