namespace ClosedLoop.Inference;

/// <summary>What computes a network.</summary>
public enum InferenceDevice
{
    /// <summary>The graphics card where CUDA loads, else the processor; says which, and why.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA card through CUDA.</summary>
    Cuda,

    /// <summary>An NVIDIA card through TensorRT; what TensorRT does not know runs through CUDA.</summary>
    TensorRt,
}
