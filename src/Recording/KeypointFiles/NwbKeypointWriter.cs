using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes keypoints as an NWB file (Neurodata Without Borders 2.7): a PoseEstimation of the ndx-pose extension 0.1.1 in
/// processing/behavior, in metres, with one series a keypoint. A missing keypoint is NaN with confidence 0.
/// </summary>
internal sealed class NwbKeypointWriter(string path, KeypointFileHeader header) : IKeypointWriter
{
    private const string Behaviour = "processing/behavior";
    private const string Pose = $"{Behaviour}/PoseEstimation";

    private readonly string _temporary = $"{path}.{Environment.ProcessId}.tmp";
    private readonly CollectedKeypoints _sets = new(header.Layout);

    public int Count => _sets.Count;

    public void Write(Keypoints keypoints) => _sets.Add(keypoints);

    public void Complete() => KeypointWriter.OnDisk(path, () =>
    {
        using (var file = Hdf5Writer.Create(_temporary))
        {
            WriteSession(file);
            WritePose(file);
            for (var k = 0; k < header.Layout.Count; k++)
                WriteSeries(file, k);
        }
        File.Move(_temporary, path, overwrite: true);
    });

    public void Dispose()
    {
        if (File.Exists(_temporary))
            File.Delete(_temporary);
    }

    private void WriteSession(Hdf5Writer file)
    {
        NwbParts.WriteSession(file, header.Start, header.Description);
        file.CreateGroup(Behaviour);
        NwbParts.Mark(file, Behaviour, "core", "ProcessingModule");
        file.WriteAttribute(Behaviour, "description", "keypoints of the animal");
    }

    private void WritePose(Hdf5Writer file)
    {
        var layout = header.Layout;
        file.CreateGroup(Pose);
        NwbParts.Mark(file, Pose, "ndx-pose", "PoseEstimation");
        file.WriteString($"{Pose}/description", header.Description);
        file.WriteString($"{Pose}/scorer", header.Source);
        file.WriteString($"{Pose}/source_software", "ClosedLoop");
        file.WriteAttribute($"{Pose}/source_software", "version", header.Version);
        file.WriteStrings($"{Pose}/nodes", layout.Names);
        if (layout.Count <= byte.MaxValue + 1 && layout.Edges.Count > 0)
            file.WriteIntegers<byte>($"{Pose}/edges", [.. layout.Edges.SelectMany(edge => new[] { (byte)edge.From, (byte)edge.To })], layout.Edges.Count, 2);
        if (header.ImageSizes.Count > 0)
            file.WriteIntegers<ushort>($"{Pose}/dimensions", [.. header.ImageSizes.SelectMany(size => new[] { (ushort)size.Width, (ushort)size.Height })], header.ImageSizes.Count, 2);
    }

    private void WriteSeries(Hdf5Writer file, int k)
    {
        var (n, count, name) = (_sets.Count, header.Layout.Count, header.Layout.Names[k]);
        var series = $"{Pose}/{name}";
        var data = new double[3 * n];
        var confidence = new double[n];
        for (var f = 0; f < n; f++)
        {
            confidence[f] = _sets.Confidence[(f * count) + k];
            for (var axis = 0; axis < 3; axis++)
                data[(3 * f) + axis] = _sets.Positions[(3 * ((f * count) + k)) + axis];
        }
        file.CreateGroup(series);
        NwbParts.Mark(file, series, "ndx-pose", "PoseEstimationSeries");
        file.WriteAttribute(series, "description", $"position of {name} in the arena");
        file.WriteAttribute(series, "comments", "NaN where it was not seen");
        file.WriteDoubles($"{series}/data", data, n, 3);
        file.WriteAttribute($"{series}/data", "unit", "meters");
        file.WriteAttribute($"{series}/data", "conversion", 1.0);
        file.WriteAttribute($"{series}/data", "offset", 0.0);
        file.WriteAttribute($"{series}/data", "resolution", -1.0);
        file.WriteDoubles($"{series}/timestamps", [.. _sets.TimesS], n);
        file.WriteIntegerAttribute($"{series}/timestamps", "interval", 1);
        file.WriteAttribute($"{series}/timestamps", "unit", "seconds");
        file.WriteDoubles($"{series}/confidence", confidence, n);
        file.WriteAttribute($"{series}/confidence", "definition", "0 (none) to 1 (certain)");
        file.WriteString($"{series}/reference_frame", "the arena: x and y on the floor, z up; its origin is that of the cameras' calibration");
    }
}
