using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>
/// Draws a simulated animal as calibrated cameras see it, lens distortion included: what a camera with
/// <see cref="CameraCalibration.Project"/> would show, to a small fraction of a pixel.
/// Belongs to the thread that made it; allocates nothing per image.
/// </summary>
public sealed class ViewRenderer : IDisposable
{
    private readonly MujocoModel _model;
    private readonly MujocoData _data;
    private readonly OffscreenRenderer _renderer;
    private readonly Lens[] _lenses;

    /// <summary>Compiles the drawn animal and makes ready the cameras.</summary>
    /// <param name="scale">The animal's size, as <see cref="SimulatedAnimalOptions.Scale"/>.</param>
    /// <param name="look">How the animal and its arena look.</param>
    /// <param name="rig">The cameras.</param>
    /// <param name="options">How finely it is drawn.</param>
    /// <exception cref="ClosedLoopException">This machine cannot render, or a camera's lens cannot be simulated.</exception>
    public ViewRenderer(double scale, AnimalLook look, RigCalibration rig, ViewRendererOptions? options = null)
    {
        options ??= new();
        _lenses = [.. rig.Cameras.Select(camera => new Lens(camera, options.Sharpness))];
        _model = MujocoModel.Load(RodentBody.Mjcf(new()
        {
            Scale = scale,
            Collision = RodentCollision.None,
            KeypointSites = false,
            Coat = look.Coat,
            Scenery = look.Scenery,
        }));
        try
        {
            look.Scenery.Paint(_model);
            _data = new(_model);
            _renderer = new(_model, _lenses.Max(lens => lens.PinholeWidth), _lenses.Max(lens => lens.PinholeHeight), options.Samples, options.ShadowSize);
            _renderer.Groups(geoms: 0b000001, sites: 0, look.Scenery.Lamps.Any(lamp => lamp.Shadows));
        }
        catch
        {
            _data?.Dispose();
            _model.Dispose();
            throw;
        }
        ShowNone();
    }

    /// <summary>Number of cameras.</summary>
    public int Views => _lenses.Length;

    /// <summary>Bytes of one camera's image: 3 a pixel, rows from the top.</summary>
    public int ImageBytes(int view) => _lenses[view].ImageBytes;

    /// <summary>Takes the animal's posture: 74 positions as <see cref="SimulatedAnimal.Qpos"/>.</summary>
    public void Show(ReadOnlySpan<double> qpos)
    {
        qpos.CopyTo(_data.Qpos.Span);
        _data.Forward();
        _renderer.Scene(_data);
    }

    /// <summary>Takes the animal out of the arena.</summary>
    public void ShowNone()
    {
        // Far below the ground, which nothing shines through.
        _data.Qpos.Span.Clear();
        _data.Qpos[2] = -5;
        _data.Qpos[3] = 1;
        _data.Forward();
        _renderer.Scene(_data);
    }

    /// <summary>Adds a bright ball to what is shown: centre and radius in metres.</summary>
    public void AddBall(ReadOnlySpan<double> centre, double radiusM, float red, float green, float blue) =>
        _renderer.AddSphere(centre, radiusM, red, green, blue);

    /// <summary>Draws what is shown through one camera into <paramref name="rgb"/>.</summary>
    public void Photograph(int view, Span<byte> rgb) => _renderer.Photograph(_lenses[view], rgb);

    /// <inheritdoc/>
    public void Dispose()
    {
        _renderer.Dispose();
        _data.Dispose();
        _model.Dispose();
    }
}
