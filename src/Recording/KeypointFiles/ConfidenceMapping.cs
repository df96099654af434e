namespace ClosedLoop.Recording;

/// <summary>
/// Makes confidences of what a file holds beside its keypoints. NB: DANNCE stores the peak of a probability volume
/// (about 0.002 to 0.4, each keypoint its own level): a good set would be thrown away by any threshold on it.
/// </summary>
internal static class ConfidenceMapping
{
    // The median keypoint of a detector whose confidences are meant to be thresholded is well above this.
    private const double CalibratedMedian = 0.25;

    /// <summary>Confidences in [0, 1] for all frames; what was done is added to the file's notes.</summary>
    public static float[] Map(RawKeypoints raw)
    {
        var count = raw.KeypointCount;
        var mapped = new float[raw.FrameCount * count];
        if (raw.Confidence is not { } values)
        {
            raw.Notes.Add("the file has no confidences; every keypoint that is there has confidence 1");
            Array.Fill(mapped, 1f);
            return mapped;
        }
        var typical = new double[count];
        for (var k = 0; k < count; k++)
            typical[k] = Median(Enumerable.Range(0, raw.FrameCount).Select(f => values[(f * count) + k]));
        var overall = Median(typical);
        var highest = values.Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var isCalibrated = highest <= 1 && overall >= CalibratedMedian;
        if (double.IsNaN(overall))
            raw.Notes.Add("the file's confidences are all zero or not numbers; every keypoint that is there has confidence 1");
        else if (!isCalibrated)
            raw.Notes.Add(
                $"the file's confidences are not probabilities (median {overall:G2}, highest {highest:G3}); each is taken relative to its keypoint's median, 1 at most");

        for (var i = 0; i < mapped.Length; i++)
        {
            var scale = isCalibrated ? 1 : typical[i % count];
            mapped[i] = double.IsNaN(overall) || double.IsNaN(scale) ? 1f
                : values[i] > 0 ? (float)Math.Min(1, values[i] / scale)
                : 0f;
        }
        return mapped;
    }

    /// <summary>The median of the positive finite values, or NaN where there are none.</summary>
    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Where(v => v > 0 && double.IsFinite(v)).Order().ToArray();
        return sorted.Length > 0 ? sorted[sorted.Length / 2] : double.NaN;
    }
}
