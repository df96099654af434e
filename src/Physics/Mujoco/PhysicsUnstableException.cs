namespace ClosedLoop.Physics;

/// <summary>The simulation left the region in which its state means anything. The body must be put back to a known state.</summary>
public sealed class PhysicsUnstableException(string message) : Exception(message);
