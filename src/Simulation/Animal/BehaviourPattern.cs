using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>The pattern of each behaviour: what it sets the channels to as it goes on.</summary>
internal sealed class BehaviourPattern(MotorController controller, RandomStream random)
{
    private const double SniffHz = 8, ShakeHz = 12;

    // Height and neck of the usual stance.
    private const double StandingM = 0.060, Neck = -0.05;

    // Share of the way from the middle of the hind feet to one of them at which a rising body gives up.
    private const double LeanLimit = 0.8;

    // Share of the way from soles to heels beyond which a body that comes down waits.
    private const double DescentLimit = 0.7;

    private Behaviour _behaviour;
    private double _age, _waited, _duration, _speed, _turn, _look, _tail, _sniffPhase, _breathPhase, _held;
    private bool _descends;

    // Postures: what was drawn last, and when the next is drawn.
    private (double Height, double Pitch, double LumbarExtend, double LumbarBend, double LumbarTwist, double Neck, double NeckBend, double NeckTwist, double Atlas, double Jaw, double Speed, double Turn, double TimeS) _posture;
    private double _postureUntil;
    private bool _rises;

    private Channels Channels => controller.Channels;

    /// <summary>Whether the behaviour cannot be left yet (in the air on hind legs, for instance).</summary>
    public bool Busy { get; private set; }

    /// <summary>Whether the behaviour could not begin and is to be left.</summary>
    public bool GivenUp { get; private set; }

    /// <summary>Starts a behaviour that will last about so long.</summary>
    public void Begin(Behaviour behaviour, double seconds)
    {
        _behaviour = behaviour;
        _age = 0;
        _waited = 0;
        _duration = seconds;
        Busy = false;
        _descends = false;
        _held = 0;
        _speed = behaviour switch
        {
            Behaviour.Walk => random.Uniform(0.06, 0.11),
            Behaviour.Trot => random.Uniform(0.21, 0.26),
            Behaviour.TurnLeft or Behaviour.TurnRight => random.Uniform(0.02, 0.04),
            _ => 0,
        };
        _turn = behaviour switch
        {
            Behaviour.TurnLeft => random.Uniform(1, 1.5),
            Behaviour.TurnRight => -random.Uniform(1, 1.5),
            Behaviour.Walk => 0.25 * random.Normal(),
            Behaviour.Trot => 0.15 * random.Normal(),
            _ => 0,
        };
        _look = 0.15 * random.Normal();
        // NB: drawn for this behaviour alone, so that the lives of animals without it stay as they were.
        _rises = behaviour is Behaviour.Rear or Behaviour.Groom || (behaviour == Behaviour.Postures && random.Uniform() < 0.35);
        _postureUntil = 0;
        _tail = random.Uniform(-0.15, 0.15);
        Advance(0);
    }

    /// <summary>Puts all channels where the behaviour wants them at once.</summary>
    public void Settle()
    {
        for (var i = 0; i < Channels.Count; i++)
            Channels.Jump((Channel)i, Channels.Target((Channel)i));
    }

    /// <summary>Moves the pattern on and sets the channels.</summary>
    public void Advance(double dtS)
    {
        // Nobody rises in mid-stride: the paws come to their places first. Where they do not in two seconds, it is left be.
        var waits = _rises && _age <= 0 && !controller.InPlace;
        if (waits)
            controller.PutPawsInPlace();
        GivenUp = waits && _waited > 2;
        _waited += dtS;
        _age += waits ? 0 : dtS;
        _breathPhase = Wrap(_breathPhase + (dtS * 1.6));
        var trots = _behaviour == Behaviour.Trot;
        // The usual: standing on four paws, head level, breathing.
        Channels.Set(Channel.Speed, _speed, trots ? 0.17 : 0.25);
        Channels.Set(Channel.Trot, trots ? 1 : 0, 0.08);
        Channels.Set(Channel.TurnRate, _turn, 0.2);
        Channels.Set(Channel.Height, StandingM + (0.0025 * Channels[Channel.Trot]) + (0.0004 * Math.Sin(2 * Math.PI * _breathPhase)), 0.12);
        Channels.Set(Channel.Pitch, 0, 0.15);
        Channels.Set(Channel.WeightBack, 0, 0.1);
        Channels.Set(Channel.Stroke, 0, 0.02);
        Channels.Set(Channel.ForeLoad, 1, 0.06);
        Channels.Set(Channel.HandsAtSnout, 0, 0.1);
        Channels.Set(Channel.LumbarExtend, 0, 0.15);
        Channels.Set(Channel.LumbarBend, Math.Clamp(-0.2 * _turn, -0.3, 0.3), 0.2);
        Channels.Set(Channel.LumbarTwist, 0, 0.2);
        Channels.Set(Channel.CervicalExtend, Neck, 0.15);
        Channels.Set(Channel.CervicalBend, Math.Clamp((0.2 * _turn) + _look, -0.35, 0.35), 0.2);
        Channels.Set(Channel.CervicalTwist, 0, 0.2);
        Channels.Set(Channel.Atlas, 0.15, 0.1);
        Channels.Set(Channel.Mandible, 0, 0.1);
        Channels.Set(Channel.TailExtend, 0, 0.3);
        Channels.Set(Channel.TailBend, _tail, 0.4);
        if (_behaviour == Behaviour.Sniff)
            Sniff(dtS);
        else if (_behaviour == Behaviour.Shake)
            Shake();
        else if (_behaviour == Behaviour.Postures)
            TakeUpPostures();
        else if (_behaviour == Behaviour.Rear)
            Rise(pitch: 1.0, pelvisM: 0.060, lumbar: 0, neck: 0.1, atlas: 0.4);
        else if (_behaviour == Behaviour.Groom)
        {
            Rise(pitch: 0.7, pelvisM: 0.055, lumbar: -0.1, neck: 0.5, atlas: -0.05);
            if (_age > 0.9 && _age < _duration - 1.5)
            {
                Channels.Set(Channel.HandsAtSnout, 1, 0.1);
                Channels.Set(Channel.Stroke, 0.006 * Math.Sin(2 * Math.PI * 5 * _age), 0.01);
            }
        }
    }

    /// <summary>Onto the hind feet and down again: weight back, forepaws off, trunk up; the reverse in the last part.</summary>
    private void Rise(double pitch, double pelvisM, double lumbar, double neck, double atlas)
    {
        // NB: a body that leans too far over one hind foot cannot be caught in the air: it comes down early.
        if (Math.Abs(controller.Lean) > LeanLimit)
            _duration = Math.Min(_duration, _age + 1.4);
        var up = !_descends && _age < _duration - 1.4;
        _descends = !up;
        // NB: coming down throws the weight back by half a foot's length. It waits where there is no such room.
        var waits = _descends && Channels[Channel.Pitch] > 0.15 && controller.BackwardLean > DescentLimit && _held < 2;
        if (waits)
        {
            _duration += MotorController.PeriodS;
            _held += MotorController.PeriodS;
        }
        Busy = _age < _duration;
        var leaning = _age > 0 && _age < _duration - 0.7;
        Channels.Set(Channel.WeightBack, leaning ? 1 : 0, leaning ? 0.08 : 0.14);
        var lifted = up && _age > 0.5;
        Channels.Set(Channel.ForeLoad, lifted || Channels[Channel.Pitch] > 0.15 ? 0 : 1, 0.08);
        Channels.Set(Channel.Pitch, lifted ? pitch : waits ? Channels[Channel.Pitch] : up ? 0.1 : 0, lifted ? 0.18 : 0.16);
        // The rest of the body follows the trunk up, so that the weight does not move faster than the balance can.
        var risen = Math.Clamp(Channels[Channel.Pitch] / pitch, 0, 1);
        Channels.Set(Channel.LumbarExtend, risen * lumbar, 0.15);
        Channels.Set(Channel.CervicalExtend, Neck + (risen * risen * (neck - Neck)), 0.15);
        Channels.Set(Channel.Atlas, 0.15 + (risen * (atlas - 0.15)), 0.1);
        Channels.Set(Channel.CervicalBend, lifted ? _look : 0, 0.2);
        Channels.Set(Channel.Height, StandingM + (risen * (pelvisM - StandingM)) + (0.064 * Math.Sin(Channels[Channel.Pitch])), 0.03);
    }

    private void Sniff(double dtS)
    {
        _sniffPhase = Wrap(_sniffPhase + (dtS * SniffHz));
        var wave = Math.Sin(2 * Math.PI * _sniffPhase);
        // Short time constants: the followers must not damp the rhythm away.
        Channels.Set(Channel.Atlas, 0.2 + (0.16 * wave), 0.008);
        Channels.Set(Channel.CervicalExtend, Neck - 0.05 + (0.02 * wave), 0.02);
        Channels.Set(Channel.CervicalBend, _look + (0.2 * Math.Sin(2 * Math.PI * 0.5 * _age)), 0.1);
        Channels.Set(Channel.Height, StandingM - 0.003, 0.15);
    }

    private void Shake()
    {
        var strength = Math.Sin(Math.PI * Math.Clamp(_age / _duration, 0, 1));
        var wave = strength * Math.Sin(2 * Math.PI * ShakeHz * _age);
        Channels.Set(Channel.LumbarTwist, 0.25 * wave, 0.004);
        Channels.Set(Channel.CervicalTwist, -0.35 * wave, 0.004);
        Channels.Set(Channel.Height, StandingM - 0.004, 0.1);
    }

    /// <summary>A new posture twice a second or so, each with a pace of its own.</summary>
    private void TakeUpPostures()
    {
        if (_age >= _postureUntil)
        {
            _postureUntil = _age + random.Uniform(0.3, 1.3);
            var steps = !_rises && random.Uniform() < 0.35;
            _posture = (
                random.Uniform(0.042, 0.070), _rises ? random.Uniform(0.4, 1.15) : random.Uniform(-0.15, 0.3),
                0.25 * random.Normal(), 0.3 * random.Normal(), 0.2 * random.Normal(),
                Neck + (0.35 * random.Normal()), 0.4 * random.Normal(), 0.3 * random.Normal(), 0.15 + (0.35 * random.Normal()), 0.1 * random.Normal(),
                steps ? random.Uniform(0.02, 0.09) : 0, steps ? 0.5 * random.Normal() : 0, random.Uniform(0.08, 0.3));
        }
        var p = _posture;
        if (_rises)
        {
            Rise(p.Pitch, pelvisM: 0.050 + (0.3 * (p.Height - 0.042)), lumbar: Math.Clamp(p.LumbarExtend, -0.4, 0.4), neck: Math.Clamp(p.Neck, -0.5, 0.7), atlas: Math.Clamp(p.Atlas, -0.3, 0.9));
            if (Channels[Channel.Pitch] > 0.3)
                Channels.Set(Channel.HandsAtSnout, p.NeckTwist > 0.1 ? 1 : 0, 0.15);
        }
        else
        {
            Channels.Set(Channel.Speed, p.Speed, 0.25);
            Channels.Set(Channel.TurnRate, Math.Clamp(p.Turn, -1, 1), 0.2);
            Channels.Set(Channel.Height, p.Height, p.TimeS);
            Channels.Set(Channel.Pitch, p.Pitch, p.TimeS);
            Channels.Set(Channel.LumbarExtend, Math.Clamp(p.LumbarExtend, -0.5, 0.5), p.TimeS);
            Channels.Set(Channel.CervicalExtend, Math.Clamp(p.Neck, -0.7, 0.7), p.TimeS);
            Channels.Set(Channel.Atlas, Math.Clamp(p.Atlas, -0.5, 1), p.TimeS);
        }
        Channels.Set(Channel.LumbarBend, Math.Clamp(p.LumbarBend, -0.6, 0.6) * (_rises ? 0.4 : 1), p.TimeS);
        Channels.Set(Channel.LumbarTwist, Math.Clamp(p.LumbarTwist, -0.4, 0.4) * (_rises ? 0.3 : 1), p.TimeS);
        Channels.Set(Channel.CervicalBend, Math.Clamp(p.NeckBend, -0.7, 0.7), p.TimeS);
        Channels.Set(Channel.CervicalTwist, Math.Clamp(p.NeckTwist, -0.6, 0.6), p.TimeS);
        Channels.Set(Channel.Mandible, Math.Clamp(p.Jaw, -0.3, 0.3), p.TimeS);
    }

    private static double Wrap(double phase) => phase - Math.Floor(phase);
}
