namespace ClosedLoop.Physics;

/// <summary>
/// What a learned forecaster sees and says, as numbers: all in the root's own axes, so that neither place nor heading
/// matter, and with lengths relative to the body's size. training/closedloop_training/forecast.py has the same.
/// </summary>
/// <remarks>
/// <para>Seen: the joint angles; for each of the last frames, newest first, the joints' changes; likewise the root's
/// displacements in its present axes; likewise its turns, as axis times angle in the axes of the frame before; its height;
/// and the vertical in its axes. Said, for each frame ahead, relative to the present: the joints' changes, the root's
/// displacement in its present axes, and its turn.</para>
/// <para>The tail's joints are left out: no keypoint shows them.</para>
/// </remarks>
internal sealed class ForecastLayout(BodyModel body, int history)
{
    private readonly int[] _hinges = new RodentParts(body).ReferenceHinges;
    private readonly double[] _turn = new double[3];
    private readonly double[] _rotation = new double[9];

    /// <summary>Numbers that are seen.</summary>
    public int Seen => (_hinges.Length * (1 + history)) + (6 * history) + 4;

    /// <summary>Numbers that are said for a frame.</summary>
    public int Said => _hinges.Length + 6;

    /// <summary>Writes what is seen after a pose.</summary>
    public void Write(PoseHistory poses, Span<float> seen)
    {
        var at = 0;
        var last = poses.Ago(0);
        foreach (var hinge in _hinges)
            seen[at++] = (float)last[hinge];
        for (var ago = 0; ago < history; ago++)
        {
            var (newer, older) = (poses.Ago(ago), poses.Ago(ago + 1));
            foreach (var hinge in _hinges)
                seen[at++] = (float)(newer[hinge] - older[hinge]);
        }
        Egocentric.Rotation(last.AsSpan(3, 4), _rotation);
        for (var ago = 0; ago < history; ago++, at += 3)
        {
            var (newer, older) = (poses.Ago(ago), poses.Ago(ago + 1));
            Egocentric.Rotate(_rotation, (newer[0] - older[0]) / body.Scale, (newer[1] - older[1]) / body.Scale, (newer[2] - older[2]) / body.Scale, seen[at..]);
        }
        for (var ago = 0; ago < history; ago++)
        {
            Egocentric.Turn(poses.Ago(ago + 1).AsSpan(3, 4), poses.Ago(ago).AsSpan(3, 4), _turn);
            foreach (var part in _turn)
                seen[at++] = (float)part;
        }
        seen[at++] = (float)(last[2] / body.Scale);
        for (var axis = 0; axis < 3; axis++)
            seen[at++] = (float)_rotation[6 + axis];
    }

    /// <summary>Makes positions of what was said of a frame.</summary>
    public void Read(double[] last, ReadOnlySpan<float> said, double[] qpos)
    {
        last.CopyTo(qpos, 0);
        for (var i = 0; i < _hinges.Length; i++)
            qpos[_hinges[i]] += said[i];
        var root = said[_hinges.Length..];
        Egocentric.Rotation(last.AsSpan(3, 4), _rotation);
        for (var axis = 0; axis < 3; axis++)
            for (var i = 0; i < 3; i++)
                qpos[axis] += body.Scale * _rotation[(3 * axis) + i] * root[i];
        Egocentric.Turned(last.AsSpan(3, 4), root[3], root[4], root[5], qpos.AsSpan(3, 4));
    }
}
