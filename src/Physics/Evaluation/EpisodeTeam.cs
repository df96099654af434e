using System.Runtime.ExceptionServices;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Runs the episodes of many references on several threads, a body and a controller for each thread. Every episode begins
/// anew, so that what comes out does not depend on the number of threads.
/// </summary>
public sealed class EpisodeTeam
{
    /// <summary>Makes the controller of a body, for one thread.</summary>
    public required Func<BodyModel, IRodentController> MakeController { get; init; }

    /// <summary>Period and limits; the limits decide what ends an episode.</summary>
    public required VirtualRodentOptions Options { get; init; }

    /// <summary>What is rewarded.</summary>
    public ImitationRewardOptions Rewards { get; init; } = new();

    /// <summary>How many threads.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// The episodes that fit into <paramref name="references"/>, one every so many frames: each with the frame that it
    /// begins on, its steps, and the frames that controllers look at beyond the last.
    /// </summary>
    /// <param name="references">The references.</param>
    /// <param name="lengthFrames">Control steps of an episode.</param>
    /// <param name="everyFrames">Frames from one start to the next.</param>
    /// <param name="aheadFrames">Frames needed beyond the last step. Controllers are compared on the same episodes if it is that of the one that looks furthest.</param>
    public static IReadOnlyList<(ImitationReference Reference, int Start)> Plan(
        IReadOnlyList<ImitationReference> references, int lengthFrames, int everyFrames, int aheadFrames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthFrames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(everyFrames, 1);
        var plan = new List<(ImitationReference, int)>();
        foreach (var reference in references)
            for (var start = 0; start + lengthFrames + aheadFrames < reference.Poses.Frames; start += everyFrames)
                plan.Add((reference, start));
        return plan;
    }

    /// <summary>Runs all episodes of a plan.</summary>
    /// <param name="plan">From <see cref="Plan"/>.</param>
    /// <param name="lengthFrames">Control steps of an episode.</param>
    /// <param name="progress">Is told how many are done, from any thread.</param>
    /// <param name="cancellation">Asked before each episode.</param>
    /// <returns>A trace for each episode, in the plan's order.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public EpisodeTrace[] Run(
        IReadOnlyList<(ImitationReference Reference, int Start)> plan, int lengthFrames, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        var traces = new EpisodeTrace[plan.Count];
        var (next, done) = (-1, 0);
        Exception? failure = null;

        void Work()
        {
            var runners = new Dictionary<BodyModel, (IRodentController Controller, EpisodeRunner Runner)>();
            try
            {
                for (int episode; Volatile.Read(ref failure) is null && (episode = Interlocked.Increment(ref next)) < plan.Count;)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var (reference, start) = plan[episode];
                    if (!runners.TryGetValue(reference.Body, out var pair))
                    {
                        var controller = MakeController(reference.Body);
                        runners.Add(reference.Body, pair = (controller, new(reference.Body, controller, Options, Rewards)));
                    }
                    traces[episode] = pair.Runner.Run(reference.Poses, start, lengthFrames, episode);
                    progress?.Invoke(Interlocked.Increment(ref done));
                }
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref failure, error, null);
            }
            finally
            {
                foreach (var (controller, runner) in runners.Values)
                {
                    runner.Dispose();
                    controller.Dispose();
                }
            }
        }

        var threads = Enumerable.Range(1, Math.Clamp(Threads, 1, Math.Max(1, plan.Count)) - 1)
            .Select(worker => new Thread(Work) { IsBackground = true, Name = $"episodes {worker}" }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        Work();
        foreach (var thread in threads)
            thread.Join();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return traces;
    }
}
