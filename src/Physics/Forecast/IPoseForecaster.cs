using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Says where the animal will be, from where it was: so that a controller that looks ahead can act at once. One pose a
/// control step goes in. Deterministic, for one thread; allocates nothing after construction.
/// </summary>
public interface IPoseForecaster : IDisposable
{
    /// <summary>Short name, as it stands in summaries.</summary>
    string Name { get; }

    /// <summary>How many frames ahead it can look.</summary>
    int LongestAhead { get; }

    /// <summary>Forgets the past, as before another animal or a start.</summary>
    void Reset();

    /// <summary>Takes the pose of the next control step.</summary>
    void Observe(Pose pose);

    /// <summary>Forecasts the positions of a frame ahead; the other parts of the pose are left as they are.</summary>
    /// <param name="ahead">Frames after the last pose that was observed, 1 to <see cref="LongestAhead"/>.</param>
    /// <param name="target">Its <see cref="Pose.Qpos"/> is written.</param>
    void Forecast(int ahead, Pose target);
}
