using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// A rat in simulation with everything known of it: a second body of its own scale, mass and keypoint offsets that moves
/// only by its own actuators on the floor, through a repertoire of behaviours. What it does is feasible because it is done
/// in the same physics; its state is the planted truth that tracking, registration and imitation are judged against.
/// </summary>
/// <remarks>Belongs to one thread at a time. The same options on the same machine give the same motion, bit for bit.</remarks>
public sealed class SimulatedAnimal : IDisposable
{
    /// <summary>Time of one <see cref="Advance"/>, seconds.</summary>
    public const double FramePeriodS = 0.02;

    // Distance from the wall at which a trot outwards becomes a walk, metres.
    private const double TrotRoomM = 0.2;

    private readonly SimulatedAnimalOptions _options;
    private readonly BodyState _state;
    private readonly MotorController _controller;
    private readonly BehaviourPattern _pattern;
    private readonly BehaviourSequence _sequence;
    private readonly double[] _qpos;
    private readonly double[] _keypoints;
    private readonly int _stepsPerControl, _controlsPerFrame;
    private readonly double _fallHeightM;
    private double _behaviourUntilS;
    private double _fallenSinceS = double.NaN;
    private long _frame;

    /// <summary>Makes the animal and stands it in the middle of the arena.</summary>
    /// <param name="body">The body that it is an individual of.</param>
    /// <param name="options">What is planted in it.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range, or the body lacks a joint that a rat has.</exception>
    public SimulatedAnimal(BodyDescription body, SimulatedAnimalOptions? options = null)
    {
        _options = options ??= new();
        Check(options);
        Body = body.Compile(KeypointLayout.Rat23, options.Scale, options.MassKg);
        PlantOffsets();
        _state = new(Body.Model);
        _controller = new(Body, _state);
        _pattern = new(_controller, new(options.Seed, "pattern"));
        _sequence = new(options);
        _qpos = new double[Body.Model.Nq];
        _keypoints = new double[3 * Body.Layout.Count];
        _stepsPerControl = (int)Math.Round(MotorController.PeriodS / Body.Model.TimestepS);
        _controlsPerFrame = (int)Math.Round(FramePeriodS / MotorController.PeriodS);
        if (_stepsPerControl < 1 || Math.Abs((_stepsPerControl * Body.Model.TimestepS) - MotorController.PeriodS) > 1e-9)
            throw ClosedLoopException.Usage($"the body {body.Name} has a time step of {Body.Model.TimestepS} s; a simulated animal needs one that divides {MotorController.PeriodS} s");
        _fallHeightM = 0.028 * options.Scale;
        _pattern.Begin(Behaviour.Rest, 1);
        _pattern.Settle();
        _controller.Stand(0, 0, 0);
        (Behaviour, _behaviourUntilS) = (Behaviour.Rest, 0.5);
        ReadState();
    }

    /// <summary>The individual's body: planted scale, mass and offsets. Its state must not be written to.</summary>
    public BodyModel Body { get; }

    /// <summary>Present behaviour.</summary>
    public Behaviour Behaviour { get; private set; }

    /// <summary>Age of the simulation, seconds.</summary>
    public double TimeS => _frame * FramePeriodS;

    /// <summary>How often the animal fell and was stood up again.</summary>
    public int Falls { get; private set; }

    /// <summary>Whether the last <see cref="Advance"/> stood the animal up after a fall: the motion jumps there.</summary>
    public bool WasReset { get; private set; }

    /// <summary>Generalised positions of <see cref="Body"/> in the coordinates of the keypoints: metres, quaternion w x y z, radians.</summary>
    public ReadOnlySpan<double> Qpos => _qpos;

    /// <summary>True positions of the keypoints, x y z each, metres.</summary>
    public ReadOnlySpan<double> KeypointPositions => _keypoints;

    /// <summary>Planned support by hind left, hind right, fore left and fore right paw.</summary>
    public bool Stands(int paw) => _controller.Stands(paw);

    /// <summary>Lives for <see cref="FramePeriodS"/>. Allocates nothing.</summary>
    public void Advance()
    {
        WasReset = false;
        for (var control = 0; control < _controlsPerFrame; control++)
        {
            Decide(TimeS + (control * MotorController.PeriodS));
            _pattern.Advance(MotorController.PeriodS);
            _controller.Control();
            try
            {
                _state.Data.Step(_stepsPerControl);
            }
            catch (PhysicsUnstableException)
            {
                StandUp();
            }
        }
        _frame++;
        CheckFall();
        ReadState();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _controller.Dispose();
        _state.Dispose();
        Body.Dispose();
    }

    private void Decide(double timeS)
    {
        var q = _state.Data.Qpos;
        var fromMiddle = Math.Sqrt((q[0] * q[0]) + (q[1] * q[1]));
        var homeward = Math.Abs(Math.IEEERemainder(Math.Atan2(-q[1], -q[0]) - _controller.Yaw, 2 * Math.PI));
        var atWall = fromMiddle > _options.ArenaRadiusM - 0.17;
        if (Behaviour is Behaviour.TurnLeft or Behaviour.TurnRight && atWall)
        {
            // Turned back far enough: the way leads inwards again.
            if (homeward < 0.6)
                Change(Behaviour.Walk, timeS, _sequence.Duration(Behaviour.Walk));
            return;
        }
        // A trot needs room to slow down in.
        if (Behaviour == Behaviour.Trot && fromMiddle > _options.ArenaRadiusM - TrotRoomM && homeward > 1.2)
        {
            Change(Behaviour.Walk, timeS, _sequence.Duration(Behaviour.Walk));
            return;
        }
        if (atWall && homeward > 1.2 && Behaviour == Behaviour.Walk)
        {
            var toMiddle = Math.IEEERemainder(Math.Atan2(-q[1], -q[0]) - _controller.Yaw, 2 * Math.PI);
            Change(toMiddle > 0 ? Behaviour.TurnLeft : Behaviour.TurnRight, timeS, 6);
            return;
        }
        if (!_pattern.GivenUp && (timeS < _behaviourUntilS || _pattern.Busy))
            return;
        var (next, seconds) = _sequence.After(Behaviour);
        // Trotting at the wall would end before it began.
        if (next == Behaviour.Trot && fromMiddle > _options.ArenaRadiusM - TrotRoomM && homeward > 1.2)
            next = Behaviour.Walk;
        Change(next, timeS, seconds);
    }

    private void Change(Behaviour next, double timeS, double seconds)
    {
        Behaviour = next;
        _behaviourUntilS = timeS + seconds;
        _pattern.Begin(next, seconds);
    }

    private void CheckFall()
    {
        var r = _state.Data.BodyRotations.Row(Body.RootBody);
        var p = _state.Data.BodyPositions.Row(Body.RootBody);
        var fallen = p[2] < _fallHeightM || r[8] < 0.2 && r[6] < 0.5;
        if (!fallen)
            _fallenSinceS = double.NaN;
        else if (double.IsNaN(_fallenSinceS))
            _fallenSinceS = TimeS;
        else if (TimeS - _fallenSinceS > 0.5)
            StandUp();
    }

    private void StandUp()
    {
        var q = _state.Data.Qpos;
        var (x, y, yaw) = double.IsFinite(q[0] + q[1] + _controller.Yaw) ? (q[0], q[1], _controller.Yaw) : (0, 0, 0);
        Falls++;
        WasReset = true;
        _fallenSinceS = double.NaN;
        Change(Behaviour.Rest, TimeS, 1);
        _pattern.Settle();
        _controller.Stand(x, y, yaw);
    }

    private void ReadState()
    {
        // NB: after a step the positions of sites are still those of the step's beginning.
        _state.Data.Kinematics();
        _state.Data.Qpos.Span.CopyTo(_qpos);
        _qpos[2] += _options.FloorHeightM;
        for (var i = 0; i < Body.Layout.Count; i++)
        {
            _state.Data.SitePositions.Row(Body.KeypointSites[i]).CopyTo(_keypoints.AsSpan(3 * i, 3));
            _keypoints[(3 * i) + 2] += _options.FloorHeightM;
        }
    }

    private void PlantOffsets()
    {
        var random = new RandomStream(_options.IndividualSeed, "offsets");
        var mirror = Body.Layout.MirrorIndices();
        var shift = new double[3 * Body.Layout.Count];
        double Draw() => Math.Clamp(random.Normal(), -2, 2);
        for (var i = 0; i < Body.Layout.Count; i++)
            for (var axis = 0; axis < 3; axis++)
            {
                // Left and right of one animal are alike: the counterpart's shift, mirrored, and a third of its own.
                var partner = mirror[i];
                var common = partner < i ? (axis == 1 ? -1 : 1) * shift[(3 * partner) + axis] : _options.OffsetSdM * Draw();
                if (partner == i && axis == 1)
                    common *= 0.3;
                shift[(3 * i) + axis] = partner < i ? common + (_options.OffsetSdM / 3 * Draw()) : common;
            }
        for (var i = 0; i < Body.Layout.Count; i++)
            for (var axis = 0; axis < 3; axis++)
                Body.Offset(i)[axis] += shift[(3 * i) + axis];
    }

    private static void Check(SimulatedAnimalOptions options)
    {
        if (!(options.Scale is >= 0.6 and <= 1.5))
            throw ClosedLoopException.Usage($"a simulated animal of scale {options.Scale} was asked for; it moves well from 0.6 to 1.5");
        if (options.MassKg is { } mass && !(mass >= 0.5 * 0.338 * Math.Pow(options.Scale, 3) && mass <= 1.6 * 0.338 * Math.Pow(options.Scale, 3)))
            throw ClosedLoopException.Usage($"a simulated animal of {mass} kg at scale {options.Scale} was asked for; its muscles carry from half to 1.6 times 0.338 kg times the cube of the scale");
        if (!(options.ArenaRadiusM >= 0.3))
            throw ClosedLoopException.Usage($"an arena of {options.ArenaRadiusM} m radius was asked for; the animal needs at least 0.3 m to turn");
        if (!(options.OffsetSdM is >= 0 and <= 0.01) || !double.IsFinite(options.FloorHeightM))
            throw ClosedLoopException.Usage("a simulated animal's keypoint offsets must differ by 0 to 0.01 m, and its floor height must be a number");
        if (options.Sequence is { } sequence && (sequence.Count == 0 || sequence.Any(part => !(part.Seconds > 0))))
            throw ClosedLoopException.Usage("a simulated animal's list of behaviours must hold at least one, each for more than 0 seconds");
    }
}
