namespace ClosedLoop.Simulation;

/// <summary>What the animal does at a moment, as far as its brain and the headstage's cable notice.</summary>
/// <param name="Behaviour">What it does.</param>
/// <param name="Movement">How much it moves: 0 not at all, 1 as in a trot.</param>
/// <param name="Chewing">How much its jaw works: 0 not at all, 1 as in eating.</param>
public readonly record struct AnimalActivity(Behaviour Behaviour, double Movement, double Chewing)
{
    // By behaviour: rest, sniff, walk, trot, turn left, turn right, rear, groom, shake, postures.
    private static readonly double[] Movements = [0.05, 0.2, 0.6, 1, 0.6, 0.6, 0.6, 0.5, 1, 0.6];

    /// <summary>What a behaviour brings with it; an animal that grooms licks.</summary>
    public static AnimalActivity Of(Behaviour behaviour) =>
        new(behaviour, Movements[(int)behaviour], behaviour == Behaviour.Groom ? 0.4 : 0);
}
