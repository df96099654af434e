using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// What a policy sees: the frames of the reference that lie ahead, in the body's own axes and as differences from its
/// present state, then its own senses. The one implementation for training, judging and the live session; deterministic,
/// allocates nothing.
/// </summary>
/// <remarks>
/// After dm_control's reference_pose task (Merel et al. 2019; Aldarondo et al. 2024): a window of 5 frames; proprioception of
/// joints, actuator states, touch, accelerometer, gyro and velocimeter of the head, height, vertical and appendages. The
/// sensors are those of the last physics step, and zero in a body that was just put somewhere.
/// </remarks>
public sealed class ImitationObservation
{
    private readonly RodentParts _parts;
    private readonly int _root;
    private readonly int _hinges, _dofs, _actuators, _positions;
    private readonly (int Address, int Size)[] _touch;
    private readonly (int Address, int Size) _accelerometer, _gyro, _velocimeter;
    private readonly double _weightN;
    private readonly double[] _turn = new double[3];

    /// <summary>Finds in <paramref name="body"/> what is observed.</summary>
    /// <param name="body">The body; stays the caller's.</param>
    /// <param name="frames">Frames ahead, the next one included.</param>
    /// <exception cref="ClosedLoopException">The body lacks a part or a sensor.</exception>
    public ImitationObservation(BodyModel body, int frames)
    {
        var model = body.Model;
        _parts = new(body);
        _root = body.RootBody;
        (_positions, _dofs, _actuators) = (model.Nq, model.Nv, model.Na);
        _hinges = model.Nq - 7;
        (int, int) Sensor(string name)
        {
            var id = model.Id(ObjectType.Sensor, name);
            return (model.Ints("sensor_adr")[id], model.Ints("sensor_dim")[id]);
        }
        var names = model.Names(ObjectType.Sensor);
        var touch = names.Where(name => name.StartsWith("palm", StringComparison.Ordinal) || name.StartsWith("sole", StringComparison.Ordinal)).ToArray();
        if (touch.Length == 0)
            throw ClosedLoopException.Usage($"the body {body.Description.Name} has no touch sensors at palms and soles (its sensors: {string.Join(", ", names)}); a policy feels the ground with them, so use our own rat or add them to the model");
        TouchSensors = touch;
        _touch = [.. touch.Select(Sensor)];
        (_accelerometer, _gyro, _velocimeter) = (Sensor("accelerometer"), Sensor("gyro"), Sensor("velocimeter"));
        _weightN = 9.81 * model.TotalMassKg;
        Layout = new(
            [
                new("root_position_difference", 3, "m"), new("root_rotation_difference", 3, "rad"),
                new("joint_difference", _parts.ReferenceHinges.Length, "rad"), new("appendage_difference", 3 * _parts.Appendages.Length, "m"),
            ],
            frames,
            [
                new("joint_angles", _hinges, "rad"), new("joint_velocities", _dofs - 6, "rad/s"), new("actuator_states", _actuators, "1"),
                new("touch", _touch.Length, "body weights"), new("accelerometer", 3, "m/s2"), new("gyro", 3, "rad/s"), new("velocimeter", 3, "m/s"),
                new("torso_height", 1, "m"), new("vertical", 3, "1"), new("appendages", 3 * _parts.Appendages.Length, "m"),
            ]);
    }

    /// <summary>What stands where.</summary>
    public ObservationLayout Layout { get; }

    /// <summary>Names of the sensors that feel the ground, in the order of the observation.</summary>
    internal IReadOnlyList<string> TouchSensors { get; }

    /// <summary>Writes the observation of <paramref name="data"/> before the <paramref name="window"/>, which is full.</summary>
    public void Write(ReferenceWindow window, MujocoData data, Span<float> observation)
    {
        var at = 0;
        var qpos = data.Qpos.Span;
        var rotation = data.BodyRotations.Row(_root);
        var root = data.BodyPositions.Row(_root);
        for (var ahead = 0; ahead < Layout.Frames; ahead++)
        {
            var frame = window[ahead];
            var target = frame.Pose.Qpos;
            Egocentric.Rotate(rotation, target[0] - qpos[0], target[1] - qpos[1], target[2] - qpos[2], observation[at..]);
            Egocentric.Turn(qpos.Slice(3, 4), target.AsSpan(3, 4), _turn);
            for (var i = 0; i < 3; i++)
                observation[at + 3 + i] = (float)_turn[i];
            at += 6;
            foreach (var hinge in _parts.ReferenceHinges)
                observation[at++] = (float)(target[hinge] - qpos[hinge]);
            foreach (var part in _parts.Appendages)
            {
                var there = frame.BodyPosition(part);
                var here = data.BodyPositions.Row(part);
                Egocentric.Rotate(rotation, there[0] - here[0], there[1] - here[1], there[2] - here[2], observation[at..]);
                at += 3;
            }
        }
        for (var i = 7; i < _positions; i++)
            observation[at++] = (float)qpos[i];
        var qvel = data.Qvel.Span;
        for (var i = 6; i < _dofs; i++)
            observation[at++] = (float)qvel[i];
        foreach (var state in data.Act.Span)
            observation[at++] = (float)state;
        var sensors = data.SensorData.Span;
        foreach (var (address, _) in _touch)
            observation[at++] = (float)(sensors[address] / _weightN);
        foreach (var (address, size) in (ReadOnlySpan<(int, int)>)[_accelerometer, _gyro, _velocimeter])
            for (var i = 0; i < size; i++)
                observation[at++] = (float)sensors[address + i];
        observation[at++] = (float)root[2];
        for (var i = 0; i < 3; i++)
            observation[at++] = (float)rotation[6 + i];
        foreach (var part in _parts.Appendages)
        {
            var here = data.BodyPositions.Row(part);
            Egocentric.Rotate(rotation, here[0] - root[0], here[1] - root[1], here[2] - root[2], observation[at..]);
            at += 3;
        }
    }
}
