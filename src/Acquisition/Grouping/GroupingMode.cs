namespace ClosedLoop.Acquisition;

/// <summary>By what frames of several cameras are known to belong together.</summary>
public enum GroupingMode
{
    /// <summary>Equal device counters: all cameras count the same trigger.</summary>
    TriggerIndex,

    /// <summary>Equal times: each camera's clock is fitted to session time by the arrival of its frames.</summary>
    DeviceTime,
}
