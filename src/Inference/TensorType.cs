namespace ClosedLoop.Inference;

/// <summary>The kinds of number our networks take and give.</summary>
public enum TensorType
{
    /// <summary>4 bytes, C#'s float.</summary>
    Float32,

    /// <summary>1 byte.</summary>
    UInt8,

    /// <summary>8 bytes, C#'s long.</summary>
    Int64,

    /// <summary>2 bytes, C#'s Half.</summary>
    Float16,
}
