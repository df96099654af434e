using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>Photographs of a planted rig's boards: every pixel the mean of nine rays through the lens onto the printed board, with noise.</summary>
internal static class RenderedBoards
{
    private const int SquarePx = 60;
    private const double NoiseGrey = 2.5;

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
                GreyPicture.Save(Path.Combine(folder, camera.Name, $"image{s}.png"), Render(rig, c, s, directions, texture), camera.WidthPx, camera.HeightPx);
        });
    }

    private static byte[] Render(PlantedRig rig, int c, int s, (double X, double Y)[] directions, (byte[] Grey, int Width, int Height) texture)
    {
        var (camera, board) = (rig.Cameras[c], rig.Board);
        var (width, height) = (camera.WidthPx, camera.HeightPx);
        var random = new RandomStream((1000 * c) + s, "pixel noise");
        // From the camera to the board: a ray (x, y, 1) meets its plane where z is 0.
        var toBoard = (PlantedRig.MotionOf(camera) * rig.Boards[s]).Inverse();
        var (r, t) = (toBoard.Rotation, toBoard.Translation);
        var facing = PlantedRig.Facing(camera, rig.Boards[s]) > 0;
        var scale = SquarePx * 1000 / board.SquareMm;
        // The drawing's top left is a margin of half a square and one square away from the first corner; its y runs down.
        var (originX, originY) = (1.5 * SquarePx, (board.InnerRows + 0.5) * SquarePx);
        var image = new byte[width * height];
        for (var v = 0; v < height; v++)
            for (var u = 0; u < width; u++)
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
                    sum += facing && depth > 0 && column >= 0 && row >= 0 && column < texture.Width && row < texture.Height
                        ? 40 + (texture.Grey[(row * texture.Width) + column] * 0.65)
                        : 105;
                }
                image[(v * width) + u] = (byte)Math.Clamp(Math.Round((sum / 9) + (NoiseGrey * random.Normal())), 0, 255);
            }
        return image;
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
