namespace ClosedLoop.Inference;

/// <summary>The stored values of one input or output: raw little-endian elements of the tensor's type, the last axis contiguous.</summary>
/// <param name="Name">Which input or output.</param>
/// <param name="File">The file, relative to the model's folder.</param>
/// <param name="Shape">Its shape, without open axes.</param>
public sealed record SampleTensor(string Name, string File, IReadOnlyList<long> Shape);
