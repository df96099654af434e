using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// What a body observes and does, seen in a mirror (<see cref="PoseMirror"/>): each number of the image is a number of the
/// original, with its sign kept or turned. What a teacher says of one body holds for its mirror image.
/// </summary>
public sealed class ImitationMirror
{
    private readonly List<(int Source, int Sign)> _observation = [];
    private readonly (int Source, int Sign)[] _action;

    /// <summary>Pairs the numbers of <paramref name="observation"/> and the actuators of <paramref name="body"/>.</summary>
    /// <exception cref="ClosedLoopException">The body is not built symmetrically.</exception>
    public ImitationMirror(BodyModel body, ImitationObservation observation)
    {
        var model = body.Model;
        var (mirror, parts) = (new PoseMirror(model), new RodentParts(body));
        _action = Actuators(body, mirror);
        for (var ahead = 0; ahead < observation.Layout.Frames; ahead++)
        {
            Vector();
            Rotation();
            Pick(parts.ReferenceHinges.Length, i => mirror.Hinge(parts.ReferenceHinges[i]) is var (source, sign) ? (Array.IndexOf(parts.ReferenceHinges, source), sign) : default);
            Vectors(model, ObjectType.XBody, parts.Appendages);
        }
        for (var repeat = 0; repeat < 2; repeat++)
            Pick(model.Nq - 7, i => mirror.Hinge(7 + i) is var (source, sign) ? (source - 7, sign) : default);
        Pick(model.Na, i => _action[i]);
        Pick(observation.TouchSensors.Count, i => (Counterpart(observation.TouchSensors, i), 1));
        Vector();
        Rotation();
        Vector();
        Pick(1, _ => (0, 1));
        Vector();
        Vectors(model, ObjectType.XBody, parts.Appendages);
        if (_observation.Count != observation.Layout.Size)
            throw new InvalidOperationException($"an observation has {observation.Layout.Size} numbers, and the mirror knows {_observation.Count}");
    }

    /// <summary>For each number of the mirrored observation, where it comes from and its sign.</summary>
    public IReadOnlyList<(int Source, int Sign)> Observation => _observation;

    /// <summary>For each number of the mirrored action, where it comes from and its sign.</summary>
    public IReadOnlyList<(int Source, int Sign)> Action => _action;

    private void Pick(int count, Func<int, (int Source, int Sign)> pick)
    {
        var start = _observation.Count;
        for (var i = 0; i < count; i++)
        {
            var (source, sign) = pick(i);
            _observation.Add((start + source, sign));
        }
    }

    private void Vector() => Pick(3, i => (i, i == 1 ? -1 : 1));

    // An axis times an angle: what lies across the mirror stays.
    private void Rotation() => Pick(3, i => (i, i == 1 ? 1 : -1));

    private void Vectors(MujocoModel model, ObjectType kind, int[] ids)
    {
        string[] names = [.. ids.Select(id => model.Name(kind, id))];
        Pick(3 * ids.Length, i => ((3 * Counterpart(names, i / 3)) + (i % 3), i % 3 == 1 ? -1 : 1));
    }

    private static int Counterpart(IReadOnlyList<string> names, int index)
    {
        var other = PoseMirror.Exchanged(names[index]);
        for (var i = 0; i < names.Count; i++)
            if (names[i] == other)
                return i;
        throw ClosedLoopException.Usage($"'{names[index]}' of the body has no counterpart '{other}', so that what it does cannot be mirrored");
    }

    /// <summary>An actuator's sign is found from its length in a pose and in the pose's mirror image.</summary>
    private static (int Source, int Sign)[] Actuators(BodyModel body, PoseMirror mirror)
    {
        var model = body.Model;
        using var data = new MujocoData(model);
        var random = new RandomStream(1, "a pose without symmetry");
        var pose = data.Qpos.Span.ToArray();
        for (var i = 7; i < pose.Length; i++)
            pose[i] = random.Uniform(0.1, 0.5);
        double[] Lengths()
        {
            pose.CopyTo(data.Qpos.Span);
            data.Forward();
            return data.ActuatorLengths.Span.ToArray();
        }
        var lengths = Lengths();
        mirror.Apply(pose);
        var mirrored = Lengths();
        var names = model.Names(ObjectType.Actuator);
        var pairs = new (int, int)[model.Nu];
        for (var i = 0; i < pairs.Length; i++)
        {
            var other = Counterpart(names, i);
            if (Math.Abs(Math.Abs(mirrored[i]) - Math.Abs(lengths[other])) > 1e-6)
                throw ClosedLoopException.Usage($"the actuators '{names[i]}' and '{names[other]}' are no mirror images of each other, so that what this body does cannot be mirrored");
            pairs[i] = (other, mirrored[i] * lengths[other] > 0 ? 1 : -1);
        }
        return pairs;
    }
}
