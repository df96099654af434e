using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>How a <see cref="Triangulator"/> judges views.</summary>
public sealed record TriangulatorOptions
{
    /// <summary>
    /// A view disagrees where the squared Mahalanobis distance between what it saw and the position is above this.
    /// 13.8 is passed by 99.9 % of the views that are as good as they say (chi-square, 2 degrees of freedom).
    /// </summary>
    public double Gate { get; init; } = 13.8;

    /// <summary>Added to the variance of every view, square pixels: what the calibration itself does not know.</summary>
    public double CalibrationVariancePx2 { get; init; } = 0.09;

    /// <summary>Views less confident than this are not looked at.</summary>
    public double MinimumConfidence { get; init; } = 0.02;

    /// <summary>A position as uncertain as this has half the confidence that its views give it, metres.</summary>
    public double HalfConfidenceSigmaM { get; init; } = 0.01;

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (!(Gate > 0) || !(CalibrationVariancePx2 >= 0) || !(HalfConfidenceSigmaM > 0))
            throw ClosedLoopException.Usage("triangulation needs a gate and a half-confidence distance above 0 and a calibration variance of 0 or more");
    }
}
