using System.Runtime.InteropServices;

namespace ClosedLoop.Physics;

/// <summary>What a camera makes of the light; laid out as cl_photo in native/mujoco/photo.c. Levels are those of 8-bit images.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PhotoSettings()
{
    /// <summary>Exposure and white balance: factor of the red channel.</summary>
    public float GainRed = 1;

    /// <summary>Factor of the green channel.</summary>
    public float GainGreen = 1;

    /// <summary>Factor of the blue channel.</summary>
    public float GainBlue = 1;

    /// <summary>Exponent of the tone curve; below 1 brightens the shadows.</summary>
    public float Gamma = 1;

    /// <summary>Level of a pixel that no light falls on.</summary>
    public float Black;

    /// <summary>Standard deviation of the lens's blur, pixels; up to about 1.2 (five pixels are looked at).</summary>
    public float BlurPx;

    /// <summary>Motion during the exposure along rows, pixels.</summary>
    public float MotionXPx;

    /// <summary>Motion during the exposure along columns, pixels.</summary>
    public float MotionYPx;

    /// <summary>First column of what moves.</summary>
    public int MotionLeft;

    /// <summary>First row of what moves.</summary>
    public int MotionTop;

    /// <summary>Column after the last of what moves.</summary>
    public int MotionRight;

    /// <summary>Row after the last of what moves.</summary>
    public int MotionBottom;

    /// <summary>Loss of light in the image's corners, 0 to 1.</summary>
    public float Vignette;

    /// <summary>Standard deviation of the noise in the dark, levels.</summary>
    public float ReadNoise;

    /// <summary>Variance of the noise per level of light.</summary>
    public float ShotNoise;

    /// <summary>1: a camera without colours, its one channel given three times.</summary>
    public int Grey;

    /// <summary>Seed of the noise.</summary>
    public ulong Seed;
}
