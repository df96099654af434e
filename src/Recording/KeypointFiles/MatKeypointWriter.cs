using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Writes keypoints as DANNCE writes its predictions (save_data_AVG.mat): <c>pred</c> (n, 3, K) in millimetres,
/// <c>data</c> (n, 3, K) zeros where it holds labels, <c>p_max</c> (n, K) the confidences, <c>sampleID</c> (1, n) the
/// frames' numbers, <c>metadata</c>. A missing keypoint is NaN.
/// </summary>
internal sealed class MatKeypointWriter(string path, KeypointFileHeader header) : IKeypointWriter
{
    private readonly string _temporary = $"{path}.{Environment.ProcessId}.tmp";
    private readonly CollectedKeypoints _sets = new(header.Layout);

    public int Count => _sets.Count;

    public void Write(Keypoints keypoints) => _sets.Add(keypoints);

    public void Complete() => KeypointWriter.OnDisk(path, () =>
    {
        var (n, count) = (_sets.Count, header.Layout.Count);
        var predicted = new double[3 * n * count];
        var confidence = new double[n * count];
        for (var f = 0; f < n; f++)
            for (var k = 0; k < count; k++)
            {
                confidence[f + (n * k)] = _sets.Confidence[(f * count) + k];
                for (var axis = 0; axis < 3; axis++)
                    predicted[f + (n * (axis + (3 * k)))] = 1000 * _sets.Positions[(3 * ((f * count) + k)) + axis];
            }
        using (var file = new MatWriter(_temporary, $"written by {header.Source}"))
        {
            file.Write("pred", predicted, n, 3, count);
            file.Write("data", new double[predicted.Length], n, 3, count);
            file.Write("p_max", confidence, n, count);
            file.Write("sampleID", [.. _sets.FrameNumbers.Select(number => (double)number)], 1, n);
            file.WriteStructure("metadata",
            [
                ("source", header.Source), ("description", header.Description), ("version", header.Version), ("rate_hz", header.RateHz),
                ("keypoints", string.Join(' ', header.Layout.Names)), ("camnames", string.Join(' ', header.Cameras)), ("unit", "mm"),
            ]);
        }
        File.Move(_temporary, path, overwrite: true);
    });

    public void Dispose()
    {
        if (File.Exists(_temporary))
            File.Delete(_temporary);
    }
}
