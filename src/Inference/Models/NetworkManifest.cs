namespace ClosedLoop.Inference;

/// <summary>What a model's manifest says of one network.</summary>
/// <param name="File">Its file, relative to the model's folder.</param>
/// <param name="Sha256">The file's checksum, 64 lower-case hexadecimal digits.</param>
/// <param name="Tensors">What goes in and comes out.</param>
/// <param name="Samples">Inputs with the outputs they must give.</param>
public sealed record NetworkManifest(string File, string Sha256, NetworkSpecification Tensors, IReadOnlyList<NetworkSample> Samples);
