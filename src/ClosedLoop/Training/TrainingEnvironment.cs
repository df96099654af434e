using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Training;

/// <summary>
/// Many bodies that imitate side by side, stepped on all threads. Deterministic whatever the number of threads: each body
/// has its own stream of random numbers.
/// </summary>
public sealed class TrainingEnvironment : IDisposable
{
    private readonly BodyModel[] _models;
    private readonly TrainingBody[] _bodies;
    private readonly ParallelOptions _parallel;

    /// <summary>Compiles the bodies and begins an episode with each.</summary>
    public TrainingEnvironment(BodyDescription description, ReferencePool pool, TrainingOptions options)
    {
        options.Check();
        (Options, Pool) = (options, pool);
        _parallel = new() { MaxDegreeOfParallelism = options.Threads };
        var random = new RandomStream(options.Seed, "training bodies");
        // A few sizes and weights are enough: a model each, shared by some of the bodies.
        var kinds = Math.Min(options.Bodies, 16);
        _models = new BodyModel[kinds];
        for (var kind = 0; kind < kinds; kind++)
        {
            var scale = options.Scale.Least + ((options.Scale.Most - options.Scale.Least) * (kind + random.Uniform()) / kinds);
            _models[kind] = description.Compile(KeypointLayout.Rat23, scale);
            var model = _models[kind].Model;
            model.SetTotalMass(model.TotalMassKg * (1 + (options.MassSpread * random.Uniform(-1, 1))));
        }
        _bodies = [.. Enumerable.Range(0, options.Bodies).Select(number => new TrainingBody(_models[number % kinds], options, pool, number))];
        Parallel.For(0, _bodies.Length, _parallel, i => _bodies[i].Begin());
        Observations = new float[options.Bodies * Layout.Size];
        Labels = new float[options.Bodies * ActionSize];
        Curvatures = new float[options.Bodies * ActionSize * ActionSize];
    }

    /// <summary>How they are trained on.</summary>
    public TrainingOptions Options { get; }

    /// <summary>What episodes are drawn from.</summary>
    public ReferencePool Pool { get; }

    /// <summary>The bodies.</summary>
    public IReadOnlyList<TrainingBody> Bodies => _bodies;

    /// <summary>What an observation is made of.</summary>
    public ObservationLayout Layout => _bodies[0].Layout;

    /// <summary>The mirror images of what is observed and done.</summary>
    public ImitationMirror Mirror => _bodies[0].Image;

    /// <summary>Numbers in an action.</summary>
    public int ActionSize => _models[0].Model.Nu;

    /// <summary>The bodies' observations, one after the other.</summary>
    public float[] Observations { get; }

    /// <summary>What the planner would do; NaN where it was not asked.</summary>
    public float[] Labels { get; }

    /// <summary>How much departures from the labels matter, a square matrix for each body.</summary>
    public float[] Curvatures { get; }

    /// <summary>Steps all bodies.</summary>
    /// <param name="actions">One action a body.</param>
    public void Step(float[] actions) => Parallel.For(0, _bodies.Length, _parallel, i => _bodies[i].Step(actions.AsSpan(i * ActionSize, ActionSize)));

    /// <summary>Observes with all bodies.</summary>
    public void Observe() => Parallel.For(0, _bodies.Length, _parallel, i => _bodies[i].Observe(Observations.AsSpan(i * Layout.Size, Layout.Size)));

    /// <summary>Plans for those bodies that are asked for.</summary>
    /// <param name="proposals">What the trainer's network would do with each body, which the planner begins with.</param>
    /// <param name="asked">Not 0 where a body's label is wanted.</param>
    public void Plan(float[] proposals, byte[] asked) => Parallel.For(0, _bodies.Length, _parallel, i =>
    {
        var label = Labels.AsSpan(i * ActionSize, ActionSize);
        if (asked[i] != 0)
            _bodies[i].Plan(proposals.AsSpan(i * ActionSize, ActionSize), label, Curvatures.AsSpan(i * ActionSize * ActionSize, ActionSize * ActionSize));
        else
            label.Fill(float.NaN);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var body in _bodies)
            body.Dispose();
        foreach (var model in _models)
            model.Dispose();
    }
}
