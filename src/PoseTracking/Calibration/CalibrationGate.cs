namespace ClosedLoop.PoseTracking;

/// <summary>Decides whether a calibration is good enough to be used.</summary>
internal static class CalibrationGate
{
    /// <summary>A sentence for everything that is not good enough.</summary>
    public static IReadOnlyList<string> Judge(IReadOnlyList<CameraReport> cameras, IReadOnlyList<PairReport> pairs, RigCalibrationOptions options)
    {
        var faults = new List<string>();
        foreach (var camera in cameras)
        {
            if (!(camera.RmsPx <= options.MostRmsPx))
                faults.Add(FormattableString.Invariant($"{camera.Name}: corners miss by {camera.RmsPx:F2} px rms, and {options.MostRmsPx:G} px are allowed; look for blurred images and check that the board is flat"));
            if (camera.Views < options.FewestViews)
                faults.Add(FormattableString.Invariant($"{camera.Name}: {camera.Views} views of the board, and {options.FewestViews} are needed"));
            if (camera.Coverage < options.LeastCoverage)
                faults.Add(FormattableString.Invariant($"{camera.Name}: corners cover {100 * camera.Coverage:F0} % of its image, and {100 * options.LeastCoverage:F0} % are needed; show the board in the empty cells of the coverage map"));
        }
        foreach (var pair in pairs)
            if (pair.SharedCorners > 0 && !(pair.EpipolarRmsPx <= options.MostRmsPx))
                faults.Add(FormattableString.Invariant($"{pair.A} and {pair.B}: corners miss each other's epipolar lines by {pair.EpipolarRmsPx:F2} px rms, and {options.MostRmsPx:G} px are allowed"));
        return faults;
    }
}
