using ClosedLoop.Acquisition;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.Tests.Recording;
using Xunit;

namespace ClosedLoop.Tests.Acquisition;

public sealed class VideoFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mp4v", ".mp4")]
    [InlineData("avc1", ".mp4")]
    [InlineData("MJPG", ".avi")]
    public void A_video_gives_back_every_frame_in_order_in_true_colours_and_reaches_any(string codec, string extension)
    {
        var path = CodedImages.Video(_folder["a" + extension], codec, camera: 5, frames: 40);
        using var video = VideoFile.Open(path);
        Assert.Equal((320, 240, 40L), (video.WidthPx, video.HeightPx, video.FrameCount));
        Assert.Equal(50, video.RateHz, 3);
        var pixels = new byte[320 * 240 * 3];
        var truth = new byte[320 * 240 * 3];
        for (var i = 0; i < 40; i++)
        {
            Assert.True(video.TryRead(pixels, 3));
            Assert.Equal((5, i), CodedImages.Read(pixels));
            CodedImages.Draw(truth, 5, i);
            // Red and blue differ by 50 and more here: exchanged channels would not pass.
            for (var channel = 0; channel < 3; channel++)
                Assert.InRange(Mean(pixels, channel) - Mean(truth, channel), -4, 4);
        }
        Assert.False(video.TryRead(pixels, 3));
        foreach (var frame in new[] { 17, 3, 39, 0 })
        {
            video.Seek(frame);
            Assert.True(video.TryRead(pixels, 3));
            Assert.Equal(frame, CodedImages.Read(pixels).Frame);
            Assert.Equal(frame + 1, video.Position);
        }
        Assert.Throws<ClosedLoopException>(() => video.Seek(41));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var video = VideoFile.Open(CodedImages.Video(_folder["a.avi"], "MJPG", 0, 30));
        var pixels = new byte[320 * 240 * 3];
        for (var i = 0; i < 5; i++)
            video.TryRead(pixels, 3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
            video.TryRead(pixels, 3);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_is_no_video_is_refused_by_name()
    {
        File.WriteAllText(_folder["a.mp4"], "no video at all");
        Assert.Equal(1, Refusal(_folder["a.mp4"], "a.mp4").ExitCode);
        Assert.Equal(2, Refusal(_folder["b.mp4"], "b.mp4").ExitCode);
        Assert.Equal(2, Refusal(_folder["."], "directory").ExitCode);
    }

    [Fact]
    public void A_video_cut_short_ends_early_and_does_not_fail()
    {
        var path = CodedImages.Video(_folder["a.avi"], "MJPG", 0, 40);
        using (var file = File.OpenWrite(path))
            file.SetLength(file.Length / 2);
        using var video = VideoFile.Open(path);
        var pixels = new byte[320 * 240 * 3];
        var count = 0;
        while (video.TryRead(pixels, 3))
            Assert.Equal(count++, CodedImages.Read(pixels).Frame);
        Assert.InRange(count, 15, 25);
    }

    [Fact]
    public void Pictures_of_a_folder_come_in_natural_order_and_a_broken_one_is_passed()
    {
        var path = CodedImages.Pictures(_folder["cam"], 2, 12);
        File.WriteAllText(Path.Combine(path, "image7.jpg"), "broken");
        File.WriteAllText(Path.Combine(path, "notes.txt"), "not a picture");
        using var images = ImageFolder.Open(path);
        Assert.Equal(12, images.FrameCount);
        var pixels = new byte[320 * 240];
        for (var i = 0; i < 12; i++)
        {
            if (i == 7)
            {
                Assert.Contains("image7.jpg", Assert.Throws<ClosedLoopException>(() => images.TryRead(pixels, 1)).Message);
                continue;
            }
            Assert.True(images.TryRead(pixels, 1));
            Assert.Equal((2, i), CodedImages.Read(pixels));
        }
        Assert.False(images.TryRead(pixels, 1));
        Assert.Equal(2, Assert.Throws<ClosedLoopException>(() => ImageFolder.Open(_folder["none"])).ExitCode);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void A_jpeg_comes_back_nearly_as_it_was_and_a_broken_or_other_one_is_refused(int channels)
    {
        var random = new Random(3);
        var pixels = new byte[64 * 48 * channels];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)((128 * (i % channels) / channels) + (i / channels % 64) + random.Next(4));
        var jpeg = new byte[JpegCodec.MaxBytes(64, 48, channels)];
        var length = JpegCodec.Encode(pixels, 64, 48, channels, 95, jpeg);
        var back = new byte[pixels.Length];
        Assert.True(JpegCodec.TryDecode(jpeg.AsSpan(0, length), back, 64, 48, channels, out _));
        Assert.InRange(pixels.Zip(back, (a, b) => Math.Abs(a - b)).Average(), 0, 4);
        Assert.False(JpegCodec.TryDecode(jpeg.AsSpan(0, length), new byte[32 * 48 * channels], 32, 48, channels, out var why));
        Assert.Contains("64 x 48", why);
        Assert.False(JpegCodec.TryDecode("junk"u8, back, 64, 48, channels, out _));
        Assert.Throws<ClosedLoopException>(() => JpegCodec.Encode(pixels, 64, 48, channels, 95, new byte[10]));
        var random2 = new byte[64 * 48 * channels];
        random.NextBytes(random2);
        Assert.True(JpegCodec.Encode(random2, 64, 48, channels, 100, jpeg) > 0);
    }

    [Fact]
    public void A_png_is_read_exactly()
    {
        var pixels = new byte[3 * 20 * 10];
        new Random(1).NextBytes(pixels);
        PngFile.Write(_folder["a.png"], pixels, 20, 10);
        var picture = PictureFile.Read(_folder["a.png"]);
        Assert.Equal((20, 10, 3), (picture.WidthPx, picture.HeightPx, picture.Channels));
        Assert.Equal(pixels, picture.Pixels);
    }

    private static double Mean(byte[] rgb, int channel)
    {
        var sum = 0.0;
        for (var i = channel; i < rgb.Length; i += 3)
            sum += rgb[i];
        return sum / (rgb.Length / 3.0);
    }

    private static ClosedLoopException Refusal(string path, string names)
    {
        var error = Assert.Throws<ClosedLoopException>(() => VideoFile.Open(path));
        Assert.Contains(names, error.Message);
        return error;
    }
}
