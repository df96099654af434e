using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClosedLoop.Electrophysiology;

/// <summary>Samples side by side to samples one after the other.</summary>
internal static class Transposition
{
    private const int Tile = 8;

    /// <summary>Copies rows to columns.</summary>
    /// <param name="rows">Samples: all channels of the first, then of the second.</param>
    /// <param name="count">Samples.</param>
    /// <param name="channels">Channels that are copied.</param>
    /// <param name="rowStride">Numbers from a sample to the next.</param>
    /// <param name="columns">Receives channel after channel.</param>
    /// <param name="columnStride">Numbers from a channel to the next.</param>
    public static void Copy(ReadOnlySpan<float> rows, int count, int channels, int rowStride, Span<float> columns, int columnStride)
    {
        if (count == 0 || channels == 0)
            return;
        // NB: what follows goes by addresses; here is where it is asked whether there is room.
        _ = rows[((count - 1) * rowStride) + channels - 1];
        _ = columns[((channels - 1) * columnStride) + count - 1];
        var (wholeCount, wholeChannels) = Avx.IsSupported ? (count / Tile * Tile, channels / Tile * Tile) : (0, 0);
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetReference(columns);
        for (var c = 0; c < wholeChannels; c += Tile)
            for (var t = 0; t < wholeCount; t += Tile)
                CopyTile(ref Unsafe.Add(ref from, (t * rowStride) + c), (nuint)rowStride, ref Unsafe.Add(ref to, (c * columnStride) + t), (nuint)columnStride);
        for (var c = 0; c < channels; c++)
            for (var t = c < wholeChannels ? wholeCount : 0; t < count; t++)
                columns[(c * columnStride) + t] = rows[(t * rowStride) + c];
    }

    /// <summary>Eight by eight: pairs are interleaved, then pairs of pairs, then halves.</summary>
    private static void CopyTile(ref float from, nuint rows, ref float to, nuint columns)
    {
        var (r0, r1, r2, r3) = (Vector256.LoadUnsafe(ref from), Vector256.LoadUnsafe(ref from, rows), Vector256.LoadUnsafe(ref from, 2 * rows), Vector256.LoadUnsafe(ref from, 3 * rows));
        var (r4, r5, r6, r7) = (Vector256.LoadUnsafe(ref from, 4 * rows), Vector256.LoadUnsafe(ref from, 5 * rows), Vector256.LoadUnsafe(ref from, 6 * rows), Vector256.LoadUnsafe(ref from, 7 * rows));
        var (a0, a1, a2, a3) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1), Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (a4, a5, a6, a7) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5), Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        var (b0, b1, b2, b3) = (Avx.Shuffle(a0, a2, 0x44), Avx.Shuffle(a0, a2, 0xEE), Avx.Shuffle(a1, a3, 0x44), Avx.Shuffle(a1, a3, 0xEE));
        var (b4, b5, b6, b7) = (Avx.Shuffle(a4, a6, 0x44), Avx.Shuffle(a4, a6, 0xEE), Avx.Shuffle(a5, a7, 0x44), Avx.Shuffle(a5, a7, 0xEE));
        Avx.Permute2x128(b0, b4, 0x20).StoreUnsafe(ref to);
        Avx.Permute2x128(b1, b5, 0x20).StoreUnsafe(ref to, columns);
        Avx.Permute2x128(b2, b6, 0x20).StoreUnsafe(ref to, 2 * columns);
        Avx.Permute2x128(b3, b7, 0x20).StoreUnsafe(ref to, 3 * columns);
        Avx.Permute2x128(b0, b4, 0x31).StoreUnsafe(ref to, 4 * columns);
        Avx.Permute2x128(b1, b5, 0x31).StoreUnsafe(ref to, 5 * columns);
        Avx.Permute2x128(b2, b6, 0x31).StoreUnsafe(ref to, 6 * columns);
        Avx.Permute2x128(b3, b7, 0x31).StoreUnsafe(ref to, 7 * columns);
    }
}
