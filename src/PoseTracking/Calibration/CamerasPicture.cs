using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>Draws the cameras in space, obliquely and from above, with the boards that they saw.</summary>
public static class CamerasPicture
{
    private const int Panel = 620;
    private const int Head = 84;
    private const uint Paper = 0xffffff;
    private const uint Ink = 0x202428;
    private const uint Faint = 0xd5d9de;
    private const uint Board = 0x9aa3ad;

    private static readonly uint[] Colours = [0xc0392b, 0x1f77b4, 0x2c8c3c, 0x8e44ad, 0xd68910, 0x0e8a8a, 0x7f4f24, 0xc2185b];

    /// <summary>Writes the picture as PNG.</summary>
    public static void Save(RigCalibrationResult result, string path)
    {
        ArgumentNullException.ThrowIfNull(result);
        Draw(result.File.Rig, result.File.WorldFrame, result.Boards, result.Observations.Board, path);
    }

    /// <summary>The same of a calibration that was read.</summary>
    public static void Save(RigCalibrationFile file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        Draw(file.Rig, file.WorldFrame, [], null, path);
    }

    private static void Draw(RigCalibration rig, string? frame, IReadOnlyList<RigidMotion?> boards, BoardDescription? board, string path)
    {
        var up = Up(rig, frame);
        var scene = new Scene(rig, boards, board);
        using var canvas = new Canvas((2 * Panel) + 60, Panel + Head + 60, Paper);
        canvas.Text("The cameras in space", 24, 40, 17, Ink, bold: true);
        canvas.Text(FormattableString.Invariant($"{rig.Cameras.Count} cameras{(boards.Count > 0 ? $", {boards.Count(pose => pose is not null)} places of the board in grey" : "")}; pyramids open the way a camera looks; one square of the grid is {1000 * scene.GridM:G} mm"), 24, 66, 11, Ink);
        scene.Draw(canvas, new OrthographicView(up, 35, 28), 20, Head + 10, Panel, "obliquely");
        scene.Draw(canvas, new OrthographicView(up, 0, 90), 40 + Panel, Head + 10, Panel, "from above");
        canvas.Save(path);
    }

    /// <summary>What is up: z of a floor; else what the cameras take for up, or away from where they all look if they look down.</summary>
    private static double[] Up(RigCalibration rig, string? frame)
    {
        if (frame?.StartsWith("the camera", StringComparison.Ordinal) != true)
            return [0, 0, 1];
        var up = new double[3];
        var back = new double[3];
        foreach (var camera in rig.Cameras)
            for (var k = 0; k < 3; k++)
            {
                up[k] -= camera.Rotation[3 + k] / rig.Cameras.Count;
                back[k] -= camera.Rotation[6 + k] / rig.Cameras.Count;
            }
        return OrthographicView.Normal(OrthographicView.Length(up) > OrthographicView.Length(back) || rig.Cameras.Count < 3 ? up : back);
    }

    private sealed class Scene
    {
        private readonly RigCalibration _rig;
        private readonly List<double[][]> _boards = [];
        private readonly double _pyramidM;

        public Scene(RigCalibration rig, IReadOnlyList<RigidMotion?> boards, BoardDescription? board)
        {
            _rig = rig;
            foreach (var pose in boards)
                if (pose is not null && board is not null)
                    _boards.Add([.. new[] { 0, board.InnerColumns - 1, board.CornerCount - 1, board.CornerCount - board.InnerColumns }.Select(corner =>
                    {
                        var (x, y) = board.CornerM(corner);
                        var (ax, ay, az) = pose.Apply(x, y, 0);
                        return new[] { ax, ay, az };
                    })]);
            var points = rig.Cameras.Select(Centre).Concat(_boards.SelectMany(corners => corners)).ToArray();
            Centroid = [.. Enumerable.Range(0, 3).Select(k => (points.Min(p => p[k]) + points.Max(p => p[k])) / 2)];
            Radius = Math.Max(0.05, points.Max(p => OrthographicView.Length([p[0] - Centroid[0], p[1] - Centroid[1], p[2] - Centroid[2]])));
            _pyramidM = 0.16 * Radius;
            GridM = new[] { 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5 }.First(step => step >= Radius / 6 || step == 5);
        }

        public double GridM { get; }

        private double[] Centroid { get; }

        private double Radius { get; }

        private static double[] Centre(CameraCalibration camera) => [camera.CentreM.X, camera.CentreM.Y, camera.CentreM.Z];

        public void Draw(Canvas canvas, OrthographicView view, double left, double top, double size, string title)
        {
            var scale = size / 2.6 / Radius;
            (double X, double Y) At(double[] p)
            {
                var (x, y) = view.Project([p[0] - Centroid[0], p[1] - Centroid[1], p[2] - Centroid[2]]);
                return (left + (size / 2) + (scale * x), top + (size / 2) - (scale * y));
            }
            void Line(double[] a, double[] b, uint colour, int thickness = 1)
            {
                var ((x1, y1), (x2, y2)) = (At(a), At(b));
                canvas.Line(x1, y1, x2, y2, colour, thickness);
            }

            Grid(view, Line);
            foreach (var board in _boards)
            {
                double[] outline = [.. board.SelectMany(corner => new[] { At(corner).X, At(corner).Y })];
                canvas.Polygon(outline, Board, 0.12);
                for (var i = 0; i < 4; i++)
                    Line(board[i], board[(i + 1) % 4], Board);
            }
            Axes(canvas, Line, At);
            for (var c = 0; c < _rig.Cameras.Count; c++)
                Pyramid(canvas, _rig.Cameras[c], Colours[c % Colours.Length], Line, At);
            canvas.Text(title, left + 8, top + size + 28, 12, Ink);
        }

        private void Grid(OrthographicView view, Action<double[], double[], uint, int> line)
        {
            // On the lowest level of all that is drawn.
            var (a, b, up) = (view.Across, view.Along, view.Up);
            var lowest = _rig.Cameras.Select(Centre).Concat(_boards.SelectMany(corners => corners)).Min(p => OrthographicView.Dot(p, up)) - OrthographicView.Dot(Centroid, up);
            var count = (int)Math.Floor(0.9 * Radius / GridM);
            double[] Point(double x, double y) => [.. Enumerable.Range(0, 3).Select(k => Centroid[k] + (x * a[k]) + (y * b[k]) + (lowest * up[k]))];
            for (var i = -count; i <= count; i++)
            {
                line(Point(i * GridM, -count * GridM), Point(i * GridM, count * GridM), Faint, 1);
                line(Point(-count * GridM, i * GridM), Point(count * GridM, i * GridM), Faint, 1);
            }
        }

        private void Axes(Canvas canvas, Action<double[], double[], uint, int> line, Func<double[], (double X, double Y)> at)
        {
            string[] names = ["x", "y", "z"];
            uint[] colours = [0xd62728, 0x2ca02c, 0x1f4fb4];
            for (var k = 0; k < 3; k++)
            {
                var end = new double[3];
                end[k] = 0.14 * Radius;
                line(new double[3], end, colours[k], 2);
                end[k] *= 1.25;
                var (x, y) = at(end);
                canvas.Text(names[k], x, y + 5, 10, colours[k], 1);
            }
        }

        private void Pyramid(Canvas canvas, CameraCalibration camera, uint colour, Action<double[], double[], uint, int> line, Func<double[], (double X, double Y)> at)
        {
            var inverse = RigidMotion.Of(camera.Rotation, camera.TranslationM).Inverse();
            double[] Corner(double u, double v)
            {
                var (x, y, z) = inverse.Apply((u - camera.CentreXPx) / camera.FocalXPx * _pyramidM, (v - camera.CentreYPx) / camera.FocalYPx * _pyramidM, _pyramidM);
                return [x, y, z];
            }
            var apex = Centre(camera);
            double[][] corners = [Corner(0, 0), Corner(camera.WidthPx, 0), Corner(camera.WidthPx, camera.HeightPx), Corner(0, camera.HeightPx)];
            canvas.Polygon([.. corners.SelectMany(corner => new[] { at(corner).X, at(corner).Y })], colour, 0.18);
            for (var i = 0; i < 4; i++)
            {
                line(apex, corners[i], colour, 1);
                line(corners[i], corners[(i + 1) % 4], colour, i == 0 ? 3 : 1);
            }
            var (px, py) = at(apex);
            canvas.Disc(px, py, 4, colour);
            // The name stands behind the camera, away from where it looks.
            var (fx, fy) = at(corners.Aggregate(new double[3], (sum, corner) => [sum[0] + (corner[0] / 4), sum[1] + (corner[1] / 4), sum[2] + (corner[2] / 4)]));
            var (dx, dy) = (px - fx, py - fy);
            var length = Math.Max(1, Math.Sqrt((dx * dx) + (dy * dy)));
            canvas.Text(camera.Name, px + (16 * dx / length), py + 5 + (16 * dy / length), 12, colour, dx > 0.4 * length ? 0 : dx < -0.4 * length ? 2 : 1);
        }
    }
}
