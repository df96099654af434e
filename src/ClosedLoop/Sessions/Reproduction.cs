using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Sessions;

/// <summary>
/// Compares what a replay computes with what the recording holds, record by record. On the machine and build that made
/// the recording both are the same bit for bit; elsewhere the largest deviation is said instead of equality claimed.
/// </summary>
public sealed class Reproduction
{
    private readonly RecordReader<Pose> _poses;
    private readonly RecordReader<ControlStep> _steps;
    private readonly Pose _pose;
    private readonly ControlStep _step;
    private bool _same = true;

    /// <summary>Begins at the recording's first records.</summary>
    public Reproduction(SessionRecording recording)
    {
        (_poses, _steps) = (recording.Poses(), recording.ControlSteps());
        (_pose, _step) = (recording.Layout.NewPose(), recording.Layout.NewControlStep());
    }

    /// <summary>What was found so far.</summary>
    public ReproductionResult Result => new(PosesCompared, StepsCompared, _same, LargestDeviation);

    private long PosesCompared { get; set; }

    private long StepsCompared { get; set; }

    private double LargestDeviation { get; set; }

    /// <summary>Compares the next pose; a replay that goes on after a cut recording's end is compared no further.</summary>
    public void Observe(Pose pose)
    {
        if (!_poses.TryRead(_pose))
            return;
        PosesCompared++;
        _same &= pose.Stamp.Sequence == _pose.Stamp.Sequence && pose.KeypointsSequence == _pose.KeypointsSequence && pose.Flags == _pose.Flags;
        Compare(pose.Qpos, _pose.Qpos);
        Compare(pose.Qvel, _pose.Qvel);
    }

    /// <summary>Compares the next control step.</summary>
    public void Observe(ControlStep step)
    {
        if (!_steps.TryRead(_step))
            return;
        StepsCompared++;
        _same &= step.Stamp.Sequence == _step.Stamp.Sequence && step.ReferenceSequence == _step.ReferenceSequence && step.Flags == _step.Flags;
        Compare(step.Action, _step.Action);
        Compare(step.Qpos, _step.Qpos);
        Compare(step.Qvel, _step.Qvel);
        CompareLayers(step);
    }

    /// <summary>Compares the layers that both hold: another version may have recorded others.</summary>
    private void CompareLayers(ControlStep step)
    {
        var (at, here, recorded) = (0, step.ActivationLayout.Layers, _step.ActivationLayout.Layers);
        for (var layer = 0; layer < here.Count; at += here[layer++].Size)
        {
            var (recordedAt, found) = (0, -1);
            for (var other = 0; other < recorded.Count; recordedAt += recorded[other++].Size)
                if (recorded[other] == here[layer])
                    found = recordedAt;
            for (var i = 0; found >= 0 && i < here[layer].Size; i++)
                Compare(step.Activations[at + i], _step.Activations[found + i]);
        }
    }

    private void Compare(double[] computed, double[] recorded)
    {
        for (var i = 0; i < computed.Length; i++)
            Compare(computed[i], recorded[i]);
    }

    private void Compare(double computed, double recorded)
    {
        if (BitConverter.DoubleToInt64Bits(computed) == BitConverter.DoubleToInt64Bits(recorded))
            return;
        _same = false;
        var deviation = Math.Abs(computed - recorded);
        LargestDeviation = double.IsNaN(deviation) ? double.PositiveInfinity : Math.Max(LargestDeviation, deviation);
    }
}
