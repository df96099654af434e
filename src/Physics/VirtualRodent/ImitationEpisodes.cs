using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Judges a controller on many short starts along the poses of one session: the body is put onto the reference every so
/// many frames and follows it for a fixed time. A fall or a departure ends the episode.
/// </summary>
public static class ImitationEpisodes
{
    /// <summary>Runs all episodes that fit into <paramref name="poses"/>.</summary>
    /// <param name="body">The body, at the animal's size.</param>
    /// <param name="controller">What drives it.</param>
    /// <param name="options">Period and limits; the limits decide what ends an episode.</param>
    /// <param name="poses">The reference, one pose per control step.</param>
    /// <param name="lengthFrames">Control steps per episode.</param>
    /// <param name="everyFrames">Frames between two starts.</param>
    /// <param name="forecaster">What forecasts in the mode predict; null in the mode delay.</param>
    /// <param name="cancellation">Asked before each episode.</param>
    public static ImitationScore Run(
        BodyModel body, IRodentController controller, VirtualRodentOptions options, IReadOnlyList<Pose> poses,
        int lengthFrames, int everyFrames, IPoseForecaster? forecaster = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthFrames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(everyFrames, 1);
        if (options.ReferenceMode == ReferenceMode.Predict)
            return RunAtOnce(body, controller, options, poses, lengthFrames, everyFrames, forecaster!, cancellation);
        var reference = new PoseSequence(poses);
        using var runner = new EpisodeRunner(body, controller, options);
        Sample total = new(), root = new();
        var (episodes, survived) = (0, 0);
        // The frame at the start is where the body is put; it takes lengthFrames more to walk, and the window's rest beyond.
        for (var start = 0; start + lengthFrames + runner.Ahead < poses.Count; start += everyFrames)
        {
            cancellation.ThrowIfCancellationRequested();
            var trace = runner.Run(reference, start, lengthFrames, episodes);
            total.Add(trace.TotalErrorMm.AsSpan(0, trace.Steps));
            root.Add(trace.RootErrorMm.AsSpan(0, trace.Steps));
            (episodes, survived) = (episodes + 1, survived + (trace.Survived ? 1 : 0));
        }
        if (episodes == 0)
            throw ClosedLoopException.Usage(
                $"the reference has {poses.Count} frames, too few for one episode of {lengthFrames} frames after its start");
        return new(controller.Name, episodes, survived / (double)episodes, lengthFrames, total.Median, root.Median, root.Quantile(0.95));
    }

    /// <summary>The body runs with the reference after a forecast, and is judged as in a session: what was forecast is no reference.</summary>
    private static ImitationScore RunAtOnce(
        BodyModel body, IRodentController controller, VirtualRodentOptions options, IReadOnlyList<Pose> poses,
        int lengthFrames, int everyFrames, IPoseForecaster forecaster, CancellationToken cancellation)
    {
        const ControlFlags Ended = ControlFlags.ResetFallen | ControlFlags.ResetLeftReference | ControlFlags.ResetUnstable;
        using var rodent = new VirtualRodent(body, controller, options, clock: null, forecaster);
        Sample total = new(), root = new();
        var (episodes, survived) = (0, 0);
        for (var start = 0; start + lengthFrames < poses.Count; start += everyFrames)
        {
            cancellation.ThrowIfCancellationRequested();
            controller.BeginEpisode(episodes++);
            rodent.Restart();
            // The step of the first frame is judged with the second.
            rodent.Process(poses[start]);
            var ended = false;
            for (var frame = start + 1; frame <= start + lengthFrames && !ended; frame++)
            {
                var step = rodent.Process(poses[frame]);
                total.Add([(float)(1000 * step.TotalErrorM)]);
                root.Add([(float)(1000 * step.RootErrorM)]);
                ended = (step.Flags & Ended) != 0;
            }
            survived += ended ? 0 : 1;
        }
        if (episodes == 0)
            throw ClosedLoopException.Usage(
                $"the reference has {poses.Count} frames, too few for one episode of {lengthFrames} frames after its start");
        return new(controller.Name, episodes, survived / (double)episodes, lengthFrames, total.Median, root.Median, root.Quantile(0.95));
    }
}
