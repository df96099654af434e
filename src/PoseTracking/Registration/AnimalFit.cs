namespace ClosedLoop.PoseTracking;

/// <summary>A fitted animal, and what the fit would tell a person beyond the file.</summary>
/// <param name="Animal">The animal, to be saved and to be registered with.</param>
/// <param name="Samples">Indices of the given frames that the offsets were fitted on, ascending.</param>
/// <param name="Notes">What is noteworthy about the fit, a sentence each.</param>
public sealed record AnimalFit(AnimalFile Animal, IReadOnlyList<int> Samples, IReadOnlyList<string> Notes);
