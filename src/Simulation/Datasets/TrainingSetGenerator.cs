using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>Draws a training set for keypoint networks into a folder, on several threads.</summary>
public static class TrainingSetGenerator
{
    /// <summary>Draws until all sets are there or it is cancelled; what is complete by then stays. Returns the complete sets.</summary>
    /// <param name="folder">An existing folder; the files in it are replaced.</param>
    /// <param name="options">How many of what.</param>
    /// <param name="progress">Told of the sets written, now and then, from any thread.</param>
    /// <param name="cancellation">Stops after the sets that are being drawn.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range, or this machine cannot render.</exception>
    public static int Generate(string folder, TrainingSetOptions options, Action<int>? progress, CancellationToken cancellation)
    {
        options.Check();
        var body = RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes });
        using var writer = new TrainingSetWriter(folder, options);
        var nextLife = -1;

        void Work(int thread, CancellationToken stop)
        {
            var images = new byte[writer.ImageBytes];
            int life;
            while (!stop.IsCancellationRequested && (life = Interlocked.Increment(ref nextLife)) < options.Lives)
            {
                using var source = new TrainingLife(body, options, life);
                var sets = Math.Min(options.SetsPerLife, options.Sets - (life * options.SetsPerLife));
                for (var index = 0; index < sets && !stop.IsCancellationRequested; index++)
                {
                    source.Next(index, images);
                    writer.Write(life, index, images, source.Keypoints, source.Rig, source.Doing);
                    progress?.Invoke(writer.Written);
                }
                writer.WriteMeta();
            }
        }

        DrawingThreads.Run(Math.Min(options.Threads, options.Lives), Work, cancellation);
        return writer.Complete;
    }
}
