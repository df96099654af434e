namespace ClosedLoop.Simulation;

/// <summary>Where tetrodes are, and so which neurons are near them.</summary>
public enum BrainRegion
{
    /// <summary>Motor cortex: four pyramidal cells for each interneuron.</summary>
    MotorCortex,

    /// <summary>Dorsolateral striatum: six medium spiny neurons for each interneuron.</summary>
    Striatum,

    /// <summary>The first half of the tetrodes in motor cortex, the others in the striatum.</summary>
    Both,
}
