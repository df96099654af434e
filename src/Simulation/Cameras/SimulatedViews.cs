using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// A simulated animal filmed at 50 Hz, by all cameras of its rig or by some of them: frame after frame, with the truth
/// beside. A camera's images depend on the options alone, not on which other cameras are drawn with it, so that several
/// threads may draw a few each. Belongs to the thread that made it.
/// </summary>
public sealed class SimulatedViews : IDisposable
{
    private static readonly Lazy<BodyDescription> Body = new(() => RodentBody.Describe(new() { Appearance = RodentAppearance.Shapes }));

    private readonly SimulatedAnimal _animal;
    private readonly ViewRenderer _renderer;
    private readonly PhotoLab _lab;
    private readonly CameraLooks _looks;
    private readonly RandomStream[] _random;
    private readonly RigCalibration _own;
    private readonly double[] _before;

    /// <summary>Makes animal, arena and cameras.</summary>
    /// <param name="options">What is filmed, and how.</param>
    /// <param name="cameras">Which cameras of the rig are drawn; null: all.</param>
    /// <exception cref="ClosedLoopException">An option is out of its range, or this machine cannot render.</exception>
    public SimulatedViews(SimulatedViewOptions options, IReadOnlyList<int>? cameras = null)
    {
        if (!(options.Noise is >= 0 and <= 20))
            throw ClosedLoopException.Usage($"image noise of {options.Noise} times a good camera's was asked for; it goes from 0 to 20");
        Rig = SimulatedRig.Create(options.Rig);
        cameras ??= [.. Enumerable.Range(0, Rig.Cameras.Count)];
        _own = new([.. cameras.Select(camera => Rig.Cameras[camera])]);
        _animal = new(Body.Value, new()
        {
            Seed = options.Seed,
            Scale = options.Scale,
            MassKg = null,
            // The true keypoints are those that can be seen: where they sit on every animal.
            OffsetSdM = 0,
            ArenaRadiusM = SimulatedRig.ArenaRadiusM,
            Sequence = options.Sequence,
        });
        _before = new double[_animal.KeypointPositions.Length];
        _looks = CameraLooks.Usual(options.Noise);
        _random = [.. cameras.Select(camera => new RandomStream(options.Seed, $"images of camera {camera}"))];
        _lab = new(options.Rig.WidthPx, options.Rig.HeightPx);
        try
        {
            _renderer = new(options.Scale, AnimalLook.Draw(options.Appearance), _own, options.Drawing);
        }
        catch
        {
            _animal.Dispose();
            throw;
        }
    }

    /// <summary>All cameras of the rig, drawn or not.</summary>
    public RigCalibration Rig { get; }

    /// <summary>How many cameras are drawn.</summary>
    public int Count => _own.Cameras.Count;

    /// <summary>Number of the present frame; -1 before the first.</summary>
    public long Frame { get; private set; } = -1;

    /// <summary>What the animal does.</summary>
    public Behaviour Behaviour => _animal.Behaviour;

    /// <summary>True positions of the keypoints, x y z each, metres.</summary>
    public ReadOnlySpan<double> KeypointPositions => _animal.KeypointPositions;

    /// <summary>Goes to the next frame. Allocates nothing.</summary>
    public void Next()
    {
        _animal.KeypointPositions.CopyTo(_before);
        if (Frame >= 0)
            _animal.Advance();
        if (_animal.WasReset)
            _animal.KeypointPositions.CopyTo(_before);
        Frame++;
    }

    /// <summary>Takes the present frame's photographs, one after the other. Allocates nothing.</summary>
    /// <param name="images">One image a drawn camera: 3 bytes a pixel, rows from the top.</param>
    public void Photograph(IReadOnlyList<byte[]> images)
    {
        _renderer.Show(_animal.Qpos);
        for (var i = 0; i < Count; i++)
        {
            _renderer.Photograph(i, images[i]);
            _lab.Develop(images[i], _looks.Settings(_own.Cameras[i], _animal.KeypointPositions, _before, _random[i]));
        }
    }

    /// <summary>Passes over the present frame's photographs: the next ones are as if they had been taken.</summary>
    public void Skip()
    {
        for (var i = 0; i < Count; i++)
            _ = _looks.Settings(_own.Cameras[i], _animal.KeypointPositions, _before, _random[i]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _renderer.Dispose();
        _animal.Dispose();
    }
}
