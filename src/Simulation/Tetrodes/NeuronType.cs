namespace ClosedLoop.Simulation;

/// <summary>Families of neurons whose spikes look and come differently.</summary>
public enum NeuronType
{
    /// <summary>Pyramidal cell of the cortex: broad spikes, low rates, complex-spike bursts.</summary>
    Pyramidal,

    /// <summary>Fast-spiking interneuron of the cortex: narrow spikes, high rates, no bursts.</summary>
    CorticalInterneuron,

    /// <summary>Medium spiny neuron, the projection neuron of the striatum: broad spikes, low rates.</summary>
    MediumSpiny,

    /// <summary>Fast-spiking interneuron of the striatum: the narrowest spikes.</summary>
    StriatalInterneuron,
}
