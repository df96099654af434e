using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>What is planted around simulated tetrodes, and what disturbs them.</summary>
public sealed record SimulatedTetrodeOptions
{
    /// <summary>Wires of a tetrode.</summary>
    public const int Wires = 4;

    /// <summary>Seed of everything: which neurons, when they fire, noise. The same seed gives the same samples, bit for bit.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of tetrodes; four channels each, those of a tetrode side by side.</summary>
    public int Tetrodes { get; init; } = 32;

    /// <summary>Neurons near enough to a tetrode to be planted one by one, on average over the tetrodes.</summary>
    public double UnitsPerTetrode { get; init; } = 4;

    /// <summary>Where the tetrodes are.</summary>
    public BrainRegion Region { get; init; } = BrainRegion.Both;

    /// <summary>Samples per second and channel.</summary>
    public double RateHz { get; init; } = 30_000;

    /// <summary>What a count is, microvolts: an Intan amplifier's by default. Counts end at +-32767, where the converter is full.</summary>
    public double MicrovoltsPerCount { get; init; } = 0.195;

    /// <summary>
    /// Standard deviation, microvolts, from 300 to 6000 Hz, of each wire's noise: neurons too far away to be told apart,
    /// electrode and amplifier.
    /// </summary>
    public double NoiseMicrovolts { get; init; } = 8;

    /// <summary>
    /// How far the tissue drifts along the wires: the typical distance, micrometres, that it moves within an hour, over
    /// minutes as over the hour. 0: it stays.
    /// </summary>
    public double DriftMicrometres { get; init; } = 5;

    /// <summary>Mains frequency, hertz.</summary>
    public double MainsHz { get; init; } = 50;

    /// <summary>Amplitude of the mains' fundamental on a typical wire, microvolts. 0: none.</summary>
    public double MainsMicrovolts { get; init; } = 15;

    /// <summary>Local field potential, relative to a usual one of about 0.1 mV. 0: none.</summary>
    public double FieldPotential { get; init; } = 1;

    /// <summary>Artefacts of movement and chewing, relative to a usual headstage's. 0: none.</summary>
    public double Artefacts { get; init; } = 1;

    /// <summary>Number of channels.</summary>
    public int Channels => Wires * Tetrodes;

    /// <summary>Refuses numbers that cannot be.</summary>
    /// <exception cref="ClosedLoopException">One cannot be; exit code 2.</exception>
    public void Check()
    {
        if (Tetrodes is < 1 or > 1024)
            throw ClosedLoopException.Usage($"{Tetrodes} simulated tetrodes were asked for; give 1 to 1024");
        if (!(UnitsPerTetrode is >= 0 and <= 20))
            throw ClosedLoopException.Usage($"{UnitsPerTetrode} units a tetrode were asked for; give 0 to 20, for no more find room around it");
        if (!(RateHz is >= 10_000 and <= 100_000 && RateHz % 100 == 0))
            throw ClosedLoopException.Usage($"simulated tetrodes at {RateHz} samples a second were asked for; give 10000 to 100000, a multiple of 100");
        if (!(MicrovoltsPerCount is >= 0.001 and <= 100))
            throw ClosedLoopException.Usage($"{MicrovoltsPerCount} microvolts a count were asked for; give 0.001 to 100");
        if (!(NoiseMicrovolts is >= 0 and <= 1000 && MainsMicrovolts is >= 0 and <= 10_000 && FieldPotential is >= 0 and <= 100 && Artefacts is >= 0 and <= 100))
            throw ClosedLoopException.Usage($"a noise of {NoiseMicrovolts} and mains of {MainsMicrovolts} microvolts, {FieldPotential} times the usual field potential and {Artefacts} times the usual artefacts were asked for; none may be negative, the noise at most 1000, mains 10000, the others 100");
        if (!(MainsHz is >= 40 and <= 70))
            throw ClosedLoopException.Usage($"mains of {MainsHz} Hz were asked for; give 40 to 70");
        if (!(DriftMicrometres is >= 0 and <= 50))
            throw ClosedLoopException.Usage($"a drift of {DriftMicrometres} micrometres an hour was asked for; give 0 to 50");
    }
}
