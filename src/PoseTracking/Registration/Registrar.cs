using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.PoseTracking;

/// <summary>Registers live: one pose per control tick.</summary>
public sealed class Registrar
{
    /// <summary>Makes a registrar for one animal.</summary>
    public Registrar(BodyModel body, AnimalFile animal, RegistrarOptions options, double framePeriodS, SessionClock? clock = null) =>
        throw new NotImplementedException();

    /// <summary>How long each solve took.</summary>
    public LatencyHistogram Latency { get; } = new("registration");

    /// <summary>The pose of one tick; lent until the next call.</summary>
    public Pose Process(in ControlTick tick) => throw new NotImplementedException();
}
