using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>Photographs of a planted rig's boards: every pixel the mean of nine rays through the lens onto the printed board, with noise.</summary>
internal static class RenderedBoards
{
    private const int SquarePx = 60;
    private const double NoiseGrey = 2.5;
    private const int Background = 105;

    private static readonly float[] Noise = MakeNoise();

    /// <summary>Writes a folder of pictures for each camera.</summary>
    public static void Write(PlantedRig rig, string folder)
    {
        var texture = rig.Board.Draw(SquarePx);
        Parallel.For(0, rig.Cameras.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, c =>
        {
            var camera = rig.Cameras[c];
            var directions = Directions(camera);
            Directory.CreateDirectory(Path.Combine(folder, camera.Name));
            for (var s = 0; s < rig.Boards.Length; s++)
                GreyPicture.Save(Path.Combine(folder, camera.Name, RenderedSession.Picture(s)), Render(rig, c, s, directions, texture), camera.WidthPx, camera.HeightPx);
        });
    }

    private static byte[] Render(PlantedRig rig, int c, int s, (double X, double Y)[] directions, (byte[] Grey, int Width, int Height) texture)
    {
        var (camera, board) = (rig.Cameras[c], rig.Board);
        var (width, height) = (camera.WidthPx, camera.HeightPx);
        // From the camera to the board: a ray (x, y, 1) meets its plane where z is 0.
        var toBoard = (PlantedRig.MotionOf(camera) * rig.Boards[s]).Inverse();
        var (r, t) = (toBoard.Rotation, toBoard.Translation);
        var facing = PlantedRig.Facing(camera, rig.Boards[s]) > 0;
        var scale = SquarePx * 1000 / board.SquareMm;
        // The drawing's top left is a margin of half a square and one square away from the first corner; its y runs down.
        var (originX, originY) = (1.5 * SquarePx, (board.InnerRows + 0.5) * SquarePx);
        var image = new byte[width * height];
        var (left, top, right, bottom) = Extent(rig, c, s);
        for (int v = 0, i = 0; v < height; v++)
            for (var u = 0; u < width; u++, i++)
            {
                var grey = (double)Background;
                if (facing && u >= left && u <= right && v >= top && v <= bottom)
                {
                    var sum = 0.0;
                    var (d00, d10) = (directions[(v * (width + 1)) + u], directions[(v * (width + 1)) + u + 1]);
                    var (d01, d11) = (directions[((v + 1) * (width + 1)) + u], directions[((v + 1) * (width + 1)) + u + 1]);
                    for (var sub = 0; sub < 9; sub++)
                    {
                        var (a, b) = (((sub % 3) + 0.5) / 3, ((sub / 3) + 0.5) / 3);
                        var x = ((1 - b) * (((1 - a) * d00.X) + (a * d10.X))) + (b * (((1 - a) * d01.X) + (a * d11.X)));
                        var y = ((1 - b) * (((1 - a) * d00.Y) + (a * d10.Y))) + (b * (((1 - a) * d01.Y) + (a * d11.Y)));
                        var depth = -t[2] / ((r[6] * x) + (r[7] * y) + r[8]);
                        var column = (int)Math.Floor(originX + (scale * ((depth * ((r[0] * x) + (r[1] * y) + r[2])) + t[0])));
                        var row = (int)Math.Floor(originY - (scale * ((depth * ((r[3] * x) + (r[4] * y) + r[5])) + t[1])));
                        sum += depth > 0 && column >= 0 && row >= 0 && column < texture.Width && row < texture.Height
                            ? 40 + (texture.Grey[(row * texture.Width) + column] * 0.65)
                            : Background;
                    }
                    grey = sum / 9;
                }
                // NB: a tile of noise of a prime length, begun elsewhere in each picture, is as good as new noise.
                image[i] = (byte)Math.Clamp(Math.Round(grey + Noise[(i + (7919 * ((100 * c) + s))) % Noise.Length]), 0, 255);
            }
        return image;
    }

    /// <summary>The pixels within which the board lies.</summary>
    private static (double Left, double Top, double Right, double Bottom) Extent(PlantedRig rig, int c, int s)
    {
        var (camera, board) = (rig.Cameras[c], rig.Board);
        var (left, top, right, bottom) = (1e9, 1e9, -1e9, -1e9);
        for (var i = 0; i <= 40; i++)
            foreach (var (x, y) in new[] { (i / 40.0, 0.0), (i / 40.0, 1.0), (0.0, i / 40.0), (1.0, i / 40.0) })
            {
                // From a margin of one and a half squares before the first corner to as much behind the last.
                var (ax, ay, az) = rig.Boards[s].Apply(
                    ((x * (board.InnerColumns + 2)) - 1.5) * board.SquareMm / 1000, ((y * (board.InnerRows + 2)) - 1.5) * board.SquareMm / 1000, 0);
                var (u, v) = camera.Project(ax, ay, az);
                if (double.IsNaN(u))
                    return (0, 0, camera.WidthPx, camera.HeightPx);
                (left, top, right, bottom) = (Math.Min(left, u - 3), Math.Min(top, v - 3), Math.Max(right, u + 3), Math.Max(bottom, v + 3));
            }
        return (left, top, right, bottom);
    }

    private static float[] MakeNoise()
    {
        var random = new RandomStream(1, "pixel noise");
        return [.. Enumerable.Range(0, 1_000_003).Select(_ => (float)(NoiseGrey * random.Normal()))];
    }

    /// <summary>The directions of the pixels' corners, between which a lens is straight enough.</summary>
    private static (double X, double Y)[] Directions(CameraCalibration camera)
    {
        var (width, height) = (camera.WidthPx + 1, camera.HeightPx + 1);
        var directions = new (double X, double Y)[width * height];
        for (var v = 0; v < height; v++)
            for (var u = 0; u < width; u++)
                directions[(v * width) + u] = camera.Direction(u - 0.5, v - 0.5);
        Assert.DoesNotContain(directions, direction => double.IsNaN(direction.X));
        return directions;
    }
}
