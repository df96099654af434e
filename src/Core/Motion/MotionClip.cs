namespace ClosedLoop.Core;

/// <summary>A stretch of motion without gaps: a pose per frame at a constant rate.</summary>
/// <remarks>
/// There are no velocities on purpose: files disagree about the time step theirs were computed with. Whoever needs them
/// differentiates <see cref="Qpos"/> at <see cref="RateHz"/>.
/// </remarks>
public sealed class MotionClip
{
    /// <summary>Numbers of the free joint at the beginning of a frame: x, y, z and the quaternion.</summary>
    public const int RootLength = 7;

    // A quaternion shorter than this says nothing about a rotation; those of solvers that leave them free stay near 1.
    private const double ShortestQuaternion = 1e-6;
    private const double Rounding = 1e-12;

    /// <summary>What the clip is called within its library.</summary>
    public required string Name { get; init; }

    /// <summary>What the animal does in the clip, as in "Walk"; "" where it is not known.</summary>
    public required string Behaviour { get; init; }

    /// <summary>Frames per second of the animal's time.</summary>
    public required double RateHz { get; init; }

    /// <summary>Number of frames.</summary>
    public required int Frames { get; init; }

    /// <summary>Generalised positions a frame.</summary>
    public required int Nq { get; init; }

    /// <summary>
    /// Frames x Nq generalised positions, frame after frame, in MuJoCo's order: root x, y, z (m), root quaternion w, x, y, z,
    /// joint angles (rad).
    /// </summary>
    public required double[] Qpos { get; init; }

    /// <summary>What the animal does at each frame, one label a frame; null where the file says nothing of single frames.</summary>
    public IReadOnlyList<string>? FrameBehaviours { get; init; }

    /// <summary>Seconds from the first frame to the end of the last.</summary>
    public double Seconds => Frames / RateHz;

    /// <summary>The <see cref="Nq"/> generalised positions of a frame.</summary>
    public ReadOnlySpan<double> Frame(int frame) => Qpos.AsSpan(frame * Nq, Nq);

    /// <summary>Checks rate and lengths, that every number is finite, and that every quaternion is a rotation.</summary>
    /// <param name="source">Where the clip comes from, as errors say it.</param>
    /// <exception cref="ClosedLoopException">Something is wrong; the message names the clip and the frame.</exception>
    public void Validate(string source)
    {
        var what = $"the clip '{Name}' of {source}";
        if (!(RateHz > 0 && double.IsFinite(RateHz)))
            throw ClosedLoopException.Failed($"{what} has a rate of {RateHz} frames a second; it must be above 0");
        if (Frames < 1 || Nq < RootLength)
            throw ClosedLoopException.Failed($"{what} has {Frames} frames of {Nq} positions; it needs a frame at least, and the {RootLength} positions of a free joint in each");
        if (Qpos.LongLength != (long)Frames * Nq)
            throw ClosedLoopException.Failed($"{what} holds {Qpos.Length} positions, where {Frames} frames of {Nq} are {(long)Frames * Nq}");
        if (FrameBehaviours is { } labels && labels.Count != Frames)
            throw ClosedLoopException.Failed($"{what} holds {labels.Count} labels of behaviour for {Frames} frames; there must be one a frame");
        for (var frame = 0; frame < Frames; frame++)
        {
            var qpos = Frame(frame);
            for (var i = 0; i < Nq; i++)
                if (!double.IsFinite(qpos[i]))
                    throw ClosedLoopException.Failed($"frame {frame} of {what} has {qpos[i]} at position {i} of qpos; leave out the frames without a pose before they are written as a clip");
            if (Norm(qpos.Slice(3, 4)) < ShortestQuaternion)
                throw ClosedLoopException.Failed($"frame {frame} of {what} has a root quaternion of length 0, which is no rotation; leave out the frames without a pose before they are written as a clip");
        }
    }

    /// <summary>
    /// Brings every root quaternion to length 1, in place: the solver of stac-mjx stores them with any length. One that has
    /// it already but for rounding is left as it is, so that a clip goes through a file bit for bit.
    /// </summary>
    public void NormaliseQuaternions()
    {
        for (var frame = 0; frame < Frames; frame++)
        {
            var quaternion = Qpos.AsSpan((frame * Nq) + 3, 4);
            var norm = Norm(quaternion);
            if (Math.Abs(norm - 1) < Rounding)
                continue;
            foreach (ref var part in quaternion)
                part /= norm;
        }
    }

    private static double Norm(ReadOnlySpan<double> quaternion)
    {
        var sum = 0.0;
        foreach (var part in quaternion)
            sum += part * part;
        return Math.Sqrt(sum);
    }
}
