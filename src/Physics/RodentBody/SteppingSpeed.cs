using System.Diagnostics;

namespace ClosedLoop.Physics;

/// <summary>How fast two models step on one core, measured in turns so that both meet the same machine.</summary>
/// <param name="ReferenceMicroseconds">Time per step of the reference, microseconds: the best of its rounds.</param>
/// <param name="CandidateMicroseconds">Time per step of the candidate, microseconds: the best of its rounds.</param>
public sealed record SteppingSpeed(double ReferenceMicroseconds, double CandidateMicroseconds)
{
    /// <summary>Above 1 where the candidate is faster.</summary>
    public double Ratio => ReferenceMicroseconds / CandidateMicroseconds;

    /// <summary>
    /// Steps both models, under the same random set-points drawn anew every 50 steps, from their initial configurations.
    /// </summary>
    /// <param name="reference">For instance the published body. Has as many actuators as the candidate.</param>
    /// <param name="candidate">For instance our own.</param>
    /// <param name="amplitude">Set-points lie between plus and minus this; 0 lets the bodies stand or lie.</param>
    /// <param name="steps">Steps per round.</param>
    /// <param name="rounds">Rounds; more make the best ones less subject to other load.</param>
    /// <param name="seed">Of the set-points.</param>
    public static SteppingSpeed Compare(MujocoModel reference, MujocoModel candidate, double amplitude, int steps = 1500, int rounds = 4, int seed = 7)
    {
        using var referenceData = new MujocoData(reference);
        using var candidateData = new MujocoData(candidate);
        var (best, own) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < rounds; round++)
        {
            best = Math.Min(best, Round(referenceData, amplitude, steps, seed + round));
            own = Math.Min(own, Round(candidateData, amplitude, steps, seed + round));
        }
        return new(best, own);
    }

    private static double Round(MujocoData data, double amplitude, int steps, int seed)
    {
        const int Hold = 50;
        var random = new Random(seed);
        data.Reset();
        var start = Stopwatch.GetTimestamp();
        for (var step = 0; step < steps; step += Hold)
        {
            foreach (ref var control in data.Ctrl.Span)
                control = amplitude * ((2 * random.NextDouble()) - 1);
            data.Step(Math.Min(Hold, steps - step));
        }
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / steps;
    }
}
