using ClosedLoop.Sessions;

namespace ClosedLoop.Imitation;

/// <summary>What a policy takes at each control step, on one thread.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Steps">Control steps measured.</param>
/// <param name="Resamples">How often the latent was drawn again where it was.</param>
/// <param name="ControlMs">Observation and network.</param>
/// <param name="StepMs">Observation, network and the physics steps of one control step.</param>
/// <param name="ResampledControlMs">Observation, network and the resamples.</param>
/// <param name="BarePhysicsMs">The physics steps alone.</param>
/// <param name="P99ToBare">99th percentile of the whole step over that of the bare physics.</param>
/// <param name="P50ToBare">Median of the whole step over that of the bare physics.</param>
/// <param name="ResamplingMs">What the resamples add to the median, milliseconds.</param>
/// <param name="AllocatedBytesPerStep">Bytes allocated per step after warming up.</param>
internal sealed record PolicyBenchResult(
    string Policy, int Steps, int Resamples, LatencyResult ControlMs, LatencyResult StepMs, LatencyResult ResampledControlMs, LatencyResult BarePhysicsMs,
    double P99ToBare, double P50ToBare, double ResamplingMs, double AllocatedBytesPerStep);
