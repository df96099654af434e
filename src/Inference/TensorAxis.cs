namespace ClosedLoop.Inference;

/// <summary>One axis of a tensor: of a fixed size, or variable and then named.</summary>
/// <param name="Size">Its size; -1 where it may vary.</param>
/// <param name="Name">The name of a variable axis: axes of one network with one name have one size; null for a fixed one.</param>
public readonly record struct TensorAxis(long Size, string? Name)
{
    /// <summary>Whether its size may vary.</summary>
    public bool Varies => Size < 0;

    /// <inheritdoc/>
    public override string ToString() => Varies ? Name is { Length: > 0 } ? Name : "?" : Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
