using System.Runtime.InteropServices;

namespace ClosedLoop.PoseTracking;

/// <summary>A number that tells whether two images are the same: FNV-1a over eight bytes at a time.</summary>
internal static class ImageDigest
{
    public static ulong Of(ReadOnlySpan<byte> pixels)
    {
        var digest = 14695981039346656037UL;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(pixels))
            digest = (digest ^ word) * 1099511628211UL;
        return digest;
    }
}
