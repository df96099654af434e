using System.Runtime.InteropServices;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Comparing;

/// <summary>How far scores that were found again agree with those of the recording.</summary>
/// <param name="Scores">Scores compared, all units of a moment being one.</param>
/// <param name="BitForBit">Whether all of them are the same to the last bit, and none is missing or one too many.</param>
public sealed record ComparisonReproductionResult(long Scores, bool BitForBit);

/// <summary>
/// Compares the scores that a replay comes to with the recorded ones. Where the session's comparison was behind and had left
/// something out, they are others.
/// </summary>
public sealed class ComparisonReproduction
{
    private readonly bool _isWhole;
    private readonly RecordReader<ComparisonScores> _recorded;
    private readonly ComparisonScores _scores;
    private long _compared;
    private bool _same = true;

    /// <summary>Begins at the recording's first scores.</summary>
    public ComparisonReproduction(SessionRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var layout = recording.Layout.Comparison ?? throw new ArgumentException("Nothing was compared in the recording.", nameof(recording));
        (_isWhole, _recorded, _scores) = (recording.IsWhole, recording.ComparisonScores(), layout.NewScores());
    }

    /// <summary>Compares the next scores.</summary>
    public void Observe(ComparisonScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (!_recorded.TryRead(_scores))
        {
            _same &= !_isWhole;
            return;
        }
        _compared++;
        var (units, each) = (scores.UnitCount, scores.UnitCount * scores.ClassCount);
        _same &= scores.Stamp.Sequence == _scores.Stamp.Sequence && scores.Stamp.DeviceCounter == _scores.Stamp.DeviceCounter && scores.Judged == _scores.Judged
            && scores.Missing == _scores.Missing && scores.DelayBins == _scores.DelayBins && units == _scores.UnitCount
            && Same(scores.Leading, _scores.Leading, units) && Same(scores.BitsPerSpike, _scores.BitsPerSpike, units) && Same(scores.RollingBitsPerSpike, _scores.RollingBitsPerSpike, units)
            && Same(scores.LagMs, _scores.LagMs, units) && Same(scores.IsPredictive, _scores.IsPredictive, units) && Same(scores.IsFirst, _scores.IsFirst, units) && Same(scores.IsOfItsKind, _scores.IsOfItsKind, units)
            && Same(scores.ClassBitsPerSpike, _scores.ClassBitsPerSpike, each) && Same(scores.ClassLagMs, _scores.ClassLagMs, each);
    }

    /// <summary>What was found; at the end.</summary>
    public ComparisonReproductionResult Result() => new(_compared, _same && !(_isWhole && _recorded.TryRead(_scores)));

    private static bool Same<TNumber>(TNumber[] computed, TNumber[] recorded, int count)
        where TNumber : unmanaged => MemoryMarshal.AsBytes(computed.AsSpan(0, count)).SequenceEqual(MemoryMarshal.AsBytes(recorded.AsSpan(0, count)));
}
