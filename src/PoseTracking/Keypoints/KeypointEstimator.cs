using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>What every estimator does with a set: find the animal, estimate where there is one, stamp the keypoints.</summary>
public abstract class KeypointEstimator : IKeypointEstimator
{
    private readonly AnimalLocaliser _localiser;
    private long _sequence;

    /// <summary>Takes over the network that finds the animal.</summary>
    /// <param name="layout">The keypoints that are found.</param>
    /// <param name="views">The views.</param>
    /// <param name="localising">The network that finds the animal: one map a view.</param>
    /// <param name="options">How; checked.</param>
    /// <param name="workers">Threads to work with; null: as the options say, and its own.</param>
    private protected KeypointEstimator(
        KeypointLayout layout, EstimatorViews views, IViewNetwork localising, EstimatorOptions options, WorkerTeam? workers)
    {
        (Views, Options) = (views, options);
        Workers = workers ?? new(options.Threads);
        _localiser = new(views, localising, Workers, options.MinimumPresence);
        Found = new(layout);
        Quality = new(layout.Count, views.Count);
    }

    /// <inheritdoc/>
    public KeypointLayout Layout => Found.Layout;

    /// <inheritdoc/>
    public abstract string Device { get; }

    /// <inheritdoc/>
    public KeypointQuality Quality { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<LatencyHistogram> Latencies { get; }

    /// <summary>The views.</summary>
    private protected EstimatorViews Views { get; }

    /// <summary>How keypoints are estimated.</summary>
    private protected EstimatorOptions Options { get; }

    /// <summary>Threads that the views are divided over.</summary>
    private protected WorkerTeam Workers { get; }

    /// <summary>The set's keypoints in the making.</summary>
    private protected Keypoints Found { get; }

    /// <summary>The set being estimated.</summary>
    private protected FrameSet? Frames { get; private set; }

    /// <summary>How long finding the animal took.</summary>
    private protected LatencyHistogram LocalisingLatency => _localiser.Latency;

    /// <inheritdoc/>
    public Keypoints Process(FrameSet frames)
    {
        Views.Check(frames);
        Begin(frames);
        Quality.Centre = _localiser.Process(frames, Quality.Presence);
        Quality.AnimalSeen = Quality.Centre.IsPresent;
        if (Quality.AnimalSeen)
            Estimate();
        var stamp = frames.Stamp;
        Found.FrameSetSequence = stamp.Sequence;
        Found.Stamp = stamp with { Sequence = _sequence++, Produced = Options.Clock?.Now ?? stamp.Produced };
        return Found;
    }

    /// <inheritdoc/>
    public void WarmUp()
    {
        var black = new FrameSet(Views.Images);
        Array.Fill(black.Present, true);
        _ = Process(black);
        Array.Fill(Quality.Presence, 1);
        Quality.Centre = Views.Somewhere;
        Estimate();
        _sequence = 0;
        Begin(black);
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Workers.Dispose();
        _localiser.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The options, or the usual ones, checked before anything is made.</summary>
    private protected static EstimatorOptions Checked(EstimatorOptions? options)
    {
        options ??= new();
        options.Check();
        return options;
    }

    /// <summary>Fills <see cref="Found"/> and <see cref="Quality"/> from <see cref="Frames"/> about the centre that was found.</summary>
    private protected abstract void Estimate();

    /// <summary>Empties what is lent and counts the images that are there.</summary>
    private void Begin(FrameSet frames)
    {
        Frames = frames;
        Found.Clear();
        Quality.Clear();
        foreach (var present in frames.Present)
            if (present)
                Quality.ViewsPresent++;
    }
}
