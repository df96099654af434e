namespace ClosedLoop.Inference;

/// <summary>What goes into a network, or comes out of it, under one name.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Shape">Its axes, outermost first.</param>
/// <param name="Unit">The unit of its values ("1" where they have none); null where no manifest says it.</param>
/// <param name="Meaning">What it is, for people; null where no manifest says it.</param>
public sealed record TensorSpecification(string Name, TensorType Type, IReadOnlyList<TensorAxis> Shape, string? Unit = null, string? Meaning = null)
{
    /// <summary>Type and shape as people read them: <c>float32 [V, 3, 60, 80]</c>.</summary>
    public string Layout => $"{Type.Word()} {Text(Shape)}";

    /// <summary>Whether a tensor of this shape fits.</summary>
    public bool Fits(ReadOnlySpan<long> shape)
    {
        if (shape.Length != Shape.Count)
            return false;
        for (var i = 0; i < shape.Length; i++)
        {
            if (!Shape[i].Varies && Shape[i].Size != shape[i])
                return false;
        }
        return true;
    }

    internal static string Text<T>(IEnumerable<T> shape) => $"[{string.Join(", ", shape)}]";
}
