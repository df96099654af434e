using System.Diagnostics;
using ClosedLoop.Acquisition;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Sessions;

namespace ClosedLoop.Vision;

/// <summary>Measures what a keypoint model takes for the frame sets of a dataset, which are in memory before it begins.</summary>
public static class VisionBench
{
    private const int SetsInMemory = 200;
    private const int WarmUpRuns = 30;
    private const int WarmUpSets = 50;

    /// <summary>Estimates sets one after the other, as fast as it goes.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="options">The model, its device and threads.</param>
    /// <param name="sets">How many sets; those in memory are taken again and again.</param>
    /// <param name="cancellation">Ends the measurement with what it has.</param>
    /// <exception cref="ClosedLoopException">The dataset or the model cannot be used.</exception>
    public static VisionBenchResult Measure(DemoDataset dataset, VisionOptions options, int sets, CancellationToken cancellation)
    {
        var rig = dataset.Calibration;
        using var source = VideoFrameSource.Open(dataset.Folder, [.. rig.Cameras.Select(camera => camera.Name)]);
        var frames = new List<FrameSet>();
        for (var set = new FrameSet(source.Cameras); frames.Count < SetsInMemory && source.TryRead(set, cancellation); set = new(source.Cameras))
            frames.Add(set);
        var views = new EstimatorViews(EstimatorViews.Select(rig, source.CameraNames), source.Cameras);
        using var estimator = options.MakeEstimator(views, clock: null);
        for (var i = 0; i < WarmUpRuns; i++)
            estimator.WarmUp();
        // NB: real sets too: what only they need (a second place in a heatmap, a view that disagrees) is otherwise made in the measurement.
        for (var i = 0; i < WarmUpSets; i++)
            _ = estimator.Process(frames[i % frames.Count]);
        foreach (var stage in estimator.Latencies)
            stage.Reset();
        var latency = new LatencyHistogram("set");
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        var done = 0;
        while (done < sets && !cancellation.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            _ = estimator.Process(frames[done % frames.Count]);
            latency.Record((long)Stopwatch.GetElapsedTime(began).TotalNanoseconds);
            done++;
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(
            options.Model, estimator.Device, options.Threads, source.CameraNames.Count, done, done / seconds,
            new[] { latency }.Concat(estimator.Latencies).Select(stage => stage.Summarise())
                .ToDictionary(stage => stage.Stage, LatencyResult.Of),
            (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Math.Max(1, done));
    }
}
