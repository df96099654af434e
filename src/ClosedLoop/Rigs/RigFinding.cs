namespace ClosedLoop.Rigs;

/// <summary>What a check found of one part of a rig.</summary>
/// <param name="Part">The part, as the section of the rig file is called.</param>
/// <param name="Found">What it is, for a person.</param>
public sealed record RigFinding(string Part, string Found);
