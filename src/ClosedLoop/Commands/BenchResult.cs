using ClosedLoop.Comparing;
using ClosedLoop.Diagnostics;
using ClosedLoop.Imitation;
using ClosedLoop.Sessions;
using ClosedLoop.Sorting;
using ClosedLoop.Vision;

namespace ClosedLoop.Commands;

/// <summary>What <c>bench</c> measured.</summary>
/// <param name="Version">The program's version and commit.</param>
/// <param name="Mujoco">MuJoCo's version.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Frames">Control steps.</param>
/// <param name="KernelsMs">Registration, controller, and the physics steps of one control step.</param>
/// <param name="KeypointToActionMs">From a keypoint set at hand to the end of its control step.</param>
/// <param name="KernelSumMs">Sum of the kernels' medians.</param>
/// <param name="P99ToKernels">99th percentile of the whole path over that sum.</param>
/// <param name="P99ToKernelsP99">99th percentile of the whole path over the sum of the kernels' own 99th percentiles: above 1 is what the path adds.</param>
/// <param name="AllocatedBytesPerFrame">Bytes allocated per frame after warming up.</param>
/// <param name="Vision">What the keypoint networks take; null where they were left out.</param>
/// <param name="Policy">What the policy takes beside the physics; null where it was left out.</param>
/// <param name="Sorting">What sorting tetrodes takes; null where it was left out.</param>
/// <param name="Scipy">Filter and spike detector beside SciPy's; null where that was not asked for.</param>
/// <param name="Comparison">What comparing activity with features takes; null where that was not asked for.</param>
/// <param name="Stepping">How fast our own rat steps beside another body; null where none was named.</param>
internal sealed record BenchResult(
    string Version, string Mujoco, MachineFacts Machine, long Frames, IReadOnlyDictionary<string, LatencyResult> KernelsMs,
    LatencyResult KeypointToActionMs, double KernelSumMs, double P99ToKernels, double P99ToKernelsP99, double AllocatedBytesPerFrame,
    IReadOnlyList<SteppingResult>? Stepping, VisionBenchResult? Vision, PolicyBenchResult? Policy,
    SortingBenchResult? Sorting, ScipyComparisonResult? Scipy, ComparisonBenchResult? Comparison);
