using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>
/// Reads the prediction file of DANNCE (save_data_AVG.mat): <c>pred</c> (frames, 3, keypoints) in millimetres and,
/// where present, <c>p_max</c> (frames, keypoints). It holds no names and no rate.
/// </summary>
internal static class MatKeypointReader
{
    public static RawKeypoints Read(string path)
    {
        var arrays = MatFile.Read(path);
        if (!arrays.TryGetValue("pred", out var pred))
            throw ClosedLoopException.Failed(
                $"'{path}' has no keypoints: there is no variable 'pred'; it holds {(arrays.Count == 0 ? "no numeric variables" : string.Join(", ", arrays.Keys))}");
        // NB: MATLAB drops a last dimension of 1: one keypoint is (frames, 3).
        if (pred.Dimensions is not [var frames, 3, ..] || pred.Dimensions.Length > 3)
            throw ClosedLoopException.Failed(
                $"'pred' in '{path}' is {string.Join(" x ", pred.Dimensions)}; keypoints are frames x 3 x keypoints");
        var count = pred.Dimensions.Length == 3 ? pred.Dimensions[2] : 1;

        var positions = new double[pred.Values.Length];
        for (var k = 0; k < count; k++)
            for (var axis = 0; axis < 3; axis++)
                for (var f = 0; f < frames; f++)
                    positions[(3 * ((f * count) + k)) + axis] = pred.Values[f + (frames * (axis + (3 * k)))];
        return new()
        {
            Kind = "DANNCE prediction",
            KeypointCount = count,
            FrameCount = frames,
            Positions = positions,
            Confidence = arrays.TryGetValue("p_max", out var peak) ? Transpose(path, peak, frames, count) : null,
            IsDannce = true,
        };
    }

    private static double[] Transpose(string path, MatArray peak, int frames, int count)
    {
        if (peak.Values.Length != frames * count || peak.Dimensions[0] != frames)
            throw ClosedLoopException.Failed(
                $"'p_max' in '{path}' is {string.Join(" x ", peak.Dimensions)} where 'pred' has {frames} frames of {count} keypoints");
        var confidence = new double[frames * count];
        for (var k = 0; k < count; k++)
            for (var f = 0; f < frames; f++)
                confidence[(f * count) + k] = peak.Values[f + (frames * k)];
        return confidence;
    }
}
