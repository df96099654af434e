using ClosedLoop.Physics;

namespace ClosedLoop.Tests.Physics;

public sealed class OffscreenRendererTests
{
    private const string Ball = """
        <mujoco><worldbody><light pos="0 0 3" diffuse="1 1 1"/>
          <geom type="sphere" size="0.1" pos="0 0 0.2" rgba="1 0 0 1"/></worldbody></mujoco>
        """;

    [Fact]
    public void A_red_ball_above_the_middle_is_drawn_red_and_above_the_middle()
    {
        using var model = MujocoModel.Load(Ball);
        using var data = new MujocoData(model);
        using var renderer = new OffscreenRenderer(model, 64, 48);
        data.Forward();
        renderer.LookAt(0, 0, 0.1, 1, 0, 0);
        renderer.Scene(data);
        var image = new byte[renderer.ImageBytes];
        renderer.Draw(image);
        var rows = Enumerable.Range(0, 48).Where(y => Enumerable.Range(0, 64).Any(x => IsRed(image, (64 * y) + x))).ToList();
        Assert.NotEmpty(rows);
        Assert.InRange(rows.Average(), 4, 23);
    }

    [Fact]
    public void A_picture_survives_the_way_through_a_png_file()
    {
        var image = new byte[3 * 5 * 4];
        new Random(1).NextBytes(image);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        try
        {
            PngFile.Write(path, image, 5, 4);
            Assert.Equal((5, 4), PngReader.Read(path, out var read));
            Assert.Equal(image, read);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static bool IsRed(byte[] image, int pixel) => image[3 * pixel] > 60 && image[(3 * pixel) + 1] < 30;
}
