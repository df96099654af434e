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
        var facts = new Dictionary<string, MatValue[]>
        {
            ["source"] = [new MatText(header.Source)],
            ["description"] = [new MatText(header.Description)],
            ["version"] = [new MatText(header.Version)],
            ["rate_hz"] = [new MatNumbers([1, 1], [header.RateHz])],
            ["keypoints"] = [new MatText(string.Join(' ', header.Layout.Names))],
            ["camnames"] = [new MatText(string.Join(' ', header.Cameras))],
            ["unit"] = [new MatText("mm")],
        };
        File.WriteAllBytes(_temporary, MatWriter.ToBytes(
        [
            ("pred", new MatNumbers([n, 3, count], predicted)),
            ("data", new MatNumbers([n, 3, count], new double[predicted.Length])),
            ("p_max", new MatNumbers([n, count], confidence)),
            ("sampleID", new MatNumbers([1, n], [.. _sets.FrameNumbers.Select(number => (double)number)])),
            ("metadata", new MatStruct([1, 1], facts)),
        ]));
        File.Move(_temporary, path, overwrite: true);
    });

    public void Dispose()
    {
        if (File.Exists(_temporary))
            File.Delete(_temporary);
    }
}
