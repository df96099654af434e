using System.Diagnostics;
using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Training;

/// <summary>How fast a training environment steps beside the physics alone, in the same states and in turns.</summary>
/// <param name="Bodies">Bodies.</param>
/// <param name="Threads">Threads.</param>
/// <param name="StepsPerS">Control steps of all bodies a second, with observations, rewards and episodes.</param>
/// <param name="BareStepsPerS">The same physics steps alone.</param>
public sealed record TrainingRate(int Bodies, int Threads, double StepsPerS, double BareStepsPerS)
{
    /// <summary>What part of the bare rate is reached.</summary>
    public double Ratio => StepsPerS / BareStepsPerS;

    /// <summary>Measures both on bodies that follow the reference by their servos.</summary>
    public static TrainingRate Measure(BodyDescription description, ReferencePool pool, TrainingOptions options, int steps, CancellationToken cancellation)
    {
        using var environment = new TrainingEnvironment(description, pool, options);
        var actions = new float[options.Bodies * environment.ActionSize];
        var substeps = (int)Math.Round(options.Task.ControlPeriodS / RodentBody.TimestepS);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads };
        var (whole, bare) = (new Stopwatch(), new Stopwatch());
        environment.Observe();
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < options.Bodies; i++)
            {
                environment.Bodies[i].SetPoints(actions.AsSpan(i * environment.ActionSize, environment.ActionSize));
                environment.Bodies[i].CopyBare();
            }
            // NB: from the very same states, so that both have the same contacts to solve.
            bare.Start();
            Parallel.For(0, options.Bodies, parallel, i => environment.Bodies[i].StepBare(substeps));
            bare.Stop();
            whole.Start();
            environment.Step(actions);
            environment.Observe();
            whole.Stop();
        }
        var made = (double)steps * options.Bodies;
        return new(options.Bodies, options.Threads, made / whole.Elapsed.TotalSeconds, made / bare.Elapsed.TotalSeconds);
    }
}
