using ClosedLoop.Core;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ClosedLoop.Inference;

/// <summary>Names and sizes of <see cref="TensorType"/>.</summary>
public static class TensorTypes
{
    /// <summary>The words in a manifest, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Words { get; } = ["float32", "uint8", "int64", "float16"];

    /// <summary>The word for a type in a manifest.</summary>
    public static string Word(this TensorType type) => Words[(int)type];

    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this TensorType type) => type switch
    {
        TensorType.Float32 => 4,
        TensorType.UInt8 => 1,
        TensorType.Int64 => 8,
        _ => 2,
    };

    /// <summary>Whether elements are of this C# type.</summary>
    public static bool Holds<T>(this TensorType type)
        where T : unmanaged => type switch
        {
            TensorType.Float32 => typeof(T) == typeof(float),
            TensorType.UInt8 => typeof(T) == typeof(byte),
            TensorType.Int64 => typeof(T) == typeof(long),
            _ => typeof(T) == typeof(Half),
        };

    internal static TensorElementType ToOnnx(this TensorType type) => type switch
    {
        TensorType.Float32 => TensorElementType.Float,
        TensorType.UInt8 => TensorElementType.UInt8,
        TensorType.Int64 => TensorElementType.Int64,
        _ => TensorElementType.Float16,
    };

    internal static TensorType FromOnnx(TensorElementType type, string tensor, string file) => type switch
    {
        TensorElementType.Float => TensorType.Float32,
        TensorElementType.UInt8 => TensorType.UInt8,
        TensorElementType.Int64 => TensorType.Int64,
        TensorElementType.Float16 => TensorType.Float16,
        _ => throw ClosedLoopException.Failed(
            $"{file}: '{tensor}' holds elements of type {type}; networks for ClosedLoop take and give {string.Join(", ", Words)} alone, so export it with one of these"),
    };
}
