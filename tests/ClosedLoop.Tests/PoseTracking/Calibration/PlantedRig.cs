using ClosedLoop.Core;
using ClosedLoop.PoseTracking;
using ClosedLoop.Simulation;

namespace ClosedLoop.Tests.PoseTracking.Calibration;

/// <summary>Cameras in a ring around an arena, each with its own lens, and a board held in many places: the truth that calibration is compared with.</summary>
internal sealed class PlantedRig
{
    public const int Width = 1280;
    public const int Height = 1024;

    public PlantedRig(int cameras, int sets, BoardDescription board, int seed)
    {
        Board = board;
        var random = new RandomStream(seed, "planted rig");
        double Between(double low, double high) => random.Uniform(low, high);
        Cameras = [.. Enumerable.Range(0, cameras).Select(c =>
        {
            var angle = (2 * Math.PI * c / Math.Max(cameras, 5)) + Between(-0.1, 0.1);
            var (radius, height) = (Between(0.5, 0.6), Between(0.42, 0.6));
            return LookAt($"cam{c + 1}", radius * Math.Cos(angle), radius * Math.Sin(angle), height, Between(-0.02, 0.02), Between(-0.02, 0.02), 0.05) with
            {
                FocalXPx = Between(1080, 1160), FocalYPx = Between(1080, 1160), CentreXPx = Between(620, 660), CentreYPx = Between(490, 535),
                Distortion = [Between(-0.28, -0.2), Between(0.05, 0.1), Between(-1e-3, 1e-3), Between(-1e-3, 1e-3), Between(-0.01, 0.01)],
            };
        })];
        // As a person does it: the first board lies on the floor, every fourth is held up in the middle, the others are
        // brought before one camera after the other, anywhere in its image and tilted. A chessboard must be seen whole.
        var (margin, near, far) = board.Kind == BoardKind.Charuco ? (0.1, 0.3, 0.55) : (0.35, 0.45, 0.65);
        Boards = [.. Enumerable.Range(0, sets).Select(s => s switch
        {
            0 => FromAbove(0, 0, 0.4, 0.02, -0.01, 0, board),
            _ when s % 4 == 0 => FromAbove(Between(-0.5, 0.5), Between(-0.5, 0.5), Between(0, 6.28), Between(-0.17, 0.17), Between(-0.17, 0.17), Between(0.02, 0.16), board),
            _ => Before(
                Cameras[s % cameras], Between(margin, 1 - margin), Between(margin, 1 - margin), Between(near, far), Between(-0.5, 0.5), Between(-0.5, 0.5), Between(0, 6.28), board),
        })];
    }

    public BoardDescription Board { get; }

    public CameraCalibration[] Cameras { get; init; }

    /// <summary>Board to arena.</summary>
    public RigidMotion[] Boards { get; init; }

    /// <summary>What the cameras would see: exact corners with noise, those inside the image of boards that face them.</summary>
    /// <param name="noisePx">Standard deviation of each coordinate.</param>
    /// <param name="seed">Of the noise.</param>
    /// <param name="cameraAt">The camera of an index in a set, where it is not always the same.</param>
    public BoardObservations Observe(double noisePx, int seed, Func<int, int, CameraCalibration>? cameraAt = null)
    {
        var random = new RandomStream(seed, "corner noise");
        var views = Cameras.Select((_, c) => Boards.Select((board, s) =>
        {
            var camera = cameraAt?.Invoke(c, s) ?? Cameras[c];
            var (corners, pixels) = (new List<int>(), new List<double>());
            for (var corner = 0; corner < Board.CornerCount; corner++)
            {
                var (x, y) = Board.CornerM(corner);
                var (ax, ay, az) = board.Apply(x, y, 0);
                var (u, v) = camera.Project(ax, ay, az);
                if (!(u > 4 && v > 4 && u < Width - 5 && v < Height - 5))
                    continue;
                corners.Add(corner);
                pixels.AddRange([u + (noisePx * random.Normal()), v + (noisePx * random.Normal())]);
            }
            return Facing(camera, board) > 0.35 && (Board.Kind == BoardKind.Charuco ? corners.Count >= 8 : corners.Count == Board.CornerCount) ? new BoardView([.. corners], [.. pixels]) : null;
        }).ToArray()).ToArray();
        return new()
        {
            Board = Board, Cameras = [.. Cameras.Select(camera => (camera.Name, Width, Height))], SetNames = [.. Boards.Select((_, s) => $"image{s}.png")], Views = views,
        };
    }

    /// <summary>How squarely a camera looks at the printed side: 1 from straight ahead, 0 from the side.</summary>
    public static double Facing(CameraCalibration camera, RigidMotion board)
    {
        var (x, y, z) = camera.CentreM;
        var (bx, by, bz) = board.Inverse().Apply(x, y, z);
        return bz / Math.Sqrt((bx * bx) + (by * by) + (bz * bz));
    }

    /// <summary>The largest errors of a calibration against the truth, both in the frame of their first camera.</summary>
    public (double CentreMm, double Degrees, double FocalShare) ErrorsOf(RigCalibration rig) => ErrorsOf(rig, MotionOf(Cameras[0]).Inverse(), MotionOf(rig.Cameras[0]).Inverse());

    /// <summary>The same in frames of one's choice: from the frame to the arena of the truth, and of the calibration.</summary>
    public (double CentreMm, double Degrees, double FocalShare) ErrorsOf(RigCalibration rig, RigidMotion inTruth, RigidMotion inRig)
    {
        var (centre, degrees, focal) = (0.0, 0.0, 0.0);
        foreach (var (a, b) in Cameras.Zip(rig.Cameras))
        {
            Assert.Equal(a.Name, b.Name);
            var (truth, found) = (MotionOf(a) * inTruth, MotionOf(b) * inRig);
            var (p, q) = (truth.Inverse().Translation, found.Inverse().Translation);
            centre = Math.Max(centre, 1000 * Math.Sqrt(p.Zip(q).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second))));
            degrees = Math.Max(degrees, (found * truth.Inverse()).AngleDegrees());
            focal = Math.Max(focal, Math.Max(Math.Abs((b.FocalXPx / a.FocalXPx) - 1), Math.Abs((b.FocalYPx / a.FocalYPx) - 1)));
        }
        return (centre, degrees, focal);
    }

    public static RigidMotion MotionOf(CameraCalibration camera) => RigidMotion.Of(camera.Rotation, camera.TranslationM);

    /// <summary>The camera moved by some millimetres along the arena's x and turned about its own y.</summary>
    public static CameraCalibration Moved(CameraCalibration camera, double mm, double degrees)
    {
        var moved = RigidMotion.FromVector([0, degrees * Math.PI / 180, 0, 0, 0, 0]) * MotionOf(camera) * RigidMotion.FromVector([0, 0, 0, mm / 1000, 0, 0]).Inverse();
        return camera with { Rotation = moved.Rotation, TranslationM = moved.Translation };
    }

    /// <summary>A board that looks up, tilted, with its middle at a place of the arena.</summary>
    private static RigidMotion FromAbove(double tiltX, double tiltY, double turn, double x, double y, double z, BoardDescription board) =>
        RigidMotion.FromVector([tiltX, tiltY, 0, x, y, z]) * Turned(turn, board);

    /// <summary>A board that looks at a camera, tilted, at a place of its image and a distance.</summary>
    private static RigidMotion Before(CameraCalibration camera, double across, double down, double distance, double tiltX, double tiltY, double turn, BoardDescription board)
    {
        var (x, y) = (((across * Width) - camera.CentreXPx) / camera.FocalXPx, ((down * Height) - camera.CentreYPx) / camera.FocalYPx);
        var facing = RigidMotion.Of([1, 0, 0, 0, -1, 0, 0, 0, -1], [x * distance, y * distance, distance]);
        return MotionOf(camera).Inverse() * facing * RigidMotion.FromVector([tiltX, tiltY, 0, 0, 0, 0]) * Turned(turn, board);
    }

    private static RigidMotion Turned(double turn, BoardDescription board)
    {
        var (middleX, middleY) = ((board.InnerColumns - 1) * board.SquareMm / 2000, (board.InnerRows - 1) * board.SquareMm / 2000);
        return RigidMotion.FromVector([0, 0, turn, 0, 0, 0]) * RigidMotion.FromVector([0, 0, 0, -middleX, -middleY, 0]);
    }

    private static CameraCalibration LookAt(string name, double x, double y, double z, double toX, double toY, double toZ)
    {
        static double[] Unit(double a, double b, double c) => [a / Math.Sqrt((a * a) + (b * b) + (c * c)), b / Math.Sqrt((a * a) + (b * b) + (c * c)), c / Math.Sqrt((a * a) + (b * b) + (c * c))];
        var forwards = Unit(toX - x, toY - y, toZ - z);
        var right = Unit(forwards[1], -forwards[0], 0);
        double[] down =
        [
            (forwards[1] * right[2]) - (forwards[2] * right[1]), (forwards[2] * right[0]) - (forwards[0] * right[2]), (forwards[0] * right[1]) - (forwards[1] * right[0]),
        ];
        double[] rotation = [.. right, .. down, .. forwards];
        double[] translation = [.. Enumerable.Range(0, 3).Select(i => -((rotation[3 * i] * x) + (rotation[(3 * i) + 1] * y) + (rotation[(3 * i) + 2] * z)))];
        return new()
        {
            Name = name, WidthPx = Width, HeightPx = Height, FocalXPx = 0, FocalYPx = 0, CentreXPx = 0, CentreYPx = 0, Rotation = rotation, TranslationM = translation,
        };
    }
}
