using ClosedLoop.Core;
using ClosedLoop.Physics;

namespace ClosedLoop.Simulation;

/// <summary>What the cameras of one rig make of the light: alike among themselves, different from other rigs'.</summary>
internal sealed class CameraLooks
{
    private readonly PhotoSettings _common;
    private readonly double _exposureS;
    private readonly double _spread;

    private CameraLooks(PhotoSettings common, double exposureS, double spread) => (_common, _exposureS, _spread) = (common, exposureS, spread);

    /// <summary>Any laboratory's cameras, well or badly adjusted.</summary>
    public static CameraLooks Draw(RandomStream random)
    {
        var exposure = Math.Clamp(Math.Exp(0.05 + (0.28 * random.Normal())), 0.5, 2.2);
        return new(
            new()
            {
                GainRed = (float)(exposure * random.Uniform(0.88, 1.14)),
                GainGreen = (float)exposure,
                GainBlue = (float)(exposure * random.Uniform(0.86, 1.16)),
                Gamma = (float)Math.Exp(random.Uniform(-0.4, 0.3)),
                Black = (float)random.Uniform(0, 16),
                BlurPx = (float)random.Uniform(0.25, 0.9),
                Vignette = (float)random.Uniform(0, 0.4),
                ReadNoise = (float)random.Uniform(0.4, 4),
                ShotNoise = (float)(random.Uniform() * random.Uniform(0, 0.16)),
                Grey = random.Uniform() < 0.25 ? 1 : 0,
            },
            random.Uniform(0.001, 0.010),
            random.Uniform(0.02, 0.12));
    }

    /// <summary>Good cameras, well adjusted, a little noisy.</summary>
    /// <param name="noise">Factor of the usual noise; 0: none.</param>
    public static CameraLooks Usual(double noise) =>
        new(new() { Black = 4, BlurPx = 0.55f, Vignette = 0.12f, ReadNoise = (float)(1.6 * noise), ShotNoise = (float)(0.03 * noise * noise) }, 0.003, 0.03);

    /// <summary>The settings for one image.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="keypoints">The animal now; NaN where it is absent.</param>
    /// <param name="before">The animal one <see cref="SimulatedAnimal.FramePeriodS"/> earlier.</param>
    /// <param name="random">Where the image's own differences come from.</param>
    public PhotoSettings Settings(CameraCalibration camera, ReadOnlySpan<double> keypoints, ReadOnlySpan<double> before, RandomStream random)
    {
        var settings = _common;
        var gain = (float)Math.Exp(_spread * random.Normal());
        settings.GainRed *= gain * (float)(1 + (0.3 * _spread * random.Normal()));
        settings.GainGreen *= gain;
        settings.GainBlue *= gain * (float)(1 + (0.3 * _spread * random.Normal()));
        settings.BlurPx *= (float)random.Uniform(0.85, 1.15);
        settings.Seed = (ulong)(random.Uniform() * long.MaxValue);

        // The whole animal is smeared along its mean motion; what its paws do beyond that is left sharp.
        var (moveX, moveY, count) = (0.0, 0.0, 0);
        var (left, top, right, bottom) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        for (var i = 0; i < keypoints.Length; i += 3)
        {
            var (u, v) = camera.Project(keypoints[i], keypoints[i + 1], keypoints[i + 2]);
            var (u0, v0) = camera.Project(before[i], before[i + 1], before[i + 2]);
            if (!double.IsFinite(u + v + u0 + v0))
                continue;
            (left, top, right, bottom) = (Math.Min(left, u), Math.Min(top, v), Math.Max(right, u), Math.Max(bottom, v));
            moveX += u - u0;
            moveY += v - v0;
            count++;
        }
        if (count == 0)
            return settings;
        var exposed = _exposureS / SimulatedAnimal.FramePeriodS / count;
        (settings.MotionXPx, settings.MotionYPx) = ((float)(moveX * exposed), (float)(moveY * exposed));
        const int Margin = 12;
        (settings.MotionLeft, settings.MotionTop) = ((int)Math.Clamp(left - Margin, 0, camera.WidthPx), (int)Math.Clamp(top - Margin, 0, camera.HeightPx));
        (settings.MotionRight, settings.MotionBottom) = ((int)Math.Clamp(right + Margin, 0, camera.WidthPx), (int)Math.Clamp(bottom + Margin, 0, camera.HeightPx));
        return settings;
    }
}
