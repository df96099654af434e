using System.Runtime.InteropServices;
using System.Text.Json;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tracking;

/// <summary>
/// What a model makes of a training set, as an array that numpy maps: estimates.bin, float32 [sets, keypoints, 11]: x y z
/// in metres (NaN: not found), covariance xx xy xz yy yz zz in square metres, confidence, views used; and estimates.json.
/// The pose networks learn from it (training/train_pose.py).
/// </summary>
public sealed class EstimateWriter : IDisposable
{
    private const int Numbers = 11;

    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true };

    private readonly string _folder;
    private readonly FileStream _file;
    private readonly float[] _row;
    private int _sets;

    /// <summary>Begins the files in a folder.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="keypoints">Keypoints in a set.</param>
    public EstimateWriter(string folder, int keypoints)
    {
        _folder = folder;
        _row = new float[Numbers * keypoints];
        _file = File.Create(Path.Combine(folder, "estimates.bin"));
    }

    /// <summary>Writes the next set.</summary>
    public void Write(Core.Keypoints keypoints, KeypointQuality quality)
    {
        for (var k = 0; k < keypoints.Layout.Count; k++)
        {
            var row = _row.AsSpan(Numbers * k, Numbers);
            var position = keypoints.Position(k);
            var c = quality.Covariance[k];
            ReadOnlySpan<double> values = [position[0], position[1], position[2], c.XX, c.XY, c.XZ, c.YY, c.YZ, c.ZZ, keypoints.Confidence[k], quality.ViewsUsed[k]];
            for (var i = 0; i < Numbers; i++)
                row[i] = keypoints.IsPresent(k) ? (float)values[i] : i < 9 ? float.NaN : 0;
        }
        _file.Write(MemoryMarshal.AsBytes(_row.AsSpan()));
        _sets++;
    }

    /// <summary>Writes what the array is of beside it.</summary>
    public void Complete(string trainingSet, string model, IReadOnlyList<string> keypoints)
    {
        _file.Flush();
        File.WriteAllBytes(Path.Combine(_folder, "estimates.json"), JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                kind = "keypoint-estimates",
                sets = _sets,
                keypoints,
                training_set = trainingSet,
                model,
                content = "x y z (m; NaN: not found), covariance xx xy xz yy yz zz (m2), confidence, views used",
                dtype = "float32",
                shape = new[] { _sets, keypoints.Count, Numbers },
            },
            s_format));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
