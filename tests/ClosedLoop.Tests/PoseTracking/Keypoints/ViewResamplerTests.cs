using ClosedLoop.Core;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

/// <summary>Crops and small views against what the formula says of every pixel.</summary>
public sealed class ViewResamplerTests
{
    [Theory]
    [InlineData(100, 80, 73.5)]
    [InlineData(20.3, 11.7, 96)]
    [InlineData(150, 118, 181.2)]
    [InlineData(-10, 130, 60)]
    public void A_crop_is_bilinear_and_black_outside(double u0, double v0, double side)
    {
        var (width, height) = (160, 120);
        var image = Noise(width, height, 3);
        var planes = new float[3 * 96 * 96];
        new ViewResampler((width, height, 3), 96, 96).Crop(image, new(u0, v0, side), planes);
        for (var c = 0; c < 3; c++)
            for (var j = 0; j < 96; j++)
                for (var i = 0; i < 96; i++)
                {
                    var u = u0 + ((((i + 0.5) / 96) - 0.5) * side);
                    var v = v0 + ((((j + 0.5) / 96) - 0.5) * side);
                    var (x, y) = ((int)Math.Floor(u), (int)Math.Floor(v));
                    var (a, b) = (u - x, v - y);
                    var expected = ((1 - b) * (((1 - a) * At(x, y)) + (a * At(x + 1, y)))) + (b * (((1 - a) * At(x, y + 1)) + (a * At(x + 1, y + 1))));
                    Assert.Equal(expected, planes[(((c * 96) + j) * 96) + i], 2e-6);
                    double At(int px, int py) => px < 0 || py < 0 || px >= width || py >= height ? 0 : image[(((py * width) + px) * 3) + c] / 255.0;
                }
    }

    [Fact]
    public void A_crop_made_much_smaller_averages_what_it_skips()
    {
        // Stripes of one pixel: sampled plainly they would come out as any grey between black and white.
        var (width, height) = (800, 600);
        var image = new byte[width * height];
        for (var i = 0; i < image.Length; i++)
            image[i] = (byte)(i % 2 * 255);
        var planes = new float[3 * 96 * 96];
        new ViewResampler((width, height, 1), 96, 96).Crop(image, new(400.2, 300, 96 * 4.1), planes);
        Assert.All(planes, value => Assert.InRange(value, 0.47f, 0.53f));
    }

    [Fact]
    public void A_ramp_keeps_its_places_at_every_scale()
    {
        var (width, height) = (1280, 400);
        var image = new byte[width * height];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                image[(y * width) + x] = (byte)(x / 5);
        var planes = new float[3 * 96 * 96];
        var resampler = new ViewResampler((width, height, 1), 96, 96);
        foreach (var side in new[] { 60.0, 96, 150, 191, 193, 380 })
        {
            resampler.Crop(image, new(640, 200, side), planes);
            for (var i = 0; i < 96; i++)
            {
                var u = 640 + ((((i + 0.5) / 96) - 0.5) * side);
                Assert.Equal((u - 2) / 5 / 255, planes[(40 * 96) + i], 0.006);
            }
        }
    }

    [Fact]
    public void A_view_four_times_as_large_is_the_mean_of_four_by_four()
    {
        var (width, height) = (320, 240);
        var image = Noise(width, height, 3);
        var planes = new float[3 * 60 * 80];
        new ViewResampler((width, height, 3), 80, 60).Shrink(image, planes);
        for (var c = 0; c < 3; c++)
            for (var j = 0; j < 60; j++)
                for (var i = 0; i < 80; i++)
                {
                    var sum = 0.0;
                    for (var y = 0; y < 4; y++)
                        for (var x = 0; x < 4; x++)
                            sum += image[(((((4 * j) + y) * width) + (4 * i) + x) * 3) + c];
                    Assert.Equal(sum / 16 / 255, planes[(((c * 60) + j) * 80) + i], 2e-6);
                }
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(1000, 300)]
    [InlineData(300, 500)]
    [InlineData(333, 251)]
    public void A_view_of_any_shape_lies_centred_between_black_bars_and_keeps_its_light(int width, int height)
    {
        var image = new byte[width * height];
        Array.Fill(image, (byte)255);
        var planes = new float[3 * 60 * 80];
        new ViewResampler((width, height, 1), 80, 60).Shrink(image, planes);
        var box = Letterbox.Of(width, height, 80, 60);
        Assert.Equal(width * height / (box.Scale * box.Scale), planes.Take(4800).Sum(), 0.1);
        // The centre of the view lies in the centre of the small image.
        var (u, v) = box.ToView(39.5, 29.5);
        Assert.Equal(((width / 2.0) - 0.5, (height / 2.0) - 0.5), (u, v));
        for (var j = 0; j < 60; j++)
            for (var i = 0; i < 80; i++)
            {
                var (x, y) = box.ToView(i, j);
                var inside = x > box.Scale && x < width - 1 - box.Scale && y > box.Scale && y < height - 1 - box.Scale;
                var outside = x < -box.Scale || x > width + box.Scale || y < -box.Scale || y > height + box.Scale;
                if (inside)
                    Assert.Equal(1, planes[(j * 80) + i], 1e-5);
                if (outside)
                    Assert.Equal(0, planes[(j * 80) + i]);
            }
    }

    [Fact]
    public void What_is_not_there_is_black_and_nothing_is_allocated()
    {
        var image = Noise(64, 48, 3);
        var resampler = new ViewResampler((64, 48, 3), 96, 96);
        var planes = new float[3 * 96 * 96];
        foreach (var window in new[] { CropWindow.None, new(1000, 20, 50), new(20, -300, 50), new(10, 10, 0) })
        {
            Array.Fill(planes, 1);
            resampler.Crop(image, window, planes);
            Assert.All(planes, value => Assert.Equal(0, value));
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var side = 10; side < 300; side += 10)
            resampler.Crop(image, new(32, 24, side), planes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void An_image_of_two_channels_is_refused() =>
        Assert.Contains("2 channels", Assert.Throws<ClosedLoopException>(() => new ViewResampler((8, 8, 2), 4, 4)).Message, StringComparison.Ordinal);

    private static byte[] Noise(int width, int height, int channels)
    {
        var image = new byte[width * height * channels];
        new Random(3).NextBytes(image);
        return image;
    }
}
