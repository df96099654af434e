using System.Diagnostics;
using ClosedLoop.Physics;

namespace ClosedLoop.Diagnostics;

/// <summary>Rendering without a screen, tried for real: a picture of a red ball, whose middle must be red.</summary>
internal static class RenderingChecks
{
    private const string Feature = "rendering";
    private const string Purpose = "pictures of the virtual rodent, without a screen";
    private const int Width = 160, Height = 120;

    private const string RedBall = """
        <mujoco><visual><headlight ambient="1 1 1" diffuse="0 0 0" specular="0 0 0"/></visual>
        <worldbody><geom type="sphere" size="0.1" rgba="1 0 0 1"/></worldbody></mujoco>
        """;

    public static IEnumerable<Check> Run(SystemPackages packages)
    {
        string found;
        try
        {
            using var model = MujocoModel.Load(RedBall);
            using var data = new MujocoData(model);
            data.Forward();
            using var renderer = new OffscreenRenderer(model, Width, Height, samples: 0, shadowSize: 1024);
            renderer.LookAt(0, 0, 0, distanceM: 0.4, azimuthDeg: 90, elevationDeg: -20);
            var image = new byte[renderer.ImageBytes];
            // The first picture compiles shaders; the second is what each further one costs.
            Draw(renderer, data, image);
            var began = Stopwatch.GetTimestamp();
            Draw(renderer, data, image);
            var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;

            var middle = 3 * ((Height / 2 * Width) + (Width / 2));
            var (red, green, blue) = (image[middle], image[middle + 1], image[middle + 2]);
            if (red > 150 && green < 80 && blue < 80)
                return [new Check(Feature, "EGL without a screen", CheckState.Ok, $"a picture of {Width} x {Height} in {milliseconds:F1} ms", Purpose, NeededForDemo: true)];
            found = $"the picture is wrong: its middle is ({red}, {green}, {blue}) and should be red";
        }
        catch (Exception exception) when (Failure.IsOfMachine(exception))
        {
            found = Failure.Sentence(exception);
        }
        var mend = packages.InstallCommand("libegl1", "libegl-mesa0", "libgl1", "libgl1-mesa-dri");
        return [new Check(Feature, "EGL without a screen", CheckState.Missing, found, Purpose, mend, NeededForDemo: true)];
    }

    private static void Draw(OffscreenRenderer renderer, MujocoData data, byte[] image)
    {
        renderer.Scene(data);
        renderer.Draw(image);
    }
}
