namespace ClosedLoop.Inference;

/// <summary>Inputs, and the outputs that the network gave where it was trained.</summary>
/// <param name="Tolerance">How far any value of an output may lie from the stored one, in the output's unit.</param>
/// <param name="Inputs">Every input.</param>
/// <param name="Outputs">Every output.</param>
public sealed record NetworkSample(double Tolerance, IReadOnlyList<SampleTensor> Inputs, IReadOnlyList<SampleTensor> Outputs);
