using System.Diagnostics;
using System.Reactive.Subjects;
using System.Runtime.ExceptionServices;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Sessions;
using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>
/// The comparison of a session, beside its body and its tetrodes: what the network computes and how the animal moves, beside
/// the counts of each unit, on a thread of its own. The control thread only copies a pose and a step into a queue; nothing
/// here makes it wait while it is live.
/// </summary>
/// <remarks>
/// Where a session is live and the comparison is behind, what finds no room in its queues is left out of it and counted; a
/// recording waits for it instead, and gives the same scores again. Simulated neurons that follow a plan are told the features
/// on this thread too, before anything is learned from them.
/// </remarks>
public sealed class ComparisonStage : IDisposable
{
    private const int StatesWaiting = 256, CountsWaiting = 512, Niceness = 4;

    private readonly SessionClock _clock;
    private readonly bool _isLive;
    private readonly double _rateHz;
    private readonly SlotQueue<BodyState> _states;
    private readonly SlotQueue<SpikeCounts> _bins;
    private readonly FeatureRows _features;
    private readonly OnlineComparison? _comparison;
    private readonly PlannedDrives? _drives;
    private readonly PlantedMatch? _match;
    private readonly IReadOnlyList<int> _planted;
    private readonly Subject<ComparisonScores> _scores = new();
    private readonly Subject<BehaviourComparison> _behaviours = new();
    private readonly Lock _naming = new();
    private readonly Dictionary<int, (int Tetrode, int Unit)> _names = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private volatile ExceptionDispatchInfo? _defect;
    private volatile ComparisonProgress? _progress;
    private ComparisonScores? _last;
    private BehaviourComparison? _lastBehaviours;
    private BodyState? _state;
    private long _busyTicks, _rows;
    private bool _started, _countsEnded;

    /// <summary>Puts a stage together; nothing runs yet.</summary>
    /// <param name="setup">The animal, the body, and what drives it.</param>
    /// <param name="configuration">How features and counts are compared; null: they are not, and only planted neurons are told the features.</param>
    /// <param name="unitCapacity">Most units that are counted.</param>
    /// <param name="clock">The session's clock.</param>
    /// <param name="isLive">Whether poses and counts come at their own pace; false: they wait for the comparison.</param>
    /// <param name="drives">Planted neurons that follow the features; null: there are none.</param>
    /// <param name="match">Tells which sorted unit is which of them; null where units are not sorted.</param>
    /// <param name="plan">What planted neurons follow that are told the features elsewhere, or were when they were recorded; null: there are none.</param>
    /// <param name="planted">The number of the planted neuron that each unit is by its index, where that is known beforehand; 0: none.</param>
    /// <param name="delayBins">By how many bins poses are captured before their beats, where a recording tells; null: found.</param>
    /// <exception cref="ClosedLoopException">A class of features or a number of the configuration cannot be.</exception>
    public ComparisonStage(
        SessionSetup setup, ComparisonConfiguration? configuration, int unitCapacity, SessionClock clock, bool isLive, PlannedDrives? drives = null, PlantedMatch? match = null, PlantedPlan? plan = null, IReadOnlyList<int>? planted = null, int? delayBins = null)
    {
        ArgumentNullException.ThrowIfNull(setup);
        configuration?.Check();
        (_clock, _isLive, _drives, _match, _rateHz) = (clock, isLive, drives, match, setup.Configuration.RateHz);
        (Plan, _planted) = (plan ?? drives?.Plan, planted ?? []);
        var features = LayoutOf(setup);
        Configuration = configuration;
        _features = new(features, Take);
        var recorded = setup.RecordingLayout;
        _states = new("body to comparison", StatesWaiting, waits: !isLive, () => new(recorded.NewPose(), recorded.NewControlStep()));
        _bins = new("counts to comparison", CountsWaiting, waits: !isLive, () => new(unitCapacity));
        if (configuration is not null)
        {
            var units = Math.Min(unitCapacity, configuration.Units);
            var classifier = ClassifierOf(features);
            _comparison = new(features, configuration, units, classifier, delayBins, () => clock.Now, Keep, Keep) { PlantedOf = PlantedNeuron };
            Layout = new([.. _comparison.Classes.Select(of => (of.Name, of.Kind.ToString().ToLowerInvariant(), of.Count))], classifier?.Names ?? [], units);
            (_last, _lastBehaviours) = (Layout.NewScores(), Layout.NewBehaviours());
            Array.Fill(_lastBehaviours.Similarity, double.NaN);
            Array.Fill(_lastBehaviours.Variability, double.NaN);
        }
        _thread = new(() => Guard(Run)) { Name = "comparison", IsBackground = true };
    }

    /// <summary>How features and counts are compared; null where they are not.</summary>
    public ComparisonConfiguration? Configuration { get; }

    /// <summary>What is recorded of it; null where nothing is compared.</summary>
    public ComparisonLayout? Layout { get; }

    /// <summary>What planted neurons follow; null where none are.</summary>
    public PlantedPlan? Plan { get; }

    /// <summary>Scores as they are given out. Lent, on the stage's own thread.</summary>
    public IObservable<ComparisonScores> Scores => _scores;

    /// <summary>What units and classes make of behaviours. Lent, on the stage's own thread.</summary>
    public IObservable<BehaviourComparison> Behaviours => _behaviours;

    /// <summary>The queues from control thread and sorting.</summary>
    public IReadOnlyList<QueueStatistics> Queues => _comparison is null ? [_states.Statistics] : [_states.Statistics, _bins.Statistics];

    /// <summary>How the comparison stands, as of its last scores; null before, and where nothing is compared.</summary>
    public ComparisonProgress? Progress => _progress;

    /// <summary>The features of a session of this setup.</summary>
    public static FeatureLayout LayoutOf(SessionSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var recorded = setup.RecordingLayout;
        return new(setup.Layout, [.. setup.Body.QposNames.Skip(7)], recorded.ActionCount, recorded.Activations, setup.Configuration.RateHz);
    }

    /// <summary>Begins to compare.</summary>
    public void Start()
    {
        _started = true;
        _thread.Start();
    }

    /// <summary>Takes the pose of a beat, on the control thread: it is copied, and goes on with <see cref="Take(ControlStep)"/>.</summary>
    public void Take(Pose pose, in ControlTick tick)
    {
        _state = _states.Begin();
        if (_state is null)
            return;
        _state.Pose.CopyFrom(pose);
        _state.Beat = tick.Time;
    }

    /// <summary>Takes the control step made of the pose that came last, on the control thread.</summary>
    public void Take(ControlStep step)
    {
        if (_state is null)
            return;
        _state.Step.CopyFrom(step);
        _states.Commit();
        _state = null;
    }

    /// <summary>Takes the counts of a bin, on the thread that counts.</summary>
    public void Take(SpikeCounts counts)
    {
        if (_comparison is null || _bins.Begin() is not { } slot)
            return;
        (slot.Stamp, slot.Start, slot.WidthNs, slot.Flags, slot.UnitCount) = (counts.Stamp, counts.Start, counts.WidthNs, counts.Flags, Math.Min(counts.UnitCount, slot.Counts.Length));
        counts.Counts.AsSpan(0, slot.UnitCount).CopyTo(slot.Counts);
        _bins.Commit();
    }

    /// <summary>Takes note of which unit stands where in the counts, on the thread that counts.</summary>
    public void Take(SortedUnit unit)
    {
        if (unit.Index < 0)
            return;
        lock (_naming)
            _names[unit.Index] = (unit.Tetrode, unit.Unit);
    }

    /// <summary>Takes spikes, to find which of them are planted neurons', on the thread that sorts.</summary>
    public void Take(SpikeBatch spikes) => _match?.Take(spikes);

    /// <summary>No more poses come; counts may.</summary>
    public void EndBody() => _states.Complete();

    /// <summary>No more counts come.</summary>
    public void EndCounts() => _bins.Complete();

    /// <summary>Judges what is there, gives out the last scores, and ends.</summary>
    /// <exception cref="ClosedLoopException">The recording failed while the comparison wrote to it.</exception>
    public void Finish()
    {
        End();
        _defect?.Throw();
    }

    /// <summary>What the comparison came to; after <see cref="Finish"/>. Null where nothing was compared.</summary>
    public ComparisonResult? Result()
    {
        if (_comparison is null || _last is null)
            return null;
        lock (_naming)
            return ComparisonResult.Of(Layout!, _last, _lastBehaviours!, _names, Plan, _rows == 0 ? 0 : _busyTicks / (double)Stopwatch.Frequency / (_rows / _rateHz), Dropped);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        End();
        _scores.Dispose();
        _behaviours.Dispose();
        _stop.Dispose();
    }

    /// <summary>Who says what the animal does; nobody where keypoints are missing that behaviours are told by.</summary>
    private static PoseBehaviours? ClassifierOf(FeatureLayout features)
    {
        try
        {
            return new(features);
        }
        catch (ClosedLoopException)
        {
            // Another skeleton than the rat's: units and features are compared all the same.
            return null;
        }
    }

    private long Dropped => _states.Statistics.Dropped + _bins.Statistics.Dropped;

    private void End()
    {
        _states.Complete();
        _bins.Complete();
        if (_started)
            _thread.Join();
    }

    private void Run()
    {
        ThreadYielding.GiveWay(Niceness);
        while (!_stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            var worked = TakeCounts() | TakeState();
            if (worked)
                _busyTicks += Stopwatch.GetTimestamp() - began;
            else if (_states.IsDrained && (_comparison is null || _bins.IsDrained))
                break;
            else
                Thread.Sleep(_isLive ? 4 : 1);
        }
        _features.Finish();
        _comparison?.Finish();
    }

    private bool TakeCounts()
    {
        if (_comparison is null)
            return false;
        if (_bins.Peek() is not { } bin)
        {
            if (_bins.IsDrained && !_countsEnded)
                _comparison.EndCounts();
            _countsEnded |= _bins.IsDrained;
            return false;
        }
        // NB: counts must not run ahead of what is kept of them: they wait for the features of their bins.
        if (!_isLive && _comparison.IsAhead(bin.Stamp.Sequence) && !_states.IsDrained)
            return false;
        _comparison.Take(bin);
        _bins.Release();
        return true;
    }

    private bool TakeState()
    {
        if ((!_isLive && _comparison?.IsFull == true) || _states.Peek() is not { } state)
            return false;
        if (state.Pose.KeypointsSequence != RecordStamp.None)
            _comparison?.Beat(state.Beat, state.Pose.Stamp.Captured);
        _features.Process(state.Pose, state.Step);
        _states.Release();
        _rows++;
        return true;
    }

    private void Take(FeatureRow row)
    {
        if (row.HasMovement)
            _drives?.Take(row.Bin, row.Captured, row.Values);
        _comparison?.Take(row);
    }

    private int PlantedNeuron(int index)
    {
        if (_match is null)
            return index < _planted.Count ? _planted[index] : 0;
        lock (_naming)
            return _names.TryGetValue(index, out var name) ? _match.NeuronOf(name.Tetrode, name.Unit) : 0;
    }

    private void Keep(ComparisonScores scores)
    {
        _last!.CopyFrom(scores);
        _progress = ComparisonProgress.Of(Layout!, scores, Dropped);
        _scores.OnNext(scores);
    }

    private void Keep(BehaviourComparison behaviours)
    {
        _lastBehaviours!.CopyFrom(behaviours);
        _behaviours.OnNext(behaviours);
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // Carried to the thread that runs the session, whatever it is.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _defect = ExceptionDispatchInfo.Capture(error);
            // NB: who writes must not wait for a reader that has ended.
            _states.Complete();
            _bins.Complete();
        }
    }
}
