using ClosedLoop.Acquisition;

namespace ClosedLoop.Tests.Acquisition;

/// <summary>
/// Images that say which camera took them at which trigger, in 24 black and white squares that survive any codec, over
/// a picture that moves; so that a test sees whether an image is where it belongs.
/// </summary>
internal static class CodedImages
{
    public const int Width = 320, Height = 240;

    private const int Bits = 24, Square = 10;

    public static void Draw(byte[] rgb, int camera, long frame)
    {
        for (var y = 0; y < Height; y++)
        for (var x = 0; x < Width; x++)
        {
            var at = 3 * ((y * Width) + x);
            var blob = Math.Exp(-(Math.Pow(x - 60 - (2 * (frame % 100)), 2) + Math.Pow(y - 140, 2)) / 800);
            rgb[at] = (byte)(60 + (x / 4) + (80 * blob));
            rgb[at + 1] = (byte)(90 + (y / 4));
            rgb[at + 2] = (byte)(40 + (20 * camera));
        }
        var code = (frame << 4) | (long)camera;
        for (var bit = 0; bit < Bits; bit++)
            for (var y = 0; y < Square; y++)
                rgb.AsSpan(3 * ((y * Width) + (bit * Square)), 3 * Square).Fill((byte)(((code >> bit) & 1) == 1 ? 255 : 0));
    }

    /// <summary>Which camera and frame an image says it is, RGB or grey.</summary>
    public static (int Camera, long Frame) Read(byte[] pixels)
    {
        var channels = pixels.Length / (Width * Height);
        var code = 0L;
        for (var bit = 0; bit < Bits; bit++)
            if (pixels[channels * ((Square / 2 * Width) + (bit * Square) + (Square / 2))] > 127)
                code |= 1L << bit;
        return ((int)(code & 15), code >> 4);
    }

    public static string Video(string path, string codec, int camera, int frames, double rateHz = 50)
    {
        var rgb = new byte[3 * Width * Height];
        using var writer = new VideoFileWriter(path, codec, rateHz, Width, Height);
        for (var i = 0; i < frames; i++)
        {
            Draw(rgb, camera, i);
            writer.Write(rgb);
        }
        return path;
    }

    public static string Pictures(string folder, int camera, int frames)
    {
        Directory.CreateDirectory(folder);
        var rgb = new byte[3 * Width * Height];
        var jpeg = new byte[JpegCodec.MaxBytes(Width, Height, 3)];
        for (var i = 0; i < frames; i++)
        {
            Draw(rgb, camera, i);
            var length = JpegCodec.Encode(rgb, Width, Height, 3, 90, jpeg);
            File.WriteAllBytes(Path.Combine(folder, $"image{i}.jpg"), jpeg[..length]);
        }
        return folder;
    }
}
