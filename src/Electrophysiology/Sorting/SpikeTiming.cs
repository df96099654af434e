namespace ClosedLoop.Electrophysiology;

/// <summary>
/// What the times of spikes say about whether they are one neuron's: a neuron that bursts has spikes a few milliseconds after
/// others far more often than by chance, and one that is refractory has hardly any there where two neurons have many.
/// </summary>
/// <param name="rateHz">Samples per second.</param>
/// <param name="length">Samples of a spike. NB: nearer ones overlap, and what overlaps is not among those that are compared.</param>
internal sealed class SpikeTiming(double rateHz, int length)
{
    // A burst's spikes follow each other within this; two neurons' do so by chance alone.
    private const double BurstS = 0.012, RefractoryS = 0.002;
    private const double BurstOverChance = 3, LeastBurst = 10, BurstShare = 0.35, LeastChance = 12, LeastTogether = 0.4;

    /// <summary>Whether spikes come some milliseconds from others much more often than by chance, and most of them do: as in bursts.</summary>
    /// <param name="few">Sample numbers, ascending.</param>
    /// <param name="many">The others', ascending.</param>
    public bool Bursts(double[] few, double[] many)
    {
        var (found, chance) = Pairs(few, many, BurstS);
        return found > LeastBurst && found > BurstOverChance * chance && found - chance > BurstShare * few.Length;
    }

    /// <summary>Whether spikes hardly ever come within a refractory period of others, where by chance many would.</summary>
    /// <param name="few">Sample numbers, ascending.</param>
    /// <param name="many">The others', ascending.</param>
    /// <param name="share">Of what chance gives, at most.</param>
    public bool Refractory(double[] few, double[] many, double share)
    {
        var (found, chance) = Pairs(few, many, RefractoryS);
        return chance > LeastChance && found < share * chance;
    }

    /// <summary>Whether two parts of a unit fire in the same stretches of time: where one takes over from the other, it is one neuron that has moved.</summary>
    /// <param name="stretches">By spike, its stretch, from 0 on.</param>
    /// <param name="other">By spike, whether it is of the other part; both have some.</param>
    public static bool Together(int[] stretches, bool[] other)
    {
        var (a, b) = (new double[stretches.Max() + 1], new double[stretches.Max() + 1]);
        var count = other.Count(part => part);
        for (var i = 0; i < stretches.Length; i++)
            (other[i] ? b : a)[stretches[i]] += 1.0 / (other[i] ? count : stretches.Length - count);
        return a.Zip(b, Math.Min).Sum() > LeastTogether;
    }

    /// <summary>Pairs of spikes that are farther apart than one is long and nearer than a time, and how many there were by chance.</summary>
    private (int Found, double Chance) Pairs(double[] few, double[] many, double withinS)
    {
        if (few.Length == 0 || many.Length == 0)
            return (0, 0);
        var (within, found, from) = (withinS * rateHz, 0, 0);
        foreach (var at in few)
        {
            while (from < many.Length && many[from] < at - within)
                from++;
            for (var j = from; j < many.Length && many[j] <= at + within; j++)
                found += Math.Abs(many[j] - at) > length ? 1 : 0;
        }
        var duration = Math.Max(few[^1], many[^1]) - Math.Min(few[0], many[0]);
        return (found, 2.0 * few.Length * many.Length / Math.Max(1, duration) * (within - length));
    }
}
