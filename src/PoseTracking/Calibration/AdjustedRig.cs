namespace ClosedLoop.PoseTracking;

/// <summary>What the bundle adjustment made of some cameras.</summary>
/// <param name="Observations">What it was made from: without the corners that were left out.</param>
/// <param name="State">Lenses, cameras and boards.</param>
/// <param name="Use">The views that took part.</param>
internal sealed record AdjustedRig(BoardObservations Observations, RigState State, ViewMask Use)
{
    /// <summary>Root of the mean squared distance of some cameras, pixels.</summary>
    public double Rms(params ReadOnlySpan<int> cameras) => Reprojection.Rms(Observations, State, Use, cameras);
}
