using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Simulation;

public sealed class PhotoLabTests
{
    private const int Width = 160;
    private const int Height = 120;

    [Theory]
    [InlineData(0, 3, 0)]
    [InlineData(100, 0, 0.05)]
    [InlineData(200, 2, 0.08)]
    public void Noise_has_the_planted_level(byte level, float read, float shot)
    {
        var image = Flat(level);
        new PhotoLab(Width, Height).Develop(image, new() { ReadNoise = read, ShotNoise = shot, Black = level == 0 ? 60 : 0, Seed = 4 });
        var mean = image.Average(v => (double)v);
        var deviation = Math.Sqrt(image.Average(v => (v - mean) * (v - mean)));
        var expected = level == 0 ? 60 : level;
        Assert.Equal(expected, mean, 0.15);
        // Rounding to whole levels adds a twelfth.
        Assert.Equal(Math.Sqrt((read * read) + (shot * expected) + (1 / 12.0)), deviation, 0.05);
    }

    [Fact]
    public void Without_effects_nothing_changes()
    {
        var image = new byte[3 * Width * Height];
        new Random(1).NextBytes(image);
        var before = image.ToArray();
        new PhotoLab(Width, Height).Develop(image, new());
        Assert.Equal(before, image);
    }

    [Fact]
    public void Blur_and_motion_spread_a_point_as_far_as_planted_and_keep_its_light()
    {
        var lab = new PhotoLab(Width, Height);
        var blurred = Point();
        lab.Develop(blurred, new() { BlurPx = 0.8f });
        var moved = Point();
        lab.Develop(moved, new() { MotionXPx = 6, MotionRight = Width, MotionBottom = Height });
        Assert.InRange(Spread(blurred).Horizontal, 0.7, 0.85);
        Assert.InRange(Spread(blurred).Vertical, 0.7, 0.85);
        // Even motion over 6 px has a standard deviation of 6 / sqrt(12), a little more where seven places stand for all.
        Assert.InRange(Spread(moved).Horizontal, 1.7, 2.1);
        Assert.InRange(Spread(moved).Vertical, 0, 0.01);
    }

    [Fact]
    public void Exposure_tone_and_vignetting_do_what_they_say()
    {
        var lab = new PhotoLab(Width, Height);
        var image = Flat(64);
        lab.Develop(image, new() { GainRed = 2, GainBlue = 0.5f, Vignette = 0.5f });
        var middle = 3 * ((Height / 2 * Width) + (Width / 2));
        Assert.Equal((128, 64, 32), (image[middle], image[middle + 1], image[middle + 2]));
        Assert.Equal(64, image[0]);
        var grey = Flat(64);
        lab.Develop(grey, new() { Gamma = 0.5f, Grey = 1, ReadNoise = 3 });
        Assert.All(Enumerable.Range(0, Width * Height), i => Assert.True(grey[3 * i] == grey[(3 * i) + 1] && grey[3 * i] == grey[(3 * i) + 2]));
        Assert.Equal(255 * Math.Sqrt(64 / 255.0), grey.Average(v => (double)v), 0.2);
    }

    private static byte[] Flat(byte level) => [.. Enumerable.Repeat(level, 3 * Width * Height)];

    private static byte[] Point()
    {
        var image = Flat(0);
        image.AsSpan(3 * ((50 * Width) + 70), 3).Fill(255);
        return image;
    }

    private static (double Horizontal, double Vertical) Spread(byte[] image)
    {
        var (sum, u, v, uu, vv) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < Width * Height; i++)
        {
            double level = image[3 * i], x = (i % Width) - 70, y = (i / Width) - 50;
            (sum, u, v, uu, vv) = (sum + level, u + (level * x), v + (level * y), uu + (level * x * x), vv + (level * y * y));
        }
        Assert.InRange(sum, 245, 265);
        return (Math.Sqrt(Math.Max(0, (uu / sum) - (u * u / sum / sum))), Math.Sqrt(Math.Max(0, (vv / sum) - (v * v / sum / sum))));
    }
}
