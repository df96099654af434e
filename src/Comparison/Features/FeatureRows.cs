using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// Makes of poses and control steps, as they come, one row of features a bin. Bins are numbered as those of
/// <see cref="SpikeCounts"/> are: by the beat of the control clock that they end with. Allocates nothing after construction.
/// </summary>
/// <remarks>
/// <para>Time is the animal's. In the mode <see cref="ReferenceMode.Delay"/> the network runs behind it: what it computes at a
/// beat brings the body to the pose of an earlier one, which <see cref="ControlStep.ReferenceSequence"/> names, and there it
/// is put beside the neurons. So a bin's row is complete only when that step has come, a few beats later. In the mode
/// <see cref="ReferenceMode.Predict"/> a step leads to where the animal will be at the next beat, and is put there.</para>
/// <para>Steps in which the window filled, an episode began or the body was put back say nothing of the pose they lead to:
/// the network's features of such a bin are NaN. So are the movement's where the pose was not measured.</para>
/// </remarks>
public sealed class FeatureRows
{
    private const ControlFlags Usable = ControlFlags.ReferenceHeld;

    private readonly FeatureRow[] _ring;
    private readonly bool[] _open;
    private readonly MovementFeatures _movement;
    private readonly FeatureGroup[] _layers;
    private readonly FeatureGroup? _action;
    private readonly Action<FeatureRow> _complete;
    private long _next = RecordStamp.None, _newest = RecordStamp.None, _pose = RecordStamp.None, _target = RecordStamp.None;

    /// <summary>Makes one in which no bin waits.</summary>
    /// <param name="layout">What stands where.</param>
    /// <param name="complete">Given each row when it is complete, in the order of bins; lent for the call.</param>
    /// <param name="mostWaiting">Bins that may wait for their control step; more than the controller's window has frames.</param>
    public FeatureRows(FeatureLayout layout, Action<FeatureRow> complete, int mostWaiting = 32)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(complete);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostWaiting, 2);
        (Layout, _complete) = (layout, complete);
        _movement = new(layout);
        _ring = [.. Enumerable.Range(0, mostWaiting).Select(_ => new FeatureRow(layout))];
        _open = new bool[mostWaiting];
        var computational = layout.Groups.Where(group => group.Kind == FeatureKind.Computational).ToArray();
        _layers = [.. computational.Take(layout.Activations.Layers.Count(layer => layer.Size > 0))];
        _action = computational.ElementAtOrDefault(_layers.Length);
    }

    /// <summary>What stands where.</summary>
    public FeatureLayout Layout { get; }

    /// <summary>Rows that were given out before their control step had come, because too many waited.</summary>
    public long Incomplete { get; private set; }

    /// <summary>The bin that a control step's activity belongs to; <see cref="RecordStamp.None"/> where it led to no pose.</summary>
    public static long BinOf(ControlStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.ReferenceSequence == RecordStamp.None ? RecordStamp.None
            : step.ReferenceMode == ReferenceMode.Predict ? step.Stamp.Sequence + 1 : step.ReferenceSequence;
    }

    /// <summary>Takes the pose and the control step of a beat, and gives out the rows that are complete now.</summary>
    /// <param name="pose">The pose; later than the last one.</param>
    /// <param name="step">The step made of it.</param>
    public void Process(Pose pose, ControlStep step)
    {
        ArgumentNullException.ThrowIfNull(pose);
        ArgumentNullException.ThrowIfNull(step);
        Take(pose);
        Take(step);
        GiveOut();
    }

    /// <summary>Gives out the rows that still wait, as they are.</summary>
    public void Finish()
    {
        while (_next <= _newest && _newest != RecordStamp.None)
            GiveOutNext();
    }

    private void Take(Pose pose)
    {
        var bin = pose.Stamp.Sequence;
        if (bin <= _pose)
            throw new ArgumentException($"the pose of beat {bin} came after that of beat {_pose}", nameof(pose));
        _pose = bin;
        var row = RowOf(bin)!;
        row.HasMovement = _movement.Write(pose, row.Values);
        (row.MovementCame, row.Captured) = (true, pose.Stamp.Captured);
    }

    private void Take(ControlStep step)
    {
        var bin = BinOf(step);
        if (bin == RecordStamp.None)
            return;
        _target = Math.Max(_target, bin);
        if (RowOf(bin) is not { } row)
            return;
        row.NetworkCame = true;
        row.HasNetwork = (step.Flags & ~Usable) == 0;
        if (!row.HasNetwork)
            return;
        var from = 0;
        foreach (var layer in _layers)
        {
            step.Activations.AsSpan(from, layer.Count).CopyTo(layer.Of((Span<float>)row.Values));
            from += layer.Count;
        }
        if (_action is null)
            return;
        var action = _action.Of((Span<float>)row.Values);
        for (var i = 0; i < action.Length; i++)
            action[i] = (float)step.Action[i];
    }

    /// <summary>The row of a bin; null where it has been given out already.</summary>
    private FeatureRow? RowOf(long bin)
    {
        if (_next == RecordStamp.None)
            _next = bin;
        if (bin < _next)
            return null;
        if (bin - Math.Max(_newest, _next) >= _ring.Length)
        {
            Finish();
            _next = bin;
        }
        while (bin - _next >= _ring.Length)
            GiveOutNext();
        var slot = (int)(bin % _ring.Length);
        if (!_open[slot])
        {
            _ring[slot].Begin(bin);
            _open[slot] = true;
        }
        _newest = Math.Max(_newest, bin);
        return _ring[slot];
    }

    private void GiveOut()
    {
        while (_next <= _newest)
        {
            var slot = (int)(_next % _ring.Length);
            // NB: poses come in order, and so do the poses that steps lead to: what lies behind the last of them comes no more.
            if (_open[slot] && !((_ring[slot].MovementCame || _next < _pose) && (_ring[slot].NetworkCame || _next < _target)))
                return;
            if (!_open[slot] && _next > _pose)
                return;
            GiveOutNext();
        }
    }

    private void GiveOutNext()
    {
        var slot = (int)(_next % _ring.Length);
        if (_open[slot] && _ring[slot].Bin == _next)
        {
            _open[slot] = false;
            if (!_ring[slot].NetworkCame && _next > _target)
                Incomplete++;
            _complete(_ring[slot]);
        }
        _next++;
    }
}
