using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>
/// Collects views of a board from cameras that run, until there are enough of them to calibrate with: sets are read on a
/// thread of their own, and the newest is looked at; a set is taken where the board is held still and somewhere new.
/// </summary>
public sealed class LiveBoardSession
{
    private readonly IFrameSource _source;
    private readonly LiveBoardOptions _options;
    private readonly BoardCollector _collector;
    private readonly BoardChoice _choice;
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Makes a session that has not begun.</summary>
    /// <param name="source">The cameras; they stay the caller's.</param>
    /// <param name="board">The board that is shown to them.</param>
    /// <param name="options">What is taken, and what is enough.</param>
    public LiveBoardSession(IFrameSource source, BoardDescription board, LiveBoardOptions options)
    {
        (_source, _options) = (source, options);
        _collector = new(source.CameraNames, source.Cameras, board);
        _choice = new([.. source.Cameras.Select(camera => camera.Width)], options);
    }

    /// <summary>Whether every camera has seen enough, as of the set taken last.</summary>
    public bool IsEnough { get; private set; }

    /// <summary>Films until there are enough views, the time is over, the source ends, or a person has had enough.</summary>
    /// <param name="progress">Told what each camera has of the board.</param>
    /// <param name="cancellation">Ends the filming; what was taken until then counts.</param>
    /// <exception cref="ClosedLoopException">The cameras failed, or what was seen cannot be calibrated with.</exception>
    /// <exception cref="OperationCanceledException">It was ended before anything was taken.</exception>
    public BoardObservations Run(IProgress<string>? progress, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // One being read, one that waits, one being looked at.
        var pool = new Pool<FrameSet>(3, () => new(_source.Cameras));
        using var arrivals = new BoundedQueue<FrameSet>("sets to the search for the board", 1, QueuePolicy.KeepLatest, pool.Return);
        var reader = new Thread(() => Read(pool, arrivals, stop.Token)) { Name = "frame sets", IsBackground = true };
        reader.Start();
        try
        {
            var started = Stopwatch.GetTimestamp();
            while (!IsEnough && _collector.Taken < _options.MostSets && !cancellation.IsCancellationRequested)
            {
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                if (seconds > _options.Seconds)
                    break;
                if (!arrivals.TryDequeue(out var set, 50))
                {
                    if (arrivals.IsDrained)
                        break;
                    continue;
                }
                try
                {
                    Look(set);
                }
                finally
                {
                    pool.Return(set);
                }
                progress?.Report(Status(seconds));
            }
        }
        finally
        {
            stop.Cancel();
            arrivals.Complete();
            reader.Join();
        }
        // NB: what was taken before a failure is not enough, or this would have ended.
        _failure?.Throw();
        if (_collector.Taken == 0)
            cancellation.ThrowIfCancellationRequested();
        return _collector.Finish();
    }

    private void Look(FrameSet set)
    {
        if (!_choice.Judge(_collector.Look(set), _collector.ViewsOf))
            return;
        _collector.Take($"set {_collector.Taken}");
        var observations = _collector.Observations;
        IsEnough = Enumerable.Range(0, observations.Cameras.Count).All(c =>
            observations.ViewsOf(c) >= _options.Views
            && new CoverageGrid(observations, c).Share >= _options.Coverage
            && (observations.Cameras.Count == 1 || Enumerable.Range(0, observations.Cameras.Count).Any(other => other != c && observations.SharedViews(c, other) >= _options.SharedViews)));
    }

    private string Status(double seconds)
    {
        var observations = _collector.Observations;
        var cameras = observations.Cameras.Select((camera, c) => FormattableString.Invariant($"{camera.Name} {observations.ViewsOf(c)} ({100 * new CoverageGrid(observations, c).Share:F0} %)"));
        var hint = !_choice.IsSeen ? "show the board" : !_choice.IsStill ? "hold it still" : "good; now elsewhere";
        return FormattableString.Invariant($"{seconds,4:F0} s  {_collector.Taken} sets  {string.Join("  ", cameras)}  {hint}");
    }

    private void Read(Pool<FrameSet> pool, BoundedQueue<FrameSet> arrivals, CancellationToken cancellation)
    {
        FrameSet? set = null;
        try
        {
            while (true)
            {
                set = pool.Rent();
                if (!_source.TryRead(set, cancellation) || !arrivals.Enqueue(set))
                    break;
                set = null;
            }
        }
#pragma warning disable CA1031 // Carried to the thread that waits, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(error);
        }
        if (set is not null)
            pool.Return(set);
        arrivals.Complete();
    }
}
