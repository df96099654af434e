using System.Diagnostics;
using ClosedLoop.Acquisition;
using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Tracking;

/// <summary>Videos to keypoints: sets are read, estimated, written, drawn and compared with the truth, in their order.</summary>
public sealed class VideoTracking
{
    /// <summary>Where the images come from.</summary>
    public required IFrameSource Source { get; init; }

    /// <summary>What makes keypoints of them.</summary>
    public required IKeypointEstimator Estimator { get; init; }

    /// <summary>The views that the estimator was made for.</summary>
    public required EstimatorViews Views { get; init; }

    /// <summary>The model folder, for the summary and the file.</summary>
    public required string Model { get; init; }

    /// <summary>Where the keypoints go.</summary>
    public required string Output { get; init; }

    /// <summary>The video to draw; null: none.</summary>
    public string? Overlay { get; init; }

    /// <summary>The truth; null: none.</summary>
    public KeypointFile? Truth { get; init; }

    /// <summary>The temporal filter; null: off.</summary>
    public KeypointFilter? Filter { get; init; }

    /// <summary>Runs to the end of the images, or until it is stopped; what was made until then is kept.</summary>
    /// <param name="setCount">How many sets there are, for the progress; 0: not known.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ClosedLoopException">Images cannot be read, or results not written.</exception>
    public TrackResult Run(long setCount, IProgress<string> progress, CancellationToken cancellation)
    {
        var scores = new KeypointScores(Estimator.Layout, Truth);
        var painter = Overlay is null ? null : new SkeletonOverlay(Views, Estimator.Layout);
        using var writer = KeypointWriter.Create(Output, Header());
        using var video = painter is null ? null : new VideoFileWriter(Overlay!, "mp4v", Source.RateHz, painter.Width, painter.Height);
        WarmUp();
        using var reader = new FrameReader(Source, cancellation);
        var (incomplete, withoutAnimal, lastReport) = (0, 0, 0L);
        var started = Stopwatch.GetTimestamp();
        while (reader.Next() is { } set)
        {
            var keypoints = Estimator.Process(set);
            var quality = Estimator.Quality;
            keypoints = Filter?.Process(keypoints) ?? keypoints;
            incomplete += quality.ViewsPresent < Views.Count ? 1 : 0;
            withoutAnimal += quality.AnimalSeen ? 0 : 1;
            writer.Write(keypoints);
            scores.Add(keypoints, quality.ReprojectionPx, quality.ViewsUsed);
            if (painter is not null)
                video!.Write(painter.Draw(set, keypoints));
            reader.Return(set);
            if (Environment.TickCount64 - lastReport < 200)
                continue;
            lastReport = Environment.TickCount64;
            progress.Report($"{scores.Sets}{(setCount > 0 ? $" of {setCount}" : "")} sets, {scores.Sets / Stopwatch.GetElapsedTime(started).TotalSeconds:F0} a second");
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        writer.Complete();
        return new()
        {
            Sets = scores.Sets,
            IncompleteSets = incomplete,
            SetsWithoutAnimal = withoutAnimal,
            Found = scores.Found,
            SetsPerS = scores.Sets / seconds,
            MedianErrorMm = scores.MedianErrorMm,
            P95ErrorMm = scores.P95ErrorMm,
            ComparedSets = scores.Compared,
            MedianReprojectionPx = scores.MedianReprojectionPx,
            Device = Estimator.Device,
            Model = Model,
            Cameras = Source.CameraNames,
            PerKeypoint = scores.PerKeypoint(),
            LatencyMs = [.. Estimator.Latencies.Select(latency => latency.Summarise())],
            FilterDelayMs = Filter?.DelayS(0) * 1000,
            Notes = Notes(scores),
            Stopped = cancellation.IsCancellationRequested,
            Output = Output,
            Overlay = Overlay,
        };
    }

    private KeypointFileHeader Header() => new()
    {
        Layout = Estimator.Layout,
        RateHz = Source.RateHz,
        Source = $"closedloop {ProgramVersion.Version}, {Path.GetFileName(Model)} on {Estimator.Device}",
        Description = Source.Description,
        Version = ProgramVersion.Version,
        Cameras = Source.CameraNames,
        ImageSizes = [.. Source.Cameras.Select(camera => (camera.Width, camera.Height))],
    };

    /// <summary>Compiles and touches everything, so that the first set takes no longer than the others.</summary>
    private void WarmUp()
    {
        Estimator.WarmUp();
        foreach (var latency in Estimator.Latencies)
            latency.Reset();
    }

    private List<string> Notes(KeypointScores scores)
    {
        var notes = new List<string>();
        if (Source is VideoFrameSource videos)
        {
            notes.AddRange(videos.Notes);
            if (videos.Undecodable > 0)
                notes.Add($"{videos.Undecodable} images could not be decoded and were left out");
        }
        if (Truth is not null && scores.Compared == 0)
            notes.Add($"WARNING: '{Truth.Path}' has no frame with the number of any set");
        return notes;
    }
}
