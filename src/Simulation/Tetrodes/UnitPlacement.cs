using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>Puts neurons around tetrodes: evenly over the tissue within reach, no two in the same place.</summary>
internal static class UnitPlacement
{
    // Beyond this a spike is lost in the noise of all the others there.
    private const double ReachUm = 85;

    // Cell bodies of 15 um and what is between them.
    private const double ApartUm = 18;

    /// <summary>The neurons of all tetrodes, tetrode by tetrode.</summary>
    public static SimulatedUnit[] Place(SimulatedTetrodeOptions options)
    {
        var counts = Counts(options);
        var units = new List<SimulatedUnit>();
        for (var tetrode = 0; tetrode < options.Tetrodes; tetrode++)
        {
            var random = new RandomStream(options.Seed, $"neurons of tetrode {tetrode}");
            var wires = new TetrodeWires(random);
            var drift = new TissueDrift(options.DriftMicrometres, random);
            // Plating makes wires of unlike impedance.
            double[] gains = [.. Enumerable.Range(0, SimulatedTetrodeOptions.Wires).Select(_ => random.Uniform(0.85, 1.15))];
            var places = new List<(double X, double Y, double Z)>();
            for (var i = 0; i < counts[tetrode]; i++)
            {
                var place = Draw(random, wires, places);
                places.Add(place);
                var type = DrawType(options, tetrode, random);
                units.Add(new(units.Count + 1, tetrode, type, NeuronTraits.Draw(type, random), place, wires, gains, drift, options));
            }
        }
        return [.. units];
    }

    /// <summary>Neurons by tetrode: half of the mean for certain, the others as they fall.</summary>
    private static int[] Counts(SimulatedTetrodeOptions options)
    {
        var random = new RandomStream(options.Seed, "neurons by tetrode");
        var counts = new int[options.Tetrodes];
        Array.Fill(counts, (int)Math.Ceiling(options.UnitsPerTetrode / 2));
        var all = (int)Math.Round(options.UnitsPerTetrode * options.Tetrodes);
        for (var placed = counts.Sum(); placed < all; placed++)
            counts[(int)(options.Tetrodes * random.Uniform())]++;
        for (var placed = counts.Sum(); placed > all; placed--)
            counts[Array.FindLastIndex(counts, count => count > 0)]--;
        return counts;
    }

    private static (double X, double Y, double Z) Draw(RandomStream random, TetrodeWires wires, List<(double X, double Y, double Z)> taken)
    {
        const int MostTries = 100_000;
        for (var tries = 0; tries < MostTries; tries++)
        {
            var place = (X: random.Uniform(-ReachUm, ReachUm), Y: random.Uniform(-ReachUm, ReachUm), Z: random.Uniform(-ReachUm, ReachUm));
            double Squared((double X, double Y, double Z) other) =>
                ((place.X - other.X) * (place.X - other.X)) + ((place.Y - other.Y) * (place.Y - other.Y)) + ((place.Z - other.Z) * (place.Z - other.Z));
            if (Squared(default) <= ReachUm * ReachUm && wires.Fits(place) && taken.TrueForAll(other => Squared(other) >= ApartUm * ApartUm))
                return place;
        }
        throw ClosedLoopException.Usage($"no more than {taken.Count} neurons found room around a simulated tetrode; ask for fewer");
    }

    private static NeuronType DrawType(SimulatedTetrodeOptions options, int tetrode, RandomStream random)
    {
        var striatum = options.Region == BrainRegion.Striatum || (options.Region == BrainRegion.Both && tetrode >= (options.Tetrodes + 1) / 2);
        return (striatum, random.Uniform()) switch
        {
            (false, < 0.8) => NeuronType.Pyramidal,
            (false, _) => NeuronType.CorticalInterneuron,
            (true, < 6.0 / 7) => NeuronType.MediumSpiny,
            (true, _) => NeuronType.StriatalInterneuron,
        };
    }
}
