namespace ClosedLoop.Simulation;

/// <summary>What the animal does at a moment, as far as its brain and the headstage's cable notice.</summary>
/// <param name="Behaviour">What it does.</param>
/// <param name="Movement">How much it moves: 0 not at all, 1 as in a trot.</param>
/// <param name="Chewing">How much its jaw works: 0 not at all, 1 as in eating.</param>
public readonly record struct AnimalActivity(Behaviour Behaviour, double Movement, double Chewing);
