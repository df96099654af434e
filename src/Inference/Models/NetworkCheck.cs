using ClosedLoop.Core;

namespace ClosedLoop.Inference;

/// <summary>Compares a network with what its manifest says of it.</summary>
internal static class NetworkCheck
{
    /// <summary>Refuses a network whose names, types or shapes are not those described.</summary>
    public static void Compare(string name, NetworkSpecification expected, NetworkSpecification found)
    {
        Compare(name, "input", expected.Inputs, found.Inputs);
        Compare(name, "output", expected.Outputs, found.Outputs);
    }

    /// <summary>
    /// Refuses a network that, with all sizes fixed, takes or gives other shapes than those described: exporters leave
    /// axes of outputs open that the manifest knows.
    /// </summary>
    public static void CompareBound(string name, NetworkSpecification expected, OnnxModel model)
    {
        foreach (var (what, tensor, buffer) in expected.Inputs.Select(input => ("input", input, model.Input(input.Name)))
                     .Concat(expected.Outputs.Select(output => ("output", output, model.Output(output.Name)))))
        {
            if (!tensor.Fits(buffer.Shape))
                throw Refused(name, $"its {what} '{tensor.Name}' comes out as {TensorSpecification.Text(buffer.Shape.ToArray())}, expected {tensor.Layout}");
        }
    }

    /// <summary>The sizes asked for, and those that the manifest fixes where the network leaves them open.</summary>
    public static Dictionary<string, int> Axes(string name, NetworkSpecification expected, NetworkSpecification found, IReadOnlyDictionary<string, int> asked)
    {
        var axes = new Dictionary<string, int>(asked);
        foreach (var tensor in expected.Inputs)
        {
            foreach (var (described, open) in tensor.Shape.Zip(found.Inputs.First(input => input.Name == tensor.Name).Shape))
            {
                if (described.Varies || open is not { Varies: true, Name.Length: > 0 })
                    continue;
                if (asked.TryGetValue(open.Name, out var size) && size != described.Size)
                    throw ClosedLoopException.Usage($"{name}: the axis '{open.Name}' was given the size {size}, and the manifest says that '{tensor.Name}' is {tensor.Layout} alone; leave the size away, or use a model for {size}");
                axes[open.Name] = (int)described.Size;
            }
        }
        return axes;
    }

    private static void Compare(string name, string what, IReadOnlyList<TensorSpecification> expected, IReadOnlyList<TensorSpecification> found)
    {
        var (expectedNames, foundNames) = (expected.Select(tensor => tensor.Name).ToArray(), found.Select(tensor => tensor.Name).ToArray());
        if (!expectedNames.Order().SequenceEqual(foundNames.Order()))
            throw Refused(name, $"its {what}s are {string.Join(", ", foundNames)}, expected {string.Join(", ", expectedNames)}");
        foreach (var tensor in expected)
        {
            var other = found[Array.IndexOf(foundNames, tensor.Name)];
            if (other.Type != tensor.Type || other.Shape.Count != tensor.Shape.Count || !tensor.Shape.Zip(other.Shape).All(pair => Agree(pair.First, pair.Second, what)))
                throw Refused(name, $"its {what} '{tensor.Name}' is {other.Layout}, expected {tensor.Layout}");
        }
    }

    /// <summary>Open axes of inputs have one name in both; what the network leaves open the manifest may fix, not the other way.</summary>
    private static bool Agree(TensorAxis described, TensorAxis found, string what) => described.Varies
        ? found.Varies && (what == "output" || described.Name is null || described.Name == found.Name)
        : found.Varies || described.Size == found.Size;

    private static ClosedLoopException Refused(string name, string difference) => ClosedLoopException.Failed(
        $"{name} is not the network that its manifest describes: {difference}; copy the whole folder again, or write a new manifest with the training's export");
}
