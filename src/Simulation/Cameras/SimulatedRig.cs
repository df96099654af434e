using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// Cameras around a round arena of <see cref="ArenaRadiusM"/>, each with a lens of its own, aimed so that the animal is
/// in view wherever it goes, as large as that allows: about 2.75 mm per pixel at the middle with 320 x 240 pixels.
/// </summary>
public static class SimulatedRig
{
    /// <summary>Radius of the arena, metres: the animal is to be simulated with this <see cref="SimulatedAnimalOptions.ArenaRadiusM"/>.</summary>
    public const double ArenaRadiusM = 0.4;

    // How far from the middle (m) keypoints get at which height (m), over an hour of animals of scale 0.75 to 1.15.
    private static readonly (double Radius, double Height)[] Reach = [(0.40, 0), (0.40, 0.10), (0.25, 0.17), (0.15, 0.22)];

    /// <summary>Draws a rig. The same options give the same rig.</summary>
    /// <exception cref="ClosedLoopException">An option is out of its range.</exception>
    public static RigCalibration Create(SimulatedRigOptions? options = null)
    {
        options ??= new();
        if (!(options.Cameras is >= 1 and <= 64))
            throw ClosedLoopException.Usage($"a simulated rig of {options.Cameras} cameras was asked for; it has 1 to 64");
        if (!(options.WidthPx is >= 64 and <= 1920 && options.HeightPx is >= 48 and <= 1200))
            throw ClosedLoopException.Usage($"simulated images of {options.WidthPx} x {options.HeightPx} pixels were asked for; sizes go from 64 x 48 to 1920 x 1200");
        if (!(options.Variety is >= 0 and <= 1))
            throw ClosedLoopException.Usage($"a variety of {options.Variety} was asked for; it goes from 0 to 1");
        var random = new RandomStream(options.Seed, "rig");
        var turn = options.Variety * random.Uniform(0, 2 * Math.PI);
        return new([.. Enumerable.Range(0, options.Cameras).Select(i => Place(i, turn, options, random))]);
    }

    private static CameraCalibration Place(int index, double turn, SimulatedRigOptions options, RandomStream random)
    {
        var v = options.Variety;
        double Spread(double around, double built, double varied) => around + random.Uniform(-1, 1) * (built + (v * (varied - built)));

        var azimuth = turn + (2 * Math.PI * index / options.Cameras) + Spread(0, 0.05, 0.25);
        var radius = Spread(0.62, 0.02, 0.09);
        var height = Spread(index % 2 == 0 ? 0.38 : 0.54, 0.015, 0.10);
        var roll = Spread(0, 0.02, 0.12);
        double[] place = [radius * Math.Cos(azimuth), radius * Math.Sin(azimuth), height];

        // A wide lens bends its image inwards; k2 takes a part of that back at the edge.
        var k1 = Spread(-0.16 + (0.03 * v), 0.05, 0.11);
        var distortion = new[] { k1, random.Uniform(0.3, 1.2) * k1 * k1, Spread(0, 0.0008, 0.002), Spread(0, 0.0008, 0.002), 0 };
        var aspect = Spread(1, 0.003, 0.006);
        var (offCentreX, offCentreY) = (Spread(0, 0.012, 0.03) * options.WidthPx, Spread(0, 0.012, 0.03) * options.HeightPx);
        // Not every rig is focused as tightly as it could be, and some a little too tightly.
        var zoom = Spread(1 - (0.04 * v), 0.01, 0.10);
        double[] miss = [Spread(0, 0.002, 0.035), Spread(0, 0.002, 0.035), Spread(0, 0.002, 0.02)];

        // NB: a strong lens may fold back before the corner of a wide image: it is weakened until every pixel has a direction.
        while (true)
        {
            var aimed = AimWell(place, miss, roll, new()
            {
                Name = $"cam{index + 1}",
                WidthPx = options.WidthPx,
                HeightPx = options.HeightPx,
                FocalXPx = 1,
                FocalYPx = 1,
                CentreXPx = ((options.WidthPx - 1) / 2.0) + offCentreX,
                CentreYPx = ((options.HeightPx - 1) / 2.0) + offCentreY,
                Distortion = distortion,
                Rotation = [],
                TranslationM = [],
            });
            var camera = aimed with { FocalXPx = aimed.FocalXPx * zoom, FocalYPx = aimed.FocalXPx * zoom * aspect };
            if (SeesEverywhere(camera))
                return camera;
            distortion = [.. distortion.Select(coefficient => 0.85 * coefficient)];
        }
    }

    // Where the camera looks is searched along the vertical through the middle: where the animal's reach is largest in view.
    private static CameraCalibration AimWell(double[] place, double[] miss, double roll, CameraCalibration lens)
    {
        var best = default(CameraCalibration);
        for (var step = 0; step <= 60; step++)
        {
            var (rotation, translation) = Aim(place, [miss[0], miss[1], miss[2] - 0.15 + (step * 0.005)], roll);
            var camera = lens with { Rotation = rotation, TranslationM = translation };
            var focal = LargestFocal(camera);
            if (best is null || focal > best.FocalXPx)
                best = camera with { FocalXPx = focal, FocalYPx = focal };
        }
        return best!;
    }

    // Whether the pixels of the border, and of a ring a little beyond, have directions.
    // NB: every one of them: a folding lens leaves a gap of a few pixels on one side only.
    private static bool SeesEverywhere(CameraCalibration camera)
    {
        foreach (var beyond in (int[])[0, 4])
        {
            var (right, bottom) = (camera.WidthPx - 1 + beyond, camera.HeightPx - 1 + beyond);
            for (var u = -beyond; u <= right; u++)
                if (double.IsNaN(camera.Direction(u, -beyond).X) || double.IsNaN(camera.Direction(u, bottom).X))
                    return false;
            for (var v = -beyond; v <= bottom; v++)
                if (double.IsNaN(camera.Direction(-beyond, v).X) || double.IsNaN(camera.Direction(right, v).X))
                    return false;
        }
        return true;
    }

    private static (double[] Rotation, double[] TranslationM) Aim(double[] place, double[] at, double roll)
    {
        double[] z = Unit([at[0] - place[0], at[1] - place[1], at[2] - place[2]]);
        double[] right = Unit([z[1], -z[0], 0]);
        double[] down = Cross(z, right);
        var (sin, cos) = Math.SinCos(roll);
        double[] x = [.. right.Zip(down, (r, d) => (cos * r) + (sin * d))], y = [.. right.Zip(down, (r, d) => (cos * d) - (sin * r))];
        double Row(double[] axis) => -((axis[0] * place[0]) + (axis[1] * place[1]) + (axis[2] * place[2]));
        return ([.. x, .. y, .. z], [Row(x), Row(y), Row(z)]);
    }

    // The focal length at which the whole reach just fits into the image, less a margin of 1 %.
    private static double LargestFocal(CameraCalibration camera)
    {
        var largest = double.MaxValue;
        var (left, top) = (0.99 * camera.CentreXPx, 0.99 * camera.CentreYPx);
        var (right, bottom) = (0.99 * (camera.WidthPx - 1 - camera.CentreXPx), 0.99 * (camera.HeightPx - 1 - camera.CentreYPx));
        foreach (var (radius, height) in Reach)
            for (var i = 0; i < 48; i++)
            {
                var angle = 2 * Math.PI * i / 48;
                var (x, y, z) = camera.ToCamera(radius * Math.Cos(angle), radius * Math.Sin(angle), height);
                if (z < 0.05)
                    return 0;
                var (u, v) = camera.Distort(x / z, y / z);
                largest = Math.Min(largest, Math.Min((u > 0 ? right : left) / Math.Abs(u), (v > 0 ? bottom : top) / Math.Abs(v)));
            }
        return largest;
    }

    private static double[] Unit(double[] a)
    {
        var length = Math.Sqrt((a[0] * a[0]) + (a[1] * a[1]) + (a[2] * a[2]));
        return [a[0] / length, a[1] / length, a[2] / length];
    }

    private static double[] Cross(double[] a, double[] b) =>
        [(a[1] * b[2]) - (a[2] * b[1]), (a[2] * b[0]) - (a[0] * b[2]), (a[0] * b[1]) - (a[1] * b[0])];
}
