using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>What happened in one episode: a body was put onto a frame of its reference and then left to its controller.</summary>
public sealed class EpisodeTrace
{
    /// <summary>Makes the trace of an episode that is to come.</summary>
    /// <param name="poses">The reference.</param>
    /// <param name="start">The frame that the body is put onto.</param>
    /// <param name="length">Control steps of the whole episode.</param>
    /// <param name="parts">The parts of the body that are looked at one by one.</param>
    public EpisodeTrace(IReferencePoses poses, int start, int length, KeypointParts parts)
    {
        (Poses, Start, Length, Parts) = (poses, start, length, parts);
        (TotalErrorMm, RootErrorMm, PoseErrorMm) = (new float[length], new float[length], new float[length]);
        (Reward, PowerW, ControllerMs) = (new float[length], new float[length], new float[length]);
        (PartErrorMm, PartPoseErrorMm) = (new float[length * parts.Names.Count], new float[length * parts.Names.Count]);
    }

    /// <summary>The reference.</summary>
    public IReferencePoses Poses { get; }

    /// <summary>The frame that the body was put onto; step i, from 0, was to reach the frame Start + 1 + i.</summary>
    public int Start { get; }

    /// <summary>Control steps of the whole episode.</summary>
    public int Length { get; }

    /// <summary>Control steps that were made, the one that ended it included.</summary>
    public int Steps { get; set; }

    /// <summary>Why it ended before its length; <see cref="ControlFlags.None"/> where it did not.</summary>
    public ControlFlags End { get; set; }

    /// <summary>Whether it reached its length.</summary>
    public bool Survived => End == ControlFlags.None;

    /// <summary>The parts of <see cref="PartErrorMm"/>.</summary>
    public KeypointParts Parts { get; }

    /// <summary>By step: mean distance of the keypoint sites from the reference's. NaN, here and below, where the physics failed.</summary>
    public float[] TotalErrorMm { get; }

    /// <summary>By step: distance of the root from the reference's.</summary>
    public float[] RootErrorMm { get; }

    /// <summary>By step: the mean distance that is left after the sites as a whole were moved and turned onto the reference's.</summary>
    public float[] PoseErrorMm { get; }

    /// <summary>By step, then by part: mean distance of the part's keypoint sites from the reference's.</summary>
    public float[] PartErrorMm { get; }

    /// <summary>By step, then by part: the same after moving and turning all sites together.</summary>
    public float[] PartPoseErrorMm { get; }

    /// <summary>By step: the reward of imitation; NaN where none was asked for.</summary>
    public float[] Reward { get; }

    /// <summary>By step: mechanical power of the actuators, watts; NaN where no reward was asked for.</summary>
    public float[] PowerW { get; }

    /// <summary>By step: how long the controller took.</summary>
    public float[] ControllerMs { get; }
}
