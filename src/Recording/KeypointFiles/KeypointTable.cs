using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The chosen frames of a keypoint file in the layout's order, in metres, cleaned of impossible numbers.</summary>
internal sealed class KeypointTable
{
    // Wider than any arena, nearer than any garbage.
    private const double AbsurdM = 100;

    private KeypointTable(KeypointLayout layout, int first, double[] positions, float[] confidence, KeypointProblems problems) =>
        (Layout, First, Positions, Confidence, Problems) = (layout, first, positions, confidence, problems);

    public KeypointLayout Layout { get; }

    /// <summary>Index in the file of the first chosen frame.</summary>
    public int First { get; }

    public double[] Positions { get; }

    public float[] Confidence { get; }

    public KeypointProblems Problems { get; }

    public static KeypointTable Make(RawKeypoints raw, KeypointFileOptions options, double scale, string path)
    {
        var (layout, columns) = MatchNames(raw, options, path);
        var (first, end) = ChooseFrames(raw, options.Frames, path);
        var rawConfidence = ConfidenceMapping.Map(raw);
        var positions = new double[3 * layout.Count * (end - first)];
        var confidence = new float[layout.Count * (end - first)];
        int missing = 0, framesWithMissing = 0, empty = 0, infinite = 0, absurd = 0, badFrame = -1;
        var badKeypoint = "";
        for (var f = first; f < end; f++)
        {
            var missingBefore = missing;
            for (var k = 0; k < layout.Count; k++)
            {
                var to = ((f - first) * layout.Count) + k;
                var target = positions.AsSpan(3 * to, 3);
                var from = (f * raw.KeypointCount) + columns[k];
                if (columns[k] >= 0)
                    for (var axis = 0; axis < 3; axis++)
                        target[axis] = raw.Positions[(3 * from) + axis] * scale;
                var isPresent = columns[k] >= 0 && Judge(target, ref infinite, ref absurd);
                if (isPresent)
                {
                    confidence[to] = rawConfidence[from];
                    continue;
                }
                target.Fill(double.NaN);
                missing++;
                if (badFrame >= 0)
                    continue;
                badFrame = f;
                badKeypoint = layout.Names[k];
            }
            if (missing > missingBefore)
                framesWithMissing++;
            if (missing - missingBefore == layout.Count)
                empty++;
        }
        return new(layout, first, positions, confidence, new(missing, framesWithMissing, empty, infinite, absurd, badFrame, badKeypoint));
    }

    private static bool Judge(ReadOnlySpan<double> position, ref int infinite, ref int absurd)
    {
        var magnitude = Math.Max(Math.Abs(position[0]), Math.Max(Math.Abs(position[1]), Math.Abs(position[2])));
        if (double.IsInfinity(position[0]) || double.IsInfinity(position[1]) || double.IsInfinity(position[2]))
            infinite++;
        else if (magnitude > AbsurdM)
            absurd++;
        // False too where one of the three is NaN.
        return magnitude <= AbsurdM;
    }

    /// <summary>For every keypoint of the layout its column in the file, -1 where it has none.</summary>
    private static (KeypointLayout Layout, int[] Columns) MatchNames(RawKeypoints raw, KeypointFileOptions options, string path)
    {
        foreach (var old in options.Rename.Keys)
            if (raw.Names is null || !raw.Names.Contains(old))
                throw ClosedLoopException.Usage(
                    $"'{path}' has no keypoint '{old}' to be renamed{Spelling.Suggest(old, raw.Names ?? [])}");
        var names = raw.Names?.Select(name => options.Rename.GetValueOrDefault(name, name)).ToArray();
        var layout = options.Layout ?? (names is null ? KeypointLayout.Rat23 : new(names, raw.Edges));
        if (names is null)
            return raw.KeypointCount == layout.Count
                ? (layout, [.. Enumerable.Range(0, layout.Count)])
                : throw ClosedLoopException.Failed(
                    $"'{path}' has {raw.KeypointCount} keypoints without names where {layout.Count} are expected ({layout.Names[0]} ... {layout.Names[^1]})");

        var columns = Enumerable.Repeat(-1, layout.Count).ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            var index = IndexOf(layout, names[i], path);
            if (columns[index] >= 0)
                throw ClosedLoopException.Failed($"'{path}' has the keypoint '{names[i]}' twice");
            columns[index] = i;
        }
        var absent = layout.Names.Where((_, k) => columns[k] < 0).ToArray();
        if (absent.Length > 0 && !options.AllowAbsentKeypoints)
            throw ClosedLoopException.Failed($"'{path}' lacks the keypoint(s) {string.Join(", ", absent)}");
        if (absent.Length > 0)
            raw.Notes.Add($"WARNING: the file lacks {string.Join(", ", absent)}; they are missing in every frame");
        return (layout, columns);
    }

    private static int IndexOf(KeypointLayout layout, string name, string path)
    {
        try
        {
            return layout.IndexOf(name);
        }
        catch (ClosedLoopException error)
        {
            throw ClosedLoopException.Usage($"in '{path}': {error.Message}", error);
        }
    }

    private static (int First, int End) ChooseFrames(RawKeypoints raw, FrameRange? asked, string path)
    {
        if (raw.FrameCount == 0)
            throw ClosedLoopException.Failed($"'{path}' has keypoints but not a single frame");
        if (asked is not { } range)
            return (0, raw.FrameCount);
        var end = range.To ?? raw.FrameCount;
        return range.From >= 0 && range.From < end && end <= raw.FrameCount
            ? (range.From, end)
            : throw ClosedLoopException.Usage($"the frames {range} were asked for, but '{path}' has the frames 0:{raw.FrameCount}");
    }
}
