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

    /// <summary>Latencies, queues and drops, as JSON.</summary>
    public const string Telemetry = "/telemetry";
}
