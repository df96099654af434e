using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>How one episode of an evaluation went.</summary>
/// <param name="Reference">Name of the reference.</param>
/// <param name="StartFrame">The frame that the body was put onto.</param>
/// <param name="LastedS">Seconds until its end.</param>
/// <param name="Ended">What ended it: complete, fallen, left or unstable.</param>
/// <param name="MedianTotalErrorMm">Median of the mean distance of the keypoint sites from the reference's.</param>
public sealed record EpisodeOutcome(string Reference, int StartFrame, double LastedS, string Ended, double MedianTotalErrorMm)
{
    /// <summary>The outcome of a trace.</summary>
    /// <param name="reference">Name of its reference.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="periodS">Length of a control step, seconds.</param>
    public static EpisodeOutcome Of(string reference, EpisodeTrace trace, double periodS)
    {
        var total = new Sample();
        total.Add(trace.TotalErrorMm.AsSpan(0, trace.Steps));
        var ended = trace.End switch
        {
            ControlFlags.None => "complete",
            ControlFlags.ResetFallen => "fallen",
            ControlFlags.ResetLeftReference => "left",
            _ => "unstable",
        };
        return new(reference, trace.Start, Math.Round(trace.Steps * periodS, 6), ended, total.Median);
    }
}
