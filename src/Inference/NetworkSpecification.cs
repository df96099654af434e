namespace ClosedLoop.Inference;

/// <summary>What goes into a network and what comes out, in the network's order.</summary>
/// <param name="Inputs">What goes in.</param>
/// <param name="Outputs">What comes out.</param>
public sealed record NetworkSpecification(IReadOnlyList<TensorSpecification> Inputs, IReadOnlyList<TensorSpecification> Outputs);
