namespace ClosedLoop.Recording;

/// <summary>The names of a recording's streams.</summary>
public static class RecordingTopics
{
    /// <summary>Keypoint sets as they came.</summary>
    public const string Keypoints = "/keypoints";

    /// <summary>Registered poses, one a control tick.</summary>
    public const string Pose = "/pose";

    /// <summary>Control steps, one a control tick.</summary>
    public const string Control = "/control";

    /// <summary>The beats of the control clock, and which keypoint set each had.</summary>
    public const string Ticks = "/ticks";

    /// <summary>Frame sets: times, and which images came; one message after the images of its set.</summary>
    public const string Frames = "/frames";

    /// <summary>What was noticed of cameras: stopped, skipped, repeated, short.</summary>
    public const string CameraFindings = "/cameras/findings";

    /// <summary>What each camera has delivered and lost, from time to time.</summary>
    public const string CameraStatistics = "/cameras/statistics";

    /// <summary>The images of one camera.</summary>
    public static string Images(string camera) => $"/cameras/{camera}/image";

    /// <summary>Samples of electrodes as they came, block by block.</summary>
    public const string Samples = "/tetrodes/samples";

    /// <summary>The local field potential of all channels, as often as it is kept; only where it is wanted.</summary>
    public const string Lfp = "/tetrodes/lfp";

    /// <summary>Sorted spikes, those of a block together.</summary>
    public const string Spikes = "/tetrodes/spikes";

    /// <summary>Spikes of each unit in the bins that end with the beats of the control clock.</summary>
    public const string SpikeCounts = "/tetrodes/counts";

    /// <summary>Units: when they are learnt or found, when their state changes, and at the end.</summary>
    public const string Units = "/tetrodes/units";

    /// <summary>What was noticed of the samples: lost, counted anew, not sorted, ended.</summary>
    public const string SampleFindings = "/tetrodes/findings";

    /// <summary>Sync pulses among the samples, each with the trigger of the cameras that it was; only where a line for them is named.</summary>
    public const string SyncPulses = "/tetrodes/sync";

    /// <summary>How well each class of features predicts each unit, from time to time.</summary>
    public const string ComparisonScores = "/comparison/scores";

    /// <summary>What neurons and layers make of the animal's behaviours, from time to time.</summary>
    public const string BehaviourComparison = "/comparison/behaviours";

    /// <summary>Latencies, queues and drops, as JSON.</summary>
    public const string Telemetry = "/telemetry";
}
