using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Judges a controller on many short starts: the body is put onto the reference every so many frames and follows it for
/// a fixed time. A fall or a departure ends the episode.
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
        // With a forecast the body runs with the reference; otherwise by the window's length behind it.
        var ahead = options.ReferenceMode == ReferenceMode.Predict ? 0 : controller.FutureFrames - 1;
        if (poses.Count <= lengthFrames + ahead)
            throw ClosedLoopException.Usage(
                $"the reference has {poses.Count} frames, too few for one episode of {lengthFrames} frames after its start");
        using var rodent = new VirtualRodent(body, controller, options, clock: null, forecaster);
        var total = new DistanceHistogram();
        var root = new DistanceHistogram();
        var (episodes, survived) = (0, 0);
        // The frame at the start is where the body is put; it takes lengthFrames more to walk, and the window's rest beyond.
        for (var start = 0; start + lengthFrames + ahead < poses.Count; start += everyFrames)
        {
            cancellation.ThrowIfCancellationRequested();
            episodes++;
            if (Follow(rodent, poses, start, lengthFrames + ahead, total, root))
                survived++;
        }
        return new(controller.Name, episodes, survived / (double)episodes, lengthFrames, total.QuantileMm(0.5), root.QuantileMm(0.5), root.QuantileMm(0.95));
    }

    private static bool Follow(VirtualRodent rodent, IReadOnlyList<Pose> poses, int start, int frames, DistanceHistogram total, DistanceHistogram root)
    {
        const ControlFlags Ended = ControlFlags.ResetFallen | ControlFlags.ResetLeftReference | ControlFlags.ResetUnstable;
        rodent.Restart();
        for (var frame = start; frame <= start + frames; frame++)
        {
            var step = rodent.Process(poses[frame]);
            total.Record(step.TotalErrorM);
            root.Record(step.RootErrorM);
            if ((step.Flags & Ended) != 0)
                return false;
        }
        return true;
    }
}
