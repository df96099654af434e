namespace ClosedLoop.Physics;

/// <summary>A reference motion, and the body whose poses it is made of.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Body">The body, at the animal's size.</param>
/// <param name="Poses">The motion, one pose per control step.</param>
public sealed record ImitationReference(string Name, BodyModel Body, IReferencePoses Poses);
