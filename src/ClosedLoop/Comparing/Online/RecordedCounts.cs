using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Comparing;

/// <summary>The counts of a recording that holds no samples to sort again, told beat by beat beside its control steps.</summary>
/// <param name="recording">The recording; stays the caller's.</param>
/// <param name="stage">Told of them.</param>
public sealed class RecordedCounts(SessionRecording recording, ComparisonStage stage)
{
    private readonly RecordReader<SpikeCounts> _bins = recording.SpikeCounts();
    private readonly SpikeCounts _next = recording.Layout.Tetrodes!.NewSpikeCounts();
    private bool _has, _began;

    /// <summary>Tells of the bins up to that of a control step, and after the last that no more come.</summary>
    public void Observe(ControlStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (!_began)
            (_began, _has) = (true, _bins.TryRead(_next));
        while (_has && _next.Stamp.Sequence <= step.Stamp.Sequence)
        {
            stage.Take(_next);
            _has = _bins.TryRead(_next);
        }
        if (!_has)
            stage.EndCounts();
    }
}
