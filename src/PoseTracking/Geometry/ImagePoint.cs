namespace ClosedLoop.PoseTracking;

/// <summary>One place where a view may see a point, with how far to trust it.</summary>
/// <param name="View">Index of the camera.</param>
/// <param name="U">Column in the (distorted) image, pixels.</param>
/// <param name="V">Row, pixels.</param>
/// <param name="VarianceUU">Variance of the column, square pixels.</param>
/// <param name="VarianceUV">Covariance of column and row, square pixels.</param>
/// <param name="VarianceVV">Variance of the row, square pixels.</param>
/// <param name="Confidence">How probably the point is there at all, 0 to 1.</param>
public readonly record struct ImagePoint(
    int View, double U, double V, double VarianceUU, double VarianceUV, double VarianceVV, double Confidence)
{
    /// <summary>A point that is equally uncertain in all directions.</summary>
    public static ImagePoint Isotropic(int view, double u, double v, double sigmaPx, double confidence) =>
        new(view, u, v, sigmaPx * sigmaPx, 0, sigmaPx * sigmaPx, confidence);

    /// <summary>The point with so many square pixels added to its variance in every direction.</summary>
    public ImagePoint Blurred(double variancePx2) => this with { VarianceUU = VarianceUU + variancePx2, VarianceVV = VarianceVV + variancePx2 };

    /// <summary>The inverse of its covariance; all zero where that is not positive.</summary>
    internal (double UU, double UV, double VV) Information()
    {
        var determinant = (VarianceUU * VarianceVV) - (VarianceUV * VarianceUV);
        return determinant > 0 && VarianceUU > 0
            ? (VarianceVV / determinant, -VarianceUV / determinant, VarianceUU / determinant)
            : default;
    }
}
