using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// One animal's life as a source of training sets: how it moves is continuous, where in the arena it is, how it looks and
/// which cameras watch it is drawn anew, so that few seconds of motion show the networks much.
/// Belongs to the thread that made it.
/// </summary>
internal sealed class TrainingLife : IDisposable
{
    // The animal's root is anywhere within this distance from the middle; its snout and tail reach farther.
    private const double RootReachM = 0.3;

    // Rest and sniffing look alike; what is rare in a rat's day is shown more often here.
    private static readonly (Behaviour Behaviour, double Weight, double Seconds)[] Repertoire =
    [
        (Behaviour.Rest, 0.08, 1.0), (Behaviour.Sniff, 0.10, 1.2), (Behaviour.Walk, 0.22, 2.0), (Behaviour.Trot, 0.12, 1.6),
        (Behaviour.TurnLeft, 0.11, 1.4), (Behaviour.TurnRight, 0.11, 1.4), (Behaviour.Rear, 0.09, 2.9), (Behaviour.Groom, 0.05, 2.5),
    ];

    private readonly TrainingSetOptions _options;
    private readonly RandomStream _random;
    private readonly SimulatedAnimal _animal;
    private readonly PhotoLab _lab;
    private readonly double[] _qpos;
    private readonly double[] _keypoints, _before;
    private ViewRenderer? _renderer;
    private CameraLooks? _looks;

    public TrainingLife(BodyDescription body, TrainingSetOptions options, int life)
    {
        _options = options;
        _random = new(options.Seed, $"life {life}");
        var scale = _random.Uniform(0.75, 1.15);
        _animal = new(body, new()
        {
            Seed = NextSeed(),
            Scale = scale,
            MassKg = RodentBody.MassKg * Math.Pow(scale, 3) * _random.Uniform(0.8, 1.2),
            // What an image cannot show a network cannot learn: the keypoints sit where they do on every animal.
            OffsetSdM = 0,
            ArenaRadiusM = SimulatedRig.ArenaRadiusM,
            Sequence = [.. Enumerable.Range(0, 200).Select(_ => NextBehaviour())],
        });
        Scale = scale;
        _lab = new(options.WidthPx, options.HeightPx);
        _qpos = new double[_animal.Qpos.Length];
        (_keypoints, _before) = (new double[_animal.KeypointPositions.Length], new double[_animal.KeypointPositions.Length]);
        // It begins in a standing pose that is the same for all: the first half second is not shown.
        Live(0.5);
    }

    /// <summary>Size of the animal.</summary>
    public double Scale { get; }

    /// <summary>The cameras of the set made last.</summary>
    public RigCalibration Rig { get; private set; } = null!;

    /// <summary>What the animal does; null where it is absent.</summary>
    public Behaviour? Doing { get; private set; }

    /// <summary>True keypoints of the set made last, x y z each, metres; NaN where the animal is absent.</summary>
    public ReadOnlySpan<double> Keypoints => _keypoints;

    /// <summary>Makes the next set: the images of all cameras, one after the other.</summary>
    public void Next(int index, Span<byte> images)
    {
        if (index % _options.SetsPerScene == 0)
            ChangeScene();
        var empty = _random.Uniform() < _options.EmptyShare;
        Live(_random.Uniform(0.1, 0.3));
        Move();
        Doing = empty ? null : _animal.Behaviour;
        if (empty)
        {
            _keypoints.AsSpan().Fill(double.NaN);
            _renderer!.ShowNone();
        }
        else
        {
            _renderer!.Show(_qpos);
        }
        var bytes = 3 * _options.WidthPx * _options.HeightPx;
        for (var view = 0; view < _options.Cameras; view++)
        {
            var image = images.Slice(view * bytes, bytes);
            _renderer.Photograph(view, image);
            _lab.Develop(image, _looks!.Settings(Rig.Cameras[view], _keypoints, _before, _random));
        }
    }

    public void Dispose()
    {
        _renderer?.Dispose();
        _animal.Dispose();
    }

    private void ChangeScene()
    {
        _renderer?.Dispose();
        Rig = SimulatedRig.Create(new()
        {
            Seed = NextSeed(),
            Cameras = _options.Cameras,
            WidthPx = _options.WidthPx,
            HeightPx = _options.HeightPx,
            Variety = 1,
        });
        _renderer = new(Scale, AnimalLook.Draw(NextSeed()), Rig, new() { ShadowSize = 768 });
        _looks = CameraLooks.Draw(_random);
    }

    private void Live(double seconds)
    {
        for (var frame = 0; frame < Math.Max(1, (int)Math.Round(seconds / SimulatedAnimal.FramePeriodS)); frame++)
        {
            _animal.KeypointPositions.CopyTo(_before);
            _animal.Advance();
        }
    }

    // Turns the animal about the vertical and puts it anywhere: on a flat floor it would move just so there.
    private void Move()
    {
        _animal.Qpos.CopyTo(_qpos);
        _animal.KeypointPositions.CopyTo(_keypoints);
        var (x, y) = (_qpos[0], _qpos[1]);
        var (turn, direction, distance) = (_random.Uniform(0, 2 * Math.PI), _random.Uniform(0, 2 * Math.PI), RootReachM * Math.Sqrt(_random.Uniform()));
        var (sin, cos) = Math.SinCos(turn);
        var (toX, toY) = (distance * Math.Cos(direction), distance * Math.Sin(direction));
        void Place(double[] points, int i)
        {
            var (dx, dy) = (points[i] - x, points[i + 1] - y);
            points[i] = toX + (cos * dx) - (sin * dy);
            points[i + 1] = toY + (sin * dx) + (cos * dy);
        }
        for (var i = 0; i < _keypoints.Length; i += 3)
        {
            Place(_keypoints, i);
            Place(_before, i);
        }
        Place(_qpos, 0);
        var (halfSin, halfCos) = Math.SinCos(turn / 2);
        var (w, qx, qy, qz) = (_qpos[3], _qpos[4], _qpos[5], _qpos[6]);
        (_qpos[3], _qpos[4], _qpos[5], _qpos[6]) =
            ((halfCos * w) - (halfSin * qz), (halfCos * qx) - (halfSin * qy), (halfCos * qy) + (halfSin * qx), (halfCos * qz) + (halfSin * w));
    }

    private (Behaviour Behaviour, double Seconds) NextBehaviour()
    {
        var draw = _random.Uniform() * Repertoire.Sum(entry => entry.Weight);
        var chosen = Repertoire.First(entry => (draw -= entry.Weight) < 0 || entry == Repertoire[^1]);
        return (chosen.Behaviour, chosen.Seconds * _random.Uniform(0.8, 1.3));
    }

    private int NextSeed() => (int)(_random.Uniform() * int.MaxValue);
}
