using System.Text;
using ClosedLoop.Core;
using ClosedLoop.Recording;
using ClosedLoop.Simulation;

namespace ClosedLoop.Comparing;

/// <summary>What a recording knows of its units besides their counts: what was found of them while the session ran, and what was planted.</summary>
/// <param name="Layout">The classes that were compared while the session ran; null: nothing was.</param>
/// <param name="Scores">The last scores of it, units by their place in the counts; null: none were made.</param>
/// <param name="Plan">What the planted neurons follow; null: none were planted.</param>
public sealed record RecordedScores(ComparisonLayout? Layout, ComparisonScores? Scores, PlantedPlan? Plan)
{
    /// <summary>Of a recording that holds neither.</summary>
    public static RecordedScores Nothing { get; } = new(null, null, null);

    /// <summary>Reads them.</summary>
    /// <param name="recording">The recording; stays the caller's.</param>
    /// <exception cref="ClosedLoopException">One of them is damaged.</exception>
    public static RecordedScores Read(SessionRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var plan = recording.AttachmentNames.Contains(PlantedPlan.FileName)
            ? PlantedPlan.Parse(Encoding.UTF8.GetString(recording.ReadAttachment(PlantedPlan.FileName).Data), $"{recording.Path}: {PlantedPlan.FileName}")
            : null;
        if (recording.Layout.Comparison is not { } layout)
            return new(null, null, plan);
        var (reader, scores, any) = (recording.ComparisonScores(), layout.NewScores(), false);
        while (reader.TryRead(scores))
            any = true;
        return any ? new(layout, scores, plan) : new(null, null, plan);
    }

    /// <summary>The planted neuron that a unit is; null: none, or the recording does not say.</summary>
    /// <param name="index">The unit's place in the counts.</param>
    public PlannedUnit? PlannedOf(int index) =>
        Plan is not null && Scores is not null && index >= 0 && index < Scores.UnitCount && Scores.Planted[index] > 0
            ? Plan.Units.FirstOrDefault(unit => unit.Unit == Scores.Planted[index])
            : null;
}
