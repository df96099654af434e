namespace ClosedLoop.Core;

/// <summary>The named layers of a controller and where each lies in <see cref="ControlStep.Activations"/>.</summary>
/// <param name="Layers">Name and number of units of each layer, in order.</param>
public sealed record ActivationLayout(IReadOnlyList<(string Name, int Size)> Layers)
{
    /// <summary>The layout of a controller that has no layers.</summary>
    public static ActivationLayout Empty { get; } = new([]);

    /// <summary>Units of all layers together.</summary>
    public int TotalSize { get; } = Layers.Sum(layer => layer.Size);
}
