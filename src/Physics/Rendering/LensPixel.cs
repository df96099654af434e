using System.Runtime.InteropServices;

namespace ClosedLoop.Physics;

/// <summary>Where in a pinhole image a pixel of a camera with a lens looks; laid out as cl_lens_pixel in native/mujoco/lens.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct LensPixel(uint offset, ushort right, ushort later)
{
    /// <summary>First byte of the neighbour with the lesser column and row, in an image of 3 bytes a pixel.</summary>
    public readonly uint Offset = offset;

    /// <summary>Share of the neighbour in the next column, 1/256.</summary>
    public readonly ushort Right = right;

    /// <summary>Share of the neighbour in the next row in memory, 1/256.</summary>
    public readonly ushort Later = later;
}
