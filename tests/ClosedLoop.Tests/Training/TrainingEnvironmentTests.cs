using ClosedLoop.Physics;
using ClosedLoop.Tests.Physics.Imitation;
using ClosedLoop.Training;

namespace ClosedLoop.Tests.Training;

/// <summary>Bodies that are trained on: repeatable, with labels that help.</summary>
public sealed class TrainingEnvironmentTests : IDisposable
{
    private readonly BodyModel _body = ShortMotion.Body();

    public void Dispose() => _body.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_life_on_any_number_of_threads()
    {
        var (one, two, other) = (Live(threads: 1, seed: 3), Live(threads: 3, seed: 3), Live(threads: 1, seed: 4));
        Assert.Equal(one, two);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void Labels_are_commands_and_their_curvature_is_one()
    {
        using var environment = Make(threads: 2, seed: 1);
        var asked = new byte[environment.Options.Bodies];
        asked[1] = 1;
        var n = environment.ActionSize;
        environment.Plan(new float[asked.Length * n], asked);
        Assert.All(environment.Labels[..n], value => Assert.True(float.IsNaN(value)));
        Assert.All(environment.Labels[n..(2 * n)], value => Assert.InRange(value, -1, 1));
        var h = environment.Curvatures.AsSpan(n * n, n * n).ToArray();
        for (var a = 0; a < n; a++)
            for (var b = 0; b < n; b++)
                Assert.Equal(h[(a * n) + b], h[(b * n) + a]);
        // No direction makes it better than the best there is.
        var random = new Random(1);
        for (var trial = 0; trial < 20; trial++)
        {
            var x = Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray();
            Assert.True(Enumerable.Range(0, n).Sum(a => Enumerable.Range(0, n).Sum(b => x[a] * h[(a * n) + b] * x[b])) >= -1e-9);
        }
        Assert.Contains(h, value => value > 1e-4f);
    }

    [Fact]
    public void Following_the_labels_keeps_nearer_than_the_servo()
    {
        double Error(bool planner)
        {
            using var environment = Make(threads: 2, seed: 5, bodies: 4);
            var asked = Enumerable.Repeat((byte)1, 4).ToArray();
            var (actions, errors) = (new float[4 * environment.ActionSize], new List<double>());
            for (var step = 0; step < 25; step++)
            {
                if (planner)
                {
                    environment.Plan(actions, asked);
                    environment.Labels.CopyTo(actions, 0);
                }
                else
                    for (var i = 0; i < 4; i++)
                        environment.Bodies[i].SetPoints(actions.AsSpan(i * environment.ActionSize, environment.ActionSize));
                environment.Step(actions);
                if (step >= 10)
                    errors.AddRange(environment.Bodies.Select(body => body.ErrorM));
            }
            return errors.Where(double.IsFinite).Order().ElementAt(errors.Count / 2);
        }
        var (servo, planned) = (Error(planner: false), Error(planner: true));
        Assert.True(planned < 0.7 * servo, $"planner {1000 * planned:F2} mm, servo {1000 * servo:F2} mm");
    }

    [Fact]
    public void A_body_that_is_thrown_about_fails_and_begins_again()
    {
        using var environment = Make(threads: 1, seed: 2, bodies: 1);
        var actions = new float[environment.ActionSize];
        var random = new Random(2);
        var (failed, after) = (0, double.NaN);
        for (var step = 0; step < 120 && failed < 2; step++)
        {
            for (var i = 0; i < actions.Length; i++)
                actions[i] = random.Next(2) == 0 ? -1 : 1;
            environment.Step(actions);
            if (environment.Bodies[0].End == EpisodeEnd.Failed)
            {
                failed++;
                environment.Observe();
                // Back on the reference: the root is where it should be.
                after = Math.Abs(environment.Observations[0]);
            }
        }
        Assert.True(failed > 0);
        Assert.InRange(after, 0, 0.02);
    }

    private TrainingEnvironment Make(int threads, int seed, int bodies = 3) => new(
        _body.Description, new ReferencePool([ShortMotion.Library(_body)], 40),
        new() { Bodies = bodies, Threads = threads, Seed = seed, ShortestEpisodeSteps = 30 });

    private float[] Live(int threads, int seed)
    {
        using var environment = Make(threads, seed);
        var seen = new List<float>();
        var actions = new float[3 * environment.ActionSize];
        for (var step = 0; step < 6; step++)
        {
            environment.Observe();
            environment.Plan(actions, [1, 0, 1]);
            seen.AddRange(environment.Observations);
            seen.AddRange(environment.Labels.Where(float.IsFinite));
            for (var i = 0; i < actions.Length; i++)
                actions[i] = float.IsNaN(environment.Labels[i]) ? 0 : environment.Labels[i];
            environment.Step(actions);
        }
        return [.. seen];
    }
}
