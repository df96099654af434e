using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Comparing;

/// <summary>The counts of a recording that holds no samples to sort again, told beat by beat beside its control steps.</summary>
public sealed class RecordedCounts
{
    private readonly ComparisonStage _stage;
    private readonly RecordReader<SpikeCounts> _bins;
    private readonly SpikeCounts _next;
    private bool _has;

    /// <summary>Begins at the recording's first bin, and tells which unit is which.</summary>
    /// <param name="recording">The recording; stays the caller's.</param>
    /// <param name="stage">Told of them.</param>
    public RecordedCounts(SessionRecording recording, ComparisonStage stage)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(stage);
        (_stage, _bins, _next) = (stage, recording.SpikeCounts(), recording.Layout.Tetrodes!.NewSpikeCounts());
        var (units, unit) = (recording.Units(), new SortedUnit());
        while (units.TryRead(unit))
            stage.Take(unit);
        _has = _bins.TryRead(_next);
    }

    /// <summary>Tells of the bins up to that of a control step, and after the last that no more come.</summary>
    public void Observe(ControlStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        while (_has && _next.Stamp.Sequence <= step.Stamp.Sequence)
        {
            _stage.Take(_next);
            _has = _bins.TryRead(_next);
        }
        if (!_has)
            _stage.EndCounts();
    }
}
