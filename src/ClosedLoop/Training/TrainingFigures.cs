using ClosedLoop.Core;
using ClosedLoop.Imitation;
using ClosedLoop.Simulation;

namespace ClosedLoop.Training;

/// <summary>The figures that stand in a policy's manifest.</summary>
internal static class TrainingFigures
{
    // Libraries of other seeds are trained on.
    private const int HeldOutSeed = 9002;

    /// <summary>Motion that nothing is trained on.</summary>
    public static MotionLibrary HeldOutMotion(CancellationToken cancellation) =>
        MotionLibraryGenerator.Generate(new() { Minutes = 4, Seed = HeldOutSeed, VariedCopies = 0 }, progress: null, cancellation);

    /// <summary>What an evaluation found, with the unit in each name.</summary>
    /// <param name="result">The evaluation.</param>
    /// <param name="learntFrom">Whether the motion is that which the network learnt from.</param>
    public static Dictionary<string, double> Of(ImitateResult result, bool learntFrom)
    {
        var prefix = learntFrom ? "own_motion_" : "";
        return new()
        {
            [$"{prefix}survival_4s"] = Math.Round(result.Survival, 4),
            [$"{prefix}median_total_error_mm"] = Math.Round(result.MedianTotalErrorMm, 3),
            [$"{prefix}median_pose_error_mm"] = Math.Round(result.MedianPoseErrorMm, 3),
            [$"{prefix}servo_median_total_error_mm"] = Math.Round(result.Servo.MedianTotalErrorMm, 3),
            [$"{prefix}zero_median_total_error_mm"] = Math.Round(result.Zero.MedianTotalErrorMm, 3),
        };
    }
}
