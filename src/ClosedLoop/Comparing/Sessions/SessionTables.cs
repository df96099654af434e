using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Comparing;

/// <summary>
/// A recording as tables: the counts of its units, the features of its movement and network, and what the animal does, a row
/// for each beat of the control clock from the first to the last, with which of them can be used.
/// </summary>
public sealed class SessionTables
{
    private readonly float[][] _features;

    private SessionTables(FeatureLayout layout, int rows)
    {
        (Layout, Rows) = (layout, rows);
        _features = [.. layout.Groups.Select(group => new float[(long)rows * group.Count])];
        foreach (var table in _features)
            Array.Fill(table, float.NaN);
        (UsableCounts, UsableFeatures, Labels) = (new bool[rows], new bool[rows], new string[rows]);
        Array.Fill(Labels, "");
    }

    /// <summary>What stands in a row of features.</summary>
    public FeatureLayout Layout { get; }

    /// <summary>Beats from the first to the last.</summary>
    public int Rows { get; }

    /// <summary>Width of a bin.</summary>
    public double BinMs { get; private set; }

    /// <summary>Counts: rows are bins, columns are units.</summary>
    public Matrix Counts { get; private set; } = new(0, 0);

    /// <summary>Of the units, as "tetrode 3 unit 2".</summary>
    public IReadOnlyList<string> UnitNames { get; private set; } = [];

    /// <summary>Their places in the recording's counts.</summary>
    public IReadOnlyList<int> UnitIndices { get; private set; } = [];

    /// <summary>Whether a bin's counts are whole.</summary>
    public bool[] UsableCounts { get; }

    /// <summary>Whether a bin's features are all known, or lie between neighbours that are.</summary>
    public bool[] UsableFeatures { get; }

    /// <summary>What the animal does; empty where nobody can tell.</summary>
    public string[] Labels { get; }

    /// <summary>Bins whose features lie on a straight line between their neighbours.</summary>
    public int Interpolated { get; private set; }

    /// <summary>By how many bins counts are looked up earlier than their beats: so much earlier poses were captured.</summary>
    public int DelayBins { get; private set; }

    /// <summary>The body's own movement, beside the animal's of the same bins: joint angles and keypoints about the root.</summary>
    public IReadOnlyList<(string Name, Matrix Real, Matrix Virtual)> Bodies { get; private set; } = [];

    /// <summary>Reads a recording.</summary>
    /// <param name="recording">The recording; stays the caller's.</param>
    /// <param name="jointNames">Of the body's hinges.</param>
    /// <param name="behaviours">Makes what tells behaviours of rows; null: the rules that come with the program.</param>
    /// <param name="told">Behaviours that a file tells instead; null: none.</param>
    /// <param name="mostInterpolated">Bins in a row whose features may be missing and are interpolated.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ClosedLoopException">It lacks counts, or poses and steps, or is damaged.</exception>
    public static SessionTables Read(
        SessionRecording recording, IReadOnlyList<string> jointNames, Func<FeatureLayout, IBehaviourClassifier>? behaviours, BehaviourFile? told, int mostInterpolated, IProgress<string>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var recorded = recording.Layout;
        if (recorded.Tetrodes is null || recording.Count(RecordingTopics.SpikeCounts) == 0)
            throw ClosedLoopException.Usage($"'{recording.Path}' holds no counts of units; compare needs the recording of a session with tetrodes, as 'demo' makes one");
        var layout = new FeatureLayout(recorded.Keypoints, jointNames, recorded.ActionCount, recorded.Activations, recorded.KeypointRateHz);
        var (first, last, delay) = Beats(recording, cancellation);
        var tables = new SessionTables(layout, checked((int)(last - first + 1))) { DelayBins = delay };
        tables.ReadFeatures(recording, first, behaviours, told, progress, cancellation);
        tables.ReadCounts(recording, first, cancellation);
        tables.Fill(mostInterpolated);
        return tables;
    }

    /// <summary>The table of a class.</summary>
    public FeatureClass ClassOf(FeatureGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var (features, table) = (new Matrix(Rows, group.Count), _features[Index(group)]);
        for (long i = 0; i < table.LongLength; i++)
            features.Values[i] = table[i];
        return new(group.Name, group.Kind, group.FeatureNames, features);
    }

    private static (long First, long Last, int DelayBins) Beats(SessionRecording recording, CancellationToken cancellation)
    {
        var (ticks, keypoints) = (recording.Ticks(), recording.Layout.NewKeypoints());
        var delay = new CaptureDelay(1 / recording.Layout.KeypointRateHz);
        var (first, last) = (-1L, -1L);
        while (ticks.TryRead(keypoints, out var tick))
        {
            cancellation.ThrowIfCancellationRequested();
            first = first < 0 ? tick.Index : first;
            last = tick.Index;
            if (tick.Keypoints is { } set)
                delay.Take(tick.Time, set.Stamp.Captured);
        }
        delay.Settle();
        if (first < 0)
            throw ClosedLoopException.Usage($"'{recording.Path}' holds no beat of the control clock: there is nothing to compare");
        // NB: beats are numbered without gaps; a file that says otherwise must not exhaust the memory.
        if (last - first >= 4 * recording.Count(RecordingTopics.Ticks) + 1000)
            throw ClosedLoopException.Failed($"'{recording.Path}' numbers its {recording.Count(RecordingTopics.Ticks)} beats from {first} to {last}: it is damaged");
        return (first, last, delay.Bins ?? 0);
    }

    private void ReadFeatures(SessionRecording recording, long first, Func<FeatureLayout, IBehaviourClassifier>? behaviours, BehaviourFile? told, IProgress<string>? progress, CancellationToken cancellation)
    {
        var (poses, steps, pose, step) = (recording.Poses(), recording.ControlSteps(), recording.Layout.NewPose(), recording.Layout.NewControlStep());
        var classifier = told is not null ? null : behaviours is not null ? behaviours(Layout) : PoseBehaviours.Fits(Layout) ? new PoseBehaviours(Layout) : null;
        using var disposable = classifier as IDisposable;
        var rows = new FeatureRows(Layout, Keep);
        var bodies = new BodyPairs(Layout, recording.Layout);
        var (read, total) = (0L, Math.Max(1, recording.Count(RecordingTopics.Control)));
        var hasPose = poses.TryRead(pose);
        while (hasPose && steps.TryRead(step))
        {
            cancellation.ThrowIfCancellationRequested();
            while (hasPose && pose.Stamp.Sequence < step.Stamp.Sequence)
                hasPose = poses.TryRead(pose);
            if (!hasPose || pose.Stamp.Sequence != step.Stamp.Sequence)
                continue;
            rows.Process(pose, step);
            bodies.Take(pose, step);
            if (++read % 500 == 0)
                progress?.Report($"reading {Path.GetFileName(recording.Path)}: {100 * read / total} %");
        }
        rows.Finish();
        Bodies = bodies.ToTables();

        void Keep(FeatureRow row)
        {
            var label = classifier?.Classify(row) ?? told?.At(row.Bin, row.Captured) ?? -1;
            if (row.Bin - first is not (>= 0 and var at) || at >= Rows)
                return;
            Labels[at] = label < 0 ? "" : (classifier?.Names ?? told!.Names)[label];
            UsableFeatures[at] = true;
            for (var g = 0; g < _features.Length; g++)
            {
                var group = Layout.Groups[g];
                row.Of(group).CopyTo(_features[g].AsSpan((int)at * group.Count));
                UsableFeatures[at] &= row.Knows(group);
            }
        }
    }

    private void ReadCounts(SessionRecording recording, long first, CancellationToken cancellation)
    {
        var (reader, bin, width) = (recording.SpikeCounts(), recording.Layout.Tetrodes!.NewSpikeCounts(), 0L);
        // NB: units are numbered as they are found; bins before that have no number for them, and are not to be used.
        var (units, spikes) = (0, new List<(int Row, int[] Counts, bool Usable)>());
        while (reader.TryRead(bin))
        {
            cancellation.ThrowIfCancellationRequested();
            width = bin.WidthNs;
            if (bin.Stamp.Sequence + DelayBins - first is not (>= 0 and var at) || at >= Rows)
                continue;
            units = Math.Max(units, bin.UnitCount);
            spikes.Add(((int)at, bin.Counts[..bin.UnitCount], bin.Flags == SpikeCountFlags.None));
        }
        BinMs = width / 1e6;
        var periodMs = 1000 / Layout.RateHz;
        if (Math.Abs(BinMs - periodMs) > 0.01 * periodMs)
            throw ClosedLoopException.Usage(FormattableString.Invariant($"'{recording.Path}' counts spikes in bins of {BinMs:G4} ms at beats {periodMs:G4} ms apart; only bins as wide as that follow each other without gaps"));
        var names = NamesOf(recording, units);
        var kept = Enumerable.Range(0, units).Where(unit => names[unit] is not null || spikes.Any(row => unit < row.Counts.Length && row.Counts[unit] > 0)).ToArray();
        (Counts, UnitNames, UnitIndices) = (new(Rows, kept.Length), [.. kept.Select(unit => names[unit] ?? $"unit {unit}")], kept);
        if (kept.Length == 0)
            throw ClosedLoopException.Usage($"no unit was found in '{recording.Path}', or none fired: there is nothing to compare the features with");
        foreach (var (row, counts, usable) in spikes)
        {
            UsableCounts[row] = usable;
            for (var k = 0; k < kept.Length; k++)
                Counts[row, k] = kept[k] < counts.Length ? counts[kept[k]] : 0;
        }
    }

    private static string?[] NamesOf(SessionRecording recording, int units)
    {
        var (reader, unit, names) = (recording.Units(), new SortedUnit(), new string?[units]);
        while (reader.TryRead(unit))
            if (unit.Index >= 0 && unit.Index < units)
                names[unit.Index] = $"tetrode {unit.Tetrode} unit {unit.Unit}";
        return names;
    }

    /// <summary>Draws short gaps of features as straight lines, and puts a number where there is none: what cannot be used is not looked at.</summary>
    private void Fill(int mostInterpolated)
    {
        for (var t = 0; t < Rows; t++)
        {
            if (UsableFeatures[t])
                continue;
            var end = t;
            while (end < Rows && !UsableFeatures[end])
                end++;
            var between = t > 0 && end < Rows && end - t <= mostInterpolated;
            for (var g = 0; g < _features.Length; g++)
            {
                var (columns, table) = (Layout.Groups[g].Count, _features[g]);
                for (var gap = t; gap < end; gap++)
                    for (var j = 0; j < columns; j++)
                    {
                        ref var value = ref table[((long)gap * columns) + j];
                        if (float.IsFinite(value))
                            continue;
                        value = between
                            ? table[((long)(t - 1) * columns) + j] + ((table[((long)end * columns) + j] - table[((long)(t - 1) * columns) + j]) * (gap - t + 1) / (end - t + 1))
                            : t > 0 ? table[((long)(gap - 1) * columns) + j] : 0;
                    }
            }
            if (between)
            {
                Interpolated += end - t;
                Array.Fill(UsableFeatures, true, t, end - t);
            }
            t = end;
        }
    }

    private int Index(FeatureGroup group)
    {
        for (var g = 0; g < Layout.Groups.Count; g++)
            if (Layout.Groups[g] == group)
                return g;
        throw new ArgumentException($"there is no class {group.Name}", nameof(group));
    }
}
