namespace ClosedLoop.Core;

/// <summary>Makes images small for a recording, and back. Called by several threads at once; allocates nothing.</summary>
public interface IImageCodec
{
    /// <summary>The format's name as Foxglove knows it: "jpeg".</summary>
    string Format { get; }

    /// <summary>What decides the encoded images besides the format, for a person: "quality 90".</summary>
    string Settings { get; }

    /// <summary>Room that any image of this size fits in.</summary>
    int MaxBytes(int widthPx, int heightPx, int channels);

    /// <summary>Encodes an image of 8 bits, rows from the top, RGB where it has 3 channels.</summary>
    /// <returns>How many bytes of <paramref name="to"/> were written.</returns>
    /// <exception cref="ClosedLoopException">It cannot be encoded, or there is no room.</exception>
    int Encode(ReadOnlySpan<byte> pixels, int widthPx, int heightPx, int channels, Span<byte> to);

    /// <summary>Decodes an image whose size is known.</summary>
    /// <returns>False where it is damaged or of another size; <paramref name="why"/> says which.</returns>
    bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> pixels, int widthPx, int heightPx, int channels, out string why);
}
