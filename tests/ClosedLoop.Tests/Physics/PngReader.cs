using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ClosedLoop.Tests.Physics;

/// <summary>Reads the one kind of PNG that we write, by the standard and not by our writer.</summary>
internal static class PngReader
{
    /// <summary>Size of the picture; its pixels are 3 bytes each, rows from the top.</summary>
    public static (int Width, int Height) Read(string path, out byte[] rgb)
    {
        var file = File.ReadAllBytes(path);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], file[..8]);
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20)));
        using var compressed = new MemoryStream();
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (Encoding.ASCII.GetString(file, at + 4, 4) == "IDAT")
                compressed.Write(file, at + 8, length);
            at += 12 + length;
        }
        compressed.Position = 0;
        using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        var (rows, stride) = (raw.ToArray(), 3 * width);
        Assert.Equal((stride + 1) * height, rows.Length);
        rgb = new byte[stride * height];
        for (var y = 0; y < height; y++)
        {
            Assert.Equal(1, rows[y * (stride + 1)]);
            for (var i = 0; i < stride; i++)
                rgb[(stride * y) + i] = (byte)(rows[(y * (stride + 1)) + 1 + i] + (i >= 3 ? rgb[(stride * y) + i - 3] : 0));
        }
        return (width, height);
    }
}
