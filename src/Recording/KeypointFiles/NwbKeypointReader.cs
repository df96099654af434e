using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads 3D keypoints from an NWB file: a PoseEstimation of the ndx-pose extension in processing/behavior, with one
/// series (data (frames, 3), confidence, timestamps) a keypoint.
/// </summary>
internal static class NwbKeypointReader
{
    private const string Behaviour = "processing/behavior";

    public static RawKeypoints Read(string path)
    {
        using var file = Hdf5File.Open(path);
        var pose = FindPoseEstimation(file, path, out var others);
        var series = SeriesNames(file, path, pose);
        var names = file.Exists($"{pose}/nodes") ? file.ReadStrings($"{pose}/nodes") : series;
        foreach (var name in names)
            if (!file.Exists($"{pose}/{name}/data"))
                throw ClosedLoopException.Failed($"'{path}' names the keypoint '{name}' but has no '{pose}/{name}/data'{Spelling.Suggest(name, series)}");

        var (first, firstConfidence) = ReadSeries(file, path, $"{pose}/{names[0]}");
        var frames = first.Length / 3;
        var positions = new double[3 * names.Length * frames];
        double[]? confidence = null;
        for (var k = 0; k < names.Length; k++)
        {
            var (values, confidences) = k == 0 ? (first, firstConfidence) : ReadSeries(file, path, $"{pose}/{names[k]}");
            if (values.Length != 3 * frames)
                throw ClosedLoopException.Failed(
                    $"'{pose}/{names[k]}/data' in '{path}' has {values.Length / 3} frames where '{names[0]}' has {frames}");
            for (var f = 0; f < frames; f++)
                values.AsSpan(3 * f, 3).CopyTo(positions.AsSpan(3 * ((f * names.Length) + k)));
            if (confidences is null)
                continue;
            confidence ??= Enumerable.Repeat(1.0, names.Length * frames).ToArray();
            for (var f = 0; f < frames; f++)
                confidence[(f * names.Length) + k] = confidences[f];
        }

        var raw = new RawKeypoints
        {
            Kind = "NWB pose estimation",
            Names = names,
            Edges = ReadEdges(file, pose, names.Length),
            KeypointCount = names.Length,
            FrameCount = frames,
            Positions = positions,
            Confidence = confidence,
            TimestampsS = ReadTimestamps(file, path, $"{pose}/{names[0]}", frames),
            UnitClaim = file.ReadStringAttribute($"{pose}/{names[0]}/data", "unit"),
        };
        if (others > 0)
            raw.Notes.Add($"the file holds {others + 1} pose estimations; '{pose}' was read");
        return raw;
    }

    private static string FindPoseEstimation(Hdf5File file, string path, out int others)
    {
        var all = file.Exists(Behaviour)
            ? file.Children(Behaviour)
                .Where(name => name == "PoseEstimation" || file.ReadStringAttribute($"{Behaviour}/{name}", "neurodata_type") == "PoseEstimation")
                .ToArray()
            : [];
        if (all.Length == 0)
            throw ClosedLoopException.Failed($"'{path}' has no keypoints: there is no PoseEstimation in '{Behaviour}'");
        others = all.Length - 1;
        return $"{Behaviour}/{all.FirstOrDefault(name => name == "PoseEstimation", all[0])}";
    }

    private static string[] SeriesNames(Hdf5File file, string path, string pose)
    {
        var names = file.Children(pose).Where(name => file.Exists($"{pose}/{name}/data")).ToArray();
        return names.Length > 0 ? names : throw ClosedLoopException.Failed($"'{path}' has no keypoints: '{pose}' holds no series with data");
    }

    private static (double[] Positions, double[]? Confidence) ReadSeries(Hdf5File file, string path, string series)
    {
        var (values, dims) = file.ReadDoubles($"{series}/data");
        if (dims is not [_, 3])
            throw ClosedLoopException.Failed(
                $"'{series}/data' in '{path}' is {string.Join(" x ", dims)}; 3D keypoints are frames x 3");
        // The standard's way to say that the stored numbers are not yet in the stated unit.
        var conversion = file.ReadDoubleAttribute($"{series}/data", "conversion") ?? 1;
        var offset = file.ReadDoubleAttribute($"{series}/data", "offset") ?? 0;
        if (double.IsFinite(conversion) && conversion != 0 && double.IsFinite(offset) && (conversion != 1 || offset != 0))
            for (var i = 0; i < values.Length; i++)
                values[i] = (values[i] * conversion) + offset;

        if (!file.Exists($"{series}/confidence"))
            return (values, null);
        var (confidence, _) = file.ReadDoubles($"{series}/confidence");
        return confidence.Length == dims[0]
            ? (values, confidence)
            : throw ClosedLoopException.Failed(
                $"'{series}/confidence' in '{path}' has {confidence.Length} values where the data has {dims[0]} frames");
    }

    private static double[]? ReadTimestamps(Hdf5File file, string path, string series, int frames)
    {
        if (file.Exists($"{series}/timestamps"))
        {
            var (stamps, _) = file.ReadDoubles($"{series}/timestamps");
            return stamps.Length == frames
                ? stamps
                : throw ClosedLoopException.Failed(
                    $"'{series}/timestamps' in '{path}' has {stamps.Length} values where the data has {frames} frames");
        }
        if (!file.Exists($"{series}/starting_time") || file.ReadDoubleAttribute($"{series}/starting_time", "rate") is not > 0)
            return null;
        var start = file.ReadDoubles($"{series}/starting_time").Values[0];
        var rate = file.ReadDoubleAttribute($"{series}/starting_time", "rate")!.Value;
        return [.. Enumerable.Range(0, frames).Select(f => start + (f / rate))];
    }

    private static (int, int)[] ReadEdges(Hdf5File file, string pose, int keypoints)
    {
        if (!file.Exists($"{pose}/edges"))
            return [];
        var (values, dims) = file.ReadDoubles($"{pose}/edges");
        return dims is [_, 2] && values.All(v => v >= 0 && v < keypoints)
            ? [.. Enumerable.Range(0, dims[0]).Select(e => ((int)values[2 * e], (int)values[(2 * e) + 1]))]
            : [];
    }
}
