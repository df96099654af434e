namespace ClosedLoop.Physics;

/// <summary>
/// Turns a drawn image into a photograph: exposure, tone curve, vignetting, motion blur, lens blur and noise, in this
/// order. Belongs to one thread; allocates nothing.
/// </summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
public sealed unsafe class PhotoLab(int width, int height)
{
    private readonly float[] _scratch = new float[6 * width * height];

    /// <summary>Develops an image of 3 bytes a pixel in place. The same settings give the same image.</summary>
    public void Develop(Span<byte> rgb, PhotoSettings settings)
    {
        if (rgb.Length < 3 * width * height)
            throw new ArgumentException($"The image needs {3 * width * height} bytes.", nameof(rgb));
        fixed (byte* pixels = rgb)
        fixed (float* scratch = _scratch)
            MujocoNative.cl_photo_develop(pixels, width, height, &settings, scratch);
    }
}
