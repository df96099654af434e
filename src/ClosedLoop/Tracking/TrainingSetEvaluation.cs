using System.Diagnostics;
using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;
using ClosedLoop.Vision;

namespace ClosedLoop.Tracking;

/// <summary>
/// A model on single moments of many animals, arenas and rigs: each set is estimated with its own cameras and compared
/// with its truth, by keypoint and by what the animal does.
/// </summary>
public sealed class TrainingSetEvaluation
{
    private readonly TrainingSetReader _sets;
    private readonly VisionOptions _vision;
    private readonly KeypointScores _scores;
    private readonly KeypointScores[] _byBehaviour;
    private readonly Keypoints _truth;
    private int _estimated, _missed, _ghosts;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="sets">The moments.</param>
    /// <param name="vision">The model.</param>
    public TrainingSetEvaluation(TrainingSetReader sets, VisionOptions vision)
    {
        (_sets, _vision) = (sets, vision);
        var layout = new KeypointLayout(sets.Keypoints, []);
        (_truth, _scores) = (new(layout), new(layout));
        _byBehaviour = [.. sets.Behaviours.Select(_ => new KeypointScores(layout))];
    }

    /// <summary>Share of the sets that some of their views are withheld from: one at least, and two stay.</summary>
    public double Withheld { get; init; }

    /// <summary>Seed of which.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the estimates go; null: nowhere.</summary>
    public EstimateWriter? Writer { get; init; }

    /// <summary>Runs through all sets, or until it is stopped.</summary>
    /// <exception cref="ClosedLoopException">The model cannot be used, or finds other keypoints than the sets have.</exception>
    public TrainingSetScores Run(IProgress<string> progress, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var images = Enumerable.Repeat((_sets.WidthPx, _sets.HeightPx, 3), _sets.Cameras).ToArray();
        var frames = new FrameSet(images);
        IKeypointEstimator? estimator = null;
        var device = "";
        try
        {
            RigCalibration? last = null;
            for (var set = 0; set < _sets.Sets && !cancellation.IsCancellationRequested; set++)
            {
                var rig = _sets.Rig(set);
                if (last is null || !Same(last, rig))
                {
                    estimator?.Dispose();
                    estimator = _vision.MakeEstimator(new(rig, images), clock: null);
                    (last, device) = (rig, estimator.Device);
                    if (!estimator.Layout.Names.SequenceEqual(_sets.Keypoints))
                        throw ClosedLoopException.Usage($"the model {_vision.ModelFolder} finds other keypoints than those of '{_sets.Folder}': {string.Join(", ", estimator.Layout.Names)}");
                }
                Estimate(set, frames, estimator!);
                if (set % 50 == 0)
                    progress.Report($"{set} of {_sets.Sets} sets, {(set + 1) / Stopwatch.GetElapsedTime(started).TotalSeconds:F0} a second");
            }
        }
        finally
        {
            estimator?.Dispose();
        }
        return Scores(device);
    }

    private static bool Same(RigCalibration a, RigCalibration b) => a.Cameras.Zip(b.Cameras).All(pair =>
        pair.First.FocalXPx == pair.Second.FocalXPx && pair.First.TranslationM.AsSpan().SequenceEqual(pair.Second.TranslationM) && pair.First.Rotation.AsSpan().SequenceEqual(pair.Second.Rotation));

    private void Estimate(int set, FrameSet frames, IKeypointEstimator estimator)
    {
        _sets.Read(set, frames);
        Withhold(set, frames);
        var keypoints = estimator.Process(frames);
        var quality = estimator.Quality;
        Writer?.Write(keypoints, quality);
        _estimated++;
        var truth = _sets.Truth(set);
        if (float.IsNaN(truth[0]))
        {
            _ghosts += quality.AnimalSeen ? 1 : 0;
            return;
        }
        _missed += quality.AnimalSeen ? 0 : 1;
        for (var i = 0; i < truth.Length; i++)
            _truth.Positions[i] = truth[i];
        foreach (var scores in (KeypointScores[])[_scores, _byBehaviour[_sets.Behaviour(set)]])
            scores.Add(keypoints, quality.ReprojectionPx, quality.ViewsUsed, _truth);
    }

    private void Withhold(int set, FrameSet frames)
    {
        var random = new Random(unchecked((Seed * 1_000_003) + set));
        if (random.NextDouble() >= Withheld || _sets.Cameras < 3)
            return;
        var left = random.Next(1, Math.Min(3, _sets.Cameras - 2) + 1);
        while (left > 0)
        {
            var view = random.Next(_sets.Cameras);
            left -= frames.Present[view] ? 1 : 0;
            frames.Present[view] = false;
        }
    }

    private TrainingSetScores Scores(string device) => new()
    {
        Sets = _estimated,
        Missed = _missed,
        Ghosts = _ghosts,
        MedianErrorMm = _scores.MedianErrorMm,
        P95ErrorMm = _scores.P95ErrorMm,
        Device = device,
        Model = _vision.ModelFolder,
        PerKeypoint = _scores.PerKeypoint(),
        PerBehaviour = [.. _sets.Behaviours.Zip(_byBehaviour, (name, scores) => new BehaviourScore(name, scores.ComparedKeypoints, scores.MedianErrorMm, scores.P95ErrorMm))],
    };
}
