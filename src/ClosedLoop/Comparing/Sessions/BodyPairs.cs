using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Recording;

namespace ClosedLoop.Comparing;

/// <summary>
/// The animal's posture and the virtual body's beside it, of the same bins: how alike the two move as a whole is told by the
/// distance between their distributions. Takes every so many bins, so that samples are few and far enough apart.
/// </summary>
internal sealed class BodyPairs
{
    private const int Window = 64, MostSamples = 1500;

    private static readonly string[] s_compared = [FeatureLayout.JointAngles, FeatureLayout.JointVelocities, FeatureLayout.KeypointsEgocentric];

    private readonly FeatureLayout _layout;
    private readonly MovementFeatures _real, _virtual;
    private readonly Pose _body;
    private readonly float[][] _recent;
    private readonly long[] _bins = new long[Window];
    private readonly List<(float[] Real, float[] Virtual)> _pairs = [];
    private int _every = 1;
    private long _seen;

    public BodyPairs(FeatureLayout layout, RecordingLayout recorded)
    {
        (_layout, _real, _virtual, _body) = (layout, new(layout), new(layout), recorded.NewPose());
        _recent = [.. Enumerable.Range(0, Window).Select(_ => new float[layout.MovementCount])];
        Array.Fill(_bins, RecordStamp.None);
    }

    /// <summary>Takes the pose of a beat and the step made of it.</summary>
    public void Take(Pose pose, ControlStep step)
    {
        var slot = (int)(pose.Stamp.Sequence % Window);
        _bins[slot] = _real.Write(pose, _recent[slot]) ? pose.Stamp.Sequence : RecordStamp.None;
        // NB: in the mode predict the body was led to this pose by the step before; it stands there when this one begins, and
        // the record says only where it stands after it. So the pairs are those of the mode delay.
        if (step.ReferenceMode != ReferenceMode.Delay || step.ReferenceSequence == RecordStamp.None || (step.Flags & ~ControlFlags.ReferenceHeld) != 0)
            return;
        var bin = step.ReferenceSequence;
        if (_bins[(int)(bin % Window)] != bin || _seen++ % _every != 0)
            return;
        step.Qpos.CopyTo(_body.Qpos, 0);
        step.Qvel.CopyTo(_body.Qvel, 0);
        step.SitePositions.CopyTo(_body.SitePositions, 0);
        _body.Stamp = step.Stamp;
        var row = new float[_layout.MovementCount];
        _virtual.Write(_body, row);
        _pairs.Add(((float[])_recent[(int)(bin % Window)].Clone(), row));
        if (_pairs.Count < 2 * MostSamples)
            return;
        // Every other one, and from now on half as often.
        for (var i = 0; i < MostSamples; i++)
            _pairs[i] = _pairs[2 * i];
        _pairs.RemoveRange(MostSamples, MostSamples);
        _every *= 2;
    }

    /// <summary>What is compared, each as a table of the animal's samples and one of the body's; empty without enough samples.</summary>
    public IReadOnlyList<(string Name, Matrix Real, Matrix Virtual)> ToTables()
    {
        var pairs = _pairs.Count > MostSamples ? [.. _pairs.Where((_, i) => i % 2 == 0)] : _pairs;
        return pairs.Count < 20 ? [] : [.. _layout.Groups.Where(group => s_compared.Contains(group.Name)).Select(group => (group.Name, Table(group, pair => pair.Real), Table(group, pair => pair.Virtual)))];

        Matrix Table(FeatureGroup group, Func<(float[] Real, float[] Virtual), float[]> of)
        {
            var table = new Matrix(pairs.Count, group.Count);
            for (var i = 0; i < table.Rows; i++)
                for (var j = 0; j < table.Columns; j++)
                    table[i, j] = group.Of((ReadOnlySpan<float>)of(pairs[i]))[j];
            return table;
        }
    }
}
