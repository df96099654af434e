namespace ClosedLoop.Core;

/// <summary>
/// One step of the virtual rodent: what its controller was given and did, what its network's layers held, and where
/// the body stood afterwards. Lent for the duration of a call, as <see cref="Keypoints"/> are.
/// </summary>
public sealed class ControlStep
{
    /// <summary>Makes a control step for a body of these sizes and a controller of this activation layout.</summary>
    public ControlStep(int positionCount, int velocityCount, int actionCount, int keypointCount, ActivationLayout activations)
    {
        Qpos = new double[positionCount];
        Qvel = new double[velocityCount];
        Action = new double[actionCount];
        SitePositions = new double[3 * keypointCount];
        ActivationLayout = activations;
        Activations = new float[activations.TotalSize];
    }

    /// <summary>Origin and times; <see cref="RecordStamp.Sequence"/> is the control tick.</summary>
    public RecordStamp Stamp { get; set; }

    /// <summary>
    /// Sequence of the pose that errors and resets of this step are judged by; <see cref="RecordStamp.None"/> while the window
    /// fills. <see cref="ReferenceMode.Delay"/>: the pose that the body was asked to reach at the end of this step.
    /// <see cref="ReferenceMode.Predict"/>: the pose of this very tick, which the body, led by the forecast of the step
    /// before, stood against when this step began; where the animal really is at the end of a step the next tick tells.
    /// </summary>
    public long ReferenceSequence { get; set; } = RecordStamp.None;

    /// <summary>Where the frames ahead of the reference came from.</summary>
    public ReferenceMode ReferenceMode { get; set; }

    /// <summary>What is noteworthy about this step.</summary>
    public ControlFlags Flags { get; set; }

    /// <summary>The motor command, one number per actuator, each in [-1, 1].</summary>
    public double[] Action { get; }

    /// <summary>Names and places of the layers within <see cref="Activations"/>.</summary>
    public ActivationLayout ActivationLayout { get; }

    /// <summary>The activity of the controller's layers, one after the other as <see cref="ActivationLayout"/> says.</summary>
    public float[] Activations { get; }

    /// <summary>The body's generalised positions after the step (order and units as <see cref="Pose.Qpos"/>).</summary>
    public double[] Qpos { get; }

    /// <summary>The body's generalised velocities after the step (order and units as <see cref="Pose.Qvel"/>).</summary>
    public double[] Qvel { get; }

    /// <summary>Where the body's keypoint sites are after the step: x, y, z per keypoint, metres.</summary>
    public double[] SitePositions { get; }

    /// <summary>Mean distance between the body's keypoint sites and those of the pose <see cref="ReferenceSequence"/>, metres; NaN where there was nothing to judge.</summary>
    public double TotalErrorM { get; set; } = double.NaN;

    /// <summary>Distance between the body's root and that of the pose <see cref="ReferenceSequence"/>, metres; NaN where there was nothing to judge.</summary>
    public double RootErrorM { get; set; } = double.NaN;

    /// <summary>Copies everything from <paramref name="other"/>, which belongs to the same body and controller.</summary>
    public void CopyFrom(ControlStep other)
    {
        Stamp = other.Stamp;
        ReferenceSequence = other.ReferenceSequence;
        ReferenceMode = other.ReferenceMode;
        Flags = other.Flags;
        other.Action.CopyTo(Action, 0);
        other.Activations.CopyTo(Activations, 0);
        other.Qpos.CopyTo(Qpos, 0);
        other.Qvel.CopyTo(Qvel, 0);
        other.SitePositions.CopyTo(SitePositions, 0);
        TotalErrorM = other.TotalErrorM;
        RootErrorM = other.RootErrorM;
    }
}
