using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>One named stretch of an observation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Numbers in it.</param>
/// <param name="Unit">Their unit.</param>
public readonly record struct ObservationPart(string Name, int Size, string Unit);

/// <summary>What an observation is made of, in order: first the reference ahead, then the body itself.</summary>
/// <param name="Reference">The parts that describe the reference, repeated for each frame ahead.</param>
/// <param name="Frames">How many frames ahead.</param>
/// <param name="Proprioception">The parts that describe the body's own state.</param>
public sealed record ObservationLayout(IReadOnlyList<ObservationPart> Reference, int Frames, IReadOnlyList<ObservationPart> Proprioception)
{
    /// <summary>Numbers that describe the reference.</summary>
    public int ReferenceSize { get; } = Frames * Reference.Sum(part => part.Size);

    /// <summary>Numbers that describe the body.</summary>
    public int ProprioceptionSize { get; } = Proprioception.Sum(part => part.Size);

    /// <summary>Numbers of the whole observation.</summary>
    public int Size => ReferenceSize + ProprioceptionSize;

    /// <summary>
    /// The layout as one line of text: two observations mean the same where these lines are equal. Stands in a policy's
    /// manifest.
    /// </summary>
    public string Signature => $"{Frames} x ({Text(Reference)}), {Text(Proprioception)}";

    /// <summary>Refuses an observation that a policy was not made for.</summary>
    /// <exception cref="ClosedLoopException">The signatures differ.</exception>
    public void Require(string signature, string model)
    {
        if (signature != Signature)
            throw ClosedLoopException.Usage($"the policy {model} observes [{signature}], and the body here gives [{Signature}]; use the body and the options that the policy was trained with");
    }

    private static string Text(IEnumerable<ObservationPart> parts) => string.Join(", ", parts.Select(part => $"{part.Name} {part.Size}"));
}
