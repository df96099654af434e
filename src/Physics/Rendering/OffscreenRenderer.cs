using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// Draws a model without a display (EGL, surfaceless Mesa or a GPU driver), 24 bits a pixel.
/// Belongs to the thread that made it.
/// </summary>
public sealed unsafe class OffscreenRenderer : IDisposable
{
    private readonly MujocoModel _model;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private nint _handle;

    /// <summary>Makes a renderer for images of a fixed size.</summary>
    /// <param name="model">The model; its own off-screen size and quality are set to the arguments given here.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="samples">Samples per pixel against jagged edges; 0 is fastest.</param>
    /// <param name="shadowSize">Resolution of shadows in pixels; 1024 is fast, 4096 fine.</param>
    /// <exception cref="ClosedLoopException">There is no way to render on this machine; the message says what is missing.</exception>
    public OffscreenRenderer(MujocoModel model, int width, int height, int samples = 4, int shadowSize = 2048)
    {
        _model = model;
        Width = width;
        Height = height;
        _handle = MujocoNative.cl_renderer_make(model.Handle, width, height, samples, shadowSize);
        if (_handle == 0)
        {
            throw ClosedLoopException.Failed(
                $"pictures cannot be rendered on this machine: {MujocoNative.LastError()}; install the packages libegl1, libegl-mesa0 and libgl1-mesa-dri");
        }
        Groups(geoms: 0b000111, sites: 0, shadows: true);
        LookAt(0, 0, 0.05, distanceM: 0.6, azimuthDeg: 120, elevationDeg: -20);
    }

    /// <summary>Pixels.</summary>
    public int Width { get; }

    /// <summary>Pixels.</summary>
    public int Height { get; }

    /// <summary>Bytes of one image: three a pixel, rows from the top.</summary>
    public int ImageBytes => 3 * Width * Height;

    /// <summary>Looks through a camera of the model.</summary>
    public void UseCamera(string name)
    {
        var origin = stackalloc double[3];
        MujocoNative.cl_renderer_camera(Handle(), _model.Id(ObjectType.Camera, name), origin, 1, 0, 0);
    }

    /// <summary>Looks at a point (metres) from a distance, from an azimuth and an elevation (degrees, negative looks down).</summary>
    public void LookAt(double x, double y, double z, double distanceM, double azimuthDeg, double elevationDeg)
    {
        var point = stackalloc double[3] { x, y, z };
        MujocoNative.cl_renderer_camera(Handle(), -1, point, distanceM, azimuthDeg, elevationDeg);
    }

    /// <summary>Chooses which groups of geoms and sites are drawn (bit i: group i), and whether shadows are.</summary>
    public void Groups(uint geoms, uint sites, bool shadows) => MujocoNative.cl_renderer_groups(Handle(), geoms, sites, shadows ? 1 : 0);

    /// <summary>Takes the scene from a state, whose kinematics must be up to date.</summary>
    public void Scene(MujocoData data)
    {
        MujocoNative.Check(MujocoNative.cl_renderer_scene(Handle(), _model.Handle, data.Handle), "the scene cannot be made");
        GC.KeepAlive(data);
    }

    /// <summary>Adds a sphere to the scene taken last: centre and radius in metres, colour 0 to 1.</summary>
    public void AddSphere(ReadOnlySpan<double> centre, double radiusM, float red, float green, float blue, float alpha = 1)
    {
        var rgba = stackalloc float[4] { red, green, blue, alpha };
        fixed (double* c = centre)
            MujocoNative.Check(MujocoNative.cl_renderer_add(Handle(), c, null, radiusM, rgba), "a sphere cannot be drawn");
    }

    /// <summary>Adds a line with round ends to the scene taken last: ends and radius in metres, colour 0 to 1.</summary>
    public void AddLine(ReadOnlySpan<double> from, ReadOnlySpan<double> to, double radiusM, float red, float green, float blue, float alpha = 1)
    {
        var rgba = stackalloc float[4] { red, green, blue, alpha };
        fixed (double* a = from, b = to)
            MujocoNative.Check(MujocoNative.cl_renderer_add(Handle(), a, b, radiusM, rgba), "a line cannot be drawn");
    }

    /// <summary>Draws the scene taken last into <paramref name="rgb"/> (<see cref="ImageBytes"/>). Allocates nothing.</summary>
    public void Draw(Span<byte> rgb)
    {
        if (rgb.Length < ImageBytes)
            throw new ArgumentException($"The image needs {ImageBytes} bytes.", nameof(rgb));
        fixed (byte* pixels = rgb)
            MujocoNative.Check(MujocoNative.cl_renderer_draw(Handle(), pixels), "the scene cannot be drawn");
    }

    /// <summary>
    /// Draws the scene taken last as a calibrated camera sees it into <paramref name="rgb"/>: 3 bytes a pixel of the
    /// camera's own image size, rows from the top. Several views of one scene may follow each other. Allocates nothing.
    /// </summary>
    /// <exception cref="ClosedLoopException">The lens needs a larger image than this renderer was made for.</exception>
    public void Photograph(Lens lens, Span<byte> rgb)
    {
        if (rgb.Length < lens.ImageBytes)
            throw new ArgumentException($"The image needs {lens.ImageBytes} bytes.", nameof(rgb));
        fixed (double* position = lens.Position, forward = lens.Forward, up = lens.Up, window = lens.Window)
        {
            MujocoNative.Check(
                MujocoNative.cl_renderer_pinhole(Handle(), position, forward, up, window, Lens.NearM, Lens.FarM, lens.PinholeWidth, lens.PinholeHeight),
                "the camera cannot be placed");
        }
        fixed (LensPixel* pixels = lens.Pixels)
        fixed (byte* image = rgb)
            MujocoNative.Check(MujocoNative.cl_renderer_photograph(Handle(), pixels, lens.Pixels.Length, image), "the scene cannot be drawn");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0 && _thread == Environment.CurrentManagedThreadId)
            MujocoNative.cl_renderer_free(_handle);
        _handle = 0;
    }

    private nint Handle()
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        // NB: an OpenGL context is current on one thread; drawing from another silently draws nothing.
        if (_thread != Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("A renderer may be used only on the thread that made it.");
        return _handle;
    }
}
