using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.Simulation.Tetrodes;

/// <summary>Remembers the truth.</summary>
internal sealed class Planted : IPlantedSpikeSink
{
    public List<PlantedSpike> Spikes { get; } = [];

    public void Take(in PlantedSpike spike) => Spikes.Add(spike);

    public PlantedSpike[] Of(SimulatedUnit unit) => [.. Spikes.Where(spike => spike.Unit == unit.Id)];
}
