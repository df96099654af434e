using System.Buffers.Binary;
using System.IO.Compression;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>Writes images as PNG (ISO/IEC 15948): 8 bits a channel, no interlace.</summary>
public static class PngFile
{
    /// <summary>Writes an image of 3 bytes a pixel, rows from the top. The file appears whole or not at all.</summary>
    public static void Write(string path, ReadOnlySpan<byte> rgb, int width, int height)
    {
        if (rgb.Length < 3 * width * height)
            throw new ArgumentException("The image has fewer bytes than its size asks for.", nameof(rgb));
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            // Each row is preceded by its filter type; 1 predicts a pixel from its left neighbour.
            var row = new byte[1 + (3 * width)];
            row[0] = 1;
            for (var y = 0; y < height; y++)
            {
                var source = rgb.Slice(3 * width * y, 3 * width);
                for (var i = 0; i < source.Length; i++)
                    row[1 + i] = (byte)(source[i] - (i >= 3 ? source[i - 3] : 0));
                zlib.Write(row);
            }
        }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = 2;
        var temporary = path + ".part";
        try
        {
            using (var file = File.Create(temporary))
            {
                file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
                WriteChunk(file, "IHDR"u8, header);
                WriteChunk(file, "IDAT"u8, compressed.ToArray());
                WriteChunk(file, "IEND"u8, []);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"the picture {path} cannot be written: {e.Message}", e);
        }
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Compute(data, Crc32.Compute(type)));
        stream.Write(number);
    }
}
